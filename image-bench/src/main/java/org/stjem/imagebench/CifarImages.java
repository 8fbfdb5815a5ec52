package org.stjem.imagebench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.stjem.acoustic.ebm.LabelledRows;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.io.Checksums;

/**
 * Labelled colour pictures of 32 × 32 pixels, in memory as one byte per value: 3 KiB each. As
 * floats they are three planes, red, green and blue, row by row, in the range −1 … 1.
 */
public final class CifarImages implements LabelledRows {
  /** Width and height of a picture. */
  public static final int SIDE = 32;

  /** Red, green and blue. */
  public static final int CHANNELS = 3;

  /** Values in one picture. */
  public static final int SIZE = CHANNELS * SIDE * SIDE;

  private static final long SPLIT_STREAM = 3;

  private final List<String> classNames;
  private final byte[][] pixels;
  private final int[] labels;

  /**
   * Takes the arrays over.
   *
   * @param classNames a name for each label
   * @param pixels one array of {@link #SIZE} bytes per picture, plane by plane
   * @param labels the class of each picture
   */
  CifarImages(List<String> classNames, List<byte[]> pixels, List<Integer> labels) {
    this(
        List.copyOf(classNames),
        pixels.toArray(new byte[0][]),
        labels.stream().mapToInt(Integer::intValue).toArray());
  }

  private CifarImages(List<String> classNames, byte[][] pixels, int[] labels) {
    this.classNames = classNames;
    this.pixels = pixels;
    this.labels = labels;
  }

  /** No pictures of these classes. */
  public static CifarImages none(List<String> classNames) {
    return new CifarImages(classNames, List.of(), List.of());
  }

  /**
   * Training pictures and pictures held out from training.
   *
   * @param train pictures to train on
   * @param heldOut pictures to measure progress on; may be none
   * @param leftOver the others; may be none
   */
  public record Split(CifarImages train, CifarImages heldOut, CifarImages leftOver) {}

  /** What tells these pictures from others, wherever they lie: their number and a checksum. */
  public String content() {
    ByteBuffer[] parts = new ByteBuffer[size() + 1];
    ByteBuffer labelBytes = ByteBuffer.allocate(size() * Integer.BYTES);
    labelBytes.asIntBuffer().put(labels);
    parts[size()] = labelBytes;
    for (int i = 0; i < size(); i++) {
      parts[i] = ByteBuffer.wrap(pixels[i]);
    }
    return size() + " pictures, SHA-256 " + Checksums.sha256(parts);
  }

  /** Number of pictures. */
  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int rowSize() {
    return SIZE;
  }

  @Override
  public int classes() {
    return classNames.size();
  }

  /** The names of the classes, by label. */
  public List<String> classNames() {
    return classNames;
  }

  /** The label of picture {@code index}. */
  @Override
  public int label(int index) {
    return labels[index];
  }

  /** The planes of picture {@code index}; not to be changed. */
  byte[] pixels(int index) {
    return pixels[index];
  }

  /** Whether {@code other} has the same pictures of the same classes in the same order. */
  boolean same(CifarImages other) {
    return classNames.equals(other.classNames)
        && Arrays.equals(labels, other.labels)
        && Arrays.deepEquals(pixels, other.pixels);
  }

  /** One value of picture {@code index}, −1 … 1; {@code place} counts through its planes. */
  float value(int index, int place) {
    return (pixels[index][place] & 0xFF) / 127.5f - 1;
  }

  /** Copies picture {@code index} as {@link #SIZE} floats to {@code target}. */
  public void copy(int index, float[] target, int offset) {
    for (int place = 0; place < SIZE; place++) {
      target[offset + place] = value(index, place);
    }
  }

  /** Copies picture {@code index} as it is. */
  @Override
  public void copyRow(int index, float[] target, int offset, SeededRandom random) {
    copy(index, target, offset);
  }

  /** At most {@code count} of the pictures, chosen at random, the same ones for equal seeds. */
  public CifarImages choose(int count, long seed) {
    return count >= size() ? this : subset(Arrays.copyOf(shuffled(seed), count));
  }

  /**
   * Divides the pictures at random, the same way for equal seeds.
   *
   * @param heldOut how many to hold out
   * @param labelsPerClass how many of each class to train on, 0 for all that are not held out
   * @throws ImageBenchException if there are too few pictures
   */
  public Split split(int heldOut, int labelsPerClass, long seed) {
    if (heldOut < 0 || heldOut >= size()) {
      throw new ImageBenchException(
          "cannot hold out " + heldOut + " of " + size() + " training images");
    }
    if (labelsPerClass < 0) {
      throw new ImageBenchException("the labels per class cannot be " + labelsPerClass);
    }
    int[] order = shuffled(seed);
    int[] rest = Arrays.copyOfRange(order, heldOut, order.length);
    int[] chosen = labelsPerClass == 0 ? rest : firstOfEachClass(rest, labelsPerClass);
    Set<Integer> taken = Arrays.stream(chosen).boxed().collect(Collectors.toSet());
    int[] leftOver = Arrays.stream(rest).filter(index -> !taken.contains(index)).toArray();
    return new Split(subset(chosen), subset(Arrays.copyOf(order, heldOut)), subset(leftOver));
  }

  private int[] shuffled(long seed) {
    int[] order = new int[size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    new SeededRandom(seed, SPLIT_STREAM).shuffle(order);
    return order;
  }

  private int[] firstOfEachClass(int[] order, int perClass) {
    int[] counts = new int[classNames.size()];
    List<Integer> chosen = new ArrayList<>();
    for (int index : order) {
      if (counts[labels[index]] < perClass) {
        counts[labels[index]]++;
        chosen.add(index);
      }
    }
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] < perClass) {
        throw new ImageBenchException(
            "class "
                + classNames.get(c)
                + " has "
                + counts[c]
                + " training images that are not held out, fewer than the "
                + perClass
                + " labels per class");
      }
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  private CifarImages subset(int[] indices) {
    byte[][] chosen = new byte[indices.length][];
    int[] chosenLabels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      chosen[i] = pixels[indices[i]];
      chosenLabels[i] = labels[indices[i]];
    }
    return new CifarImages(classNames, chosen, chosenLabels);
  }
}
