package org.stjem.acoustic.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.ScoreField;

/**
 * The score of sequences, Σₜ log p(x₍ₜ₋ₗ…ₜ₊ᵣ₎) or, where frame t has a label, log p(x₍ₜ₋ₗ…ₜ₊ᵣ₎,
 * yₜ), up to a constant: the sum over all windows, as if they were independent. Before the first
 * frame and behind the last these are repeated, as in {@link
 * org.stjem.acoustic.net.AcousticModel#logits}.
 *
 * <p>The engine makes the windows, as slices of the padded sequences side by side, and so sums the
 * gradient of a frame over the windows that hold it. Time and memory are linear in the frames: a
 * block takes about 4 · (windows + 8 · units of a layer) bytes for each of its values of windows.
 */
final class WindowScore implements ScoreField {
  private final EnergyNetwork network;
  private final SequenceShape shape;
  private final int left;
  private final int right;
  private final int[][] labels;

  /**
   * The score of sequences of a shape.
   *
   * @param network of windows of left + 1 + right normalised frames; frozen
   * @param labels of all frames, sequence by sequence, as columns of the network; −1 for a frame
   *     without; again, where frames have labels of several heads
   */
  WindowScore(EnergyNetwork network, SequenceShape shape, int left, int right, int[]... labels) {
    if (labels[0].length != shape.totalFrames()) {
      throw new IllegalArgumentException(labels[0].length + " labels for " + shape);
    }
    this.network = network;
    this.shape = shape;
    this.left = left;
    this.right = right;
    this.labels = labels.clone();
  }

  @Override
  public float[] gradient(float[] x, double[] scores) {
    float[] ofWindows = new float[shape.totalFrames()];
    float[] gradient =
        network.scoreGradient(
            x, new Shape(shape.totalFrames(), shape.dim()), this::windows, ofWindows, labels);
    int window = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int end = window + shape.frames().get(i); window < end; window++) {
        scores[i] += ofWindows[window];
      }
    }
    return gradient;
  }

  /** All windows of all sequences, {@code [frames, window · dim]}. */
  private NDArray windows(NDArray x) {
    NDList all = new NDList();
    int from = 0;
    for (int frames : shape.frames()) {
      NDArray padded = padded(rows(x, from, from + frames), frames);
      NDList shifted = new NDList();
      for (int offset = 0; offset <= left + right; offset++) {
        shifted.add(rows(padded, offset, offset + frames));
      }
      all.add(concat(shifted, 1));
      from += frames;
    }
    return concat(all, 0);
  }

  private NDArray padded(NDArray sequence, int frames) {
    NDList parts = new NDList();
    if (left > 0) {
      parts.add(rows(sequence, 0, 1).broadcast(left, shape.dim()));
    }
    parts.add(sequence);
    if (right > 0) {
      parts.add(rows(sequence, frames - 1, frames).broadcast(right, shape.dim()));
    }
    return concat(parts, 0);
  }

  /** DJL's concatenation of one array is a copy through which no gradient passes. */
  private static NDArray concat(NDList arrays, int axis) {
    return arrays.size() == 1 ? arrays.get(0) : NDArrays.concat(arrays, axis);
  }

  /** Some rows; DJL's slice of all rows is such a copy, too. */
  private static NDArray rows(NDArray array, int from, int to) {
    return to - from == array.getShape().get(0) ? array : array.get(new NDIndex("{}:{}", from, to));
  }
}
