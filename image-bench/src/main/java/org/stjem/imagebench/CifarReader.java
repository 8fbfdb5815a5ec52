package org.stjem.imagebench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads a data set from a folder or a tar archive, whatever folders it lies in there:
 *
 * <ul>
 *   <li>the binary version of CIFAR-10, {@code data_batch_1.bin} … {@code data_batch_5.bin} and
 *       {@code test_batch.bin}: per picture one label byte, then the planes;
 *   <li>the binary version of CIFAR-100, {@code train.bin} and {@code test.bin}: per picture a
 *       coarse and a fine label, of which the fine one is taken, then the planes;
 *   <li>pictures {@code train/CLASS/NAME.jpg} and {@code test/CLASS/NAME.jpg}, JPEG or PNG, whose
 *       classes are numbered in alphabetical order, which is CIFAR-10's own.
 * </ul>
 */
public final class CifarReader {
  private static final List<String> CIFAR_10_TRAIN =
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin");
  private static final String CIFAR_10_TEST = "test_batch.bin";
  private static final String CIFAR_100_TRAIN = "train.bin";
  private static final String CIFAR_100_TEST = "test.bin";
  private static final Pattern BATCH =
      Pattern.compile("(?:.*/)?(data_batch_[1-5]|test_batch|train|test)\\.bin");
  private static final Pattern PICTURE =
      Pattern.compile("(?:.*/)?(train|test)/([^/]+)/([^/.][^/]*\\.(?:jpe?g|png))");

  private final Path data;

  /** Contents of the binary batches by file name. */
  private final SortedMap<String, byte[]> batches = new TreeMap<>();

  /** Planes by file name, by class, of the training and the test pictures. */
  private final SortedMap<String, SortedMap<String, byte[]>> train = new TreeMap<>();

  private final SortedMap<String, SortedMap<String, byte[]>> test = new TreeMap<>();

  private CifarReader(Path data) {
    this.data = data;
  }

  /**
   * Reads the data set in {@code data}, a folder or an archive.
   *
   * @throws ImageBenchException if there is none, a part is missing or truncated, or a picture is
   *     not of 32 × 32 pixels
   */
  public static CifarData read(Path data) {
    CifarReader reader = new CifarReader(data);
    ImageFiles.visit(data, reader::file);
    return reader.result();
  }

  private void file(String name, InputStream content) throws IOException {
    Matcher batch = BATCH.matcher(name);
    Matcher picture = PICTURE.matcher(name.toLowerCase(Locale.ROOT));
    if (batch.matches()) {
      batches.put(batch.group(1) + ".bin", content.readAllBytes());
    } else if (picture.matches()) {
      String[] parts = name.split("/");
      (picture.group(1).equals("train") ? train : test)
          .computeIfAbsent(parts[parts.length - 2], unused -> new TreeMap<>())
          .put(parts[parts.length - 1], planes(name, content.readAllBytes()));
    }
  }

  private byte[] planes(String name, byte[] file) throws IOException {
    BufferedImage image =
        ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(file)));
    if (image == null) {
      throw new ImageBenchException(data + ": " + name + " is not a picture that can be decoded");
    }
    int side = CifarImages.SIDE;
    if (image.getWidth() != side || image.getHeight() != side) {
      throw new ImageBenchException(
          String.format(
              "%s: %s has %d x %d pixels, must have %d x %d",
              data, name, image.getWidth(), image.getHeight(), side, side));
    }
    int[] colours = image.getRGB(0, 0, side, side, null, 0, side);
    byte[] planes = new byte[CifarImages.SIZE];
    for (int i = 0; i < colours.length; i++) {
      planes[i] = (byte) (colours[i] >> 16);
      planes[colours.length + i] = (byte) (colours[i] >> 8);
      planes[2 * colours.length + i] = (byte) colours[i];
    }
    return planes;
  }

  private CifarData result() {
    boolean pictures = !train.isEmpty() || !test.isEmpty();
    boolean cifar100 = batches.containsKey(CIFAR_100_TRAIN) || batches.containsKey(CIFAR_100_TEST);
    boolean cifar10 = batches.keySet().stream().anyMatch(name -> name.contains("_batch"));
    long kinds = Stream.of(pictures, cifar10, cifar100).filter(present -> present).count();
    if (kinds != 1) {
      throw new ImageBenchException(
          data
              + (kinds == 0 ? " holds none of " : " holds more than one of ")
              + "CIFAR-10 batches (data_batch_1.bin … 5, test_batch.bin), CIFAR-100 batches"
              + " (train.bin, test.bin) and pictures (train/CLASS/*.jpg, test/CLASS/*.jpg)");
    }
    if (pictures) {
      List<String> classes = List.copyOf(train.keySet());
      return new CifarData(
          data.toAbsolutePath().normalize().getFileName().toString(),
          pictures(classes, "train", train),
          pictures(classes, "test", test));
    }
    return cifar10
        ? new CifarData(
            "cifar-10", batches(CIFAR_10_TRAIN, 1, 10), batches(List.of(CIFAR_10_TEST), 1, 10))
        : new CifarData(
            "cifar-100",
            batches(List.of(CIFAR_100_TRAIN), 2, 100),
            batches(List.of(CIFAR_100_TEST), 2, 100));
  }

  private CifarImages pictures(
      List<String> classes, String part, Map<String, SortedMap<String, byte[]>> byClass) {
    if (byClass.isEmpty()) {
      throw new ImageBenchException(data + " holds no pictures " + part + "/CLASS/*.jpg or *.png");
    }
    List<byte[]> pixels = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    byClass.forEach(
        (name, files) -> {
          int label = classes.indexOf(name);
          if (label < 0) {
            throw new ImageBenchException(
                data + ": class " + name + " of the test pictures has no training pictures");
          }
          pixels.addAll(files.values());
          labels.addAll(files.keySet().stream().map(file -> label).collect(Collectors.toList()));
        });
    return new CifarImages(classes, pixels, labels);
  }

  /** Pictures of some batches; the last of {@code labelBytes} counts. */
  private CifarImages batches(List<String> names, int labelBytes, int classes) {
    List<byte[]> pixels = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    int record = labelBytes + CifarImages.SIZE;
    for (String name : names) {
      byte[] batch = batches.get(name);
      if (batch == null) {
        throw new ImageBenchException(data + " lacks " + name);
      }
      if (batch.length == 0 || batch.length % record != 0) {
        throw new ImageBenchException(
            String.format(
                "%s: %s has %d bytes, not a positive multiple of %d: truncated within image %d",
                data, name, batch.length, record, batch.length / record));
      }
      for (int offset = 0; offset < batch.length; offset += record) {
        int label = batch[offset + labelBytes - 1] & 0xFF;
        if (label >= classes) {
          throw new ImageBenchException(
              String.format(
                  "%s: %s has label %d at byte offset %d, must be 0 to %d",
                  data, name, label, offset + labelBytes - 1, classes - 1));
        }
        labels.add(label);
        pixels.add(Arrays.copyOfRange(batch, offset + labelBytes, offset + record));
      }
    }
    List<String> classNames =
        IntStream.range(0, classes).mapToObj(Integer::toString).collect(Collectors.toList());
    return new CifarImages(classNames, pixels, labels);
  }
}
