package org.stjem.acoustic.net;

import java.nio.FloatBuffer;
import org.stjem.frontend.kaldi.FloatMatrix;

/** The frames a network sees at once: normalised and laid out side by side. */
public final class Splice {
  private final int dim;
  private final int left;
  private final int frames;
  private final float[] mean;
  private final float[] scale;

  /**
   * A window of {@code left + 1 + right} frames.
   *
   * @param mean of each feature dimension
   * @param stddev of each feature dimension, positive
   */
  public Splice(int left, int right, float[] mean, float[] stddev) {
    this.dim = mean.length;
    this.left = left;
    this.frames = left + 1 + right;
    this.mean = mean.clone();
    this.scale = new float[dim];
    for (int d = 0; d < dim; d++) {
      scale[d] = 1 / stddev[d];
    }
  }

  /** The windows of a model. */
  static Splice of(ModelDescription model) {
    return new Splice(
        model.leftContext(), model.rightContext(), model.inputMean(), model.inputStddev());
  }

  /** Number of values in a window. */
  public int size() {
    return frames * dim;
  }

  /** Frames with the first and the last repeated over the context. */
  public FloatMatrix padded(FloatMatrix features) {
    FloatMatrix padded = new FloatMatrix(features.rows() + frames - 1, dim);
    for (int frame = 0; frame < padded.rows(); frame++) {
      int source = Math.min(Math.max(frame - left, 0), features.rows() - 1);
      System.arraycopy(features.data(), source * dim, padded.data(), frame * dim, dim);
    }
    return padded;
  }

  /** (x − mean) / stddev of every frame of {@code features}, in place, {@code [frames, dim]}. */
  public void normalise(float[] features) {
    for (int i = 0; i < features.length; i++) {
      int d = i % dim;
      features[i] = (features[i] - mean[d]) * scale[d];
    }
  }

  /**
   * Copies {@code count} windows that start at successive frames.
   *
   * @param features normalised, {@code [≥ first + count − 1 + window, dim]}
   * @param at index of the first of them among the windows of {@code target}
   */
  public void copyWindows(float[] features, int first, int count, FloatBuffer target, int at) {
    for (int i = 0; i < count; i++) {
      target.put((at + i) * size(), features, (first + i) * dim, size());
    }
  }
}
