package org.stjem.acoustic.cli;

import java.util.Arrays;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.acoustic.net.DensityModel;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Scores of a set that are high for data the model knows: one of each per frame or utterance. */
final class OutlierScores {
  private static final int KINDS = 3;

  private final boolean perUtterance;
  private final float[][] values = new float[KINDS][1 << 10];
  private int size;

  /**
   * No scores yet.
   *
   * @param perUtterance whether the frames of an utterance are averaged
   */
  OutlierScores(boolean perUtterance) {
    this.perUtterance = perUtterance;
  }

  /** Adds an utterance. */
  void add(DensityModel model, FloatMatrix features) {
    FloatMatrix logits = model.logits(features);
    float[] norms = model.densityGradientNorms(features);
    double[] sums = new double[KINDS];
    for (int t = 0; t < logits.rows(); t++) {
      int offset = t * logits.cols();
      double density = LogSumExp.of(logits.data(), offset, logits.cols());
      float best = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < logits.cols(); c++) {
        best = Math.max(best, logits.data()[offset + c]);
      }
      double[] scores = {density, Math.exp(best - density), -norms[t]};
      for (int kind = 0; kind < KINDS; kind++) {
        sums[kind] += scores[kind];
      }
      if (!perUtterance) {
        append(scores, 1);
      }
    }
    if (perUtterance) {
      append(sums, logits.rows());
    }
  }

  private void append(double[] scores, int divisor) {
    for (int kind = 0; kind < KINDS; kind++) {
      if (size == values[kind].length) {
        values[kind] = Arrays.copyOf(values[kind], 2 * size);
      }
      values[kind][size] = (float) (scores[kind] / divisor);
    }
    size++;
  }

  /** Number of frames or utterances. */
  int size() {
    return size;
  }

  /** log p(x) + const. */
  float[] logDensity() {
    return Arrays.copyOf(values[0], size);
  }

  /** The posterior of the most probable pdf. */
  float[] maxPosterior() {
    return Arrays.copyOf(values[1], size);
  }

  /** −‖∇ₓ log p(x)‖. */
  float[] gradient() {
    return Arrays.copyOf(values[2], size);
  }
}
