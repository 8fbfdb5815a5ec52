package org.stjem.acoustic.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * What tells known sounds from others, for each frame of an utterance.
 *
 * @param logDensity log p(x) up to a constant
 * @param entropy of p(y|x), in nats
 * @param misfit max_y log p(x|y) − log p(x|y_path)
 * @param length frames of the phone of the best path that the frame is in
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record Measures(double[] logDensity, double[] entropy, double[] misfit, double[] length) {

  /**
   * Measures frames.
   *
   * @param logits {@code [frames, pdfs]}
   * @param loglikes {@code [frames, pdfs]}
   * @param path pdf of each frame on the best path
   * @param phones phone of each frame on the best path
   */
  static Measures of(FloatMatrix logits, FloatMatrix loglikes, int[] path, int[] phones) {
    int frames = logits.rows();
    int cols = logits.cols();
    double[] logDensity = new double[frames];
    double[] entropy = new double[frames];
    double[] misfit = new double[frames];
    for (int t = 0; t < frames; t++) {
      logDensity[t] = LogSumExp.of(logits.data(), t * cols, cols);
      double best = Double.NEGATIVE_INFINITY;
      for (int y = 0; y < cols; y++) {
        double logPosterior = logits.get(t, y) - logDensity[t];
        double p = Math.exp(logPosterior);
        entropy[t] -= p == 0 ? 0 : p * logPosterior;
        best = Math.max(best, loglikes.get(t, y));
      }
      misfit[t] = best - loglikes.get(t, path[t]);
    }
    return new Measures(logDensity, entropy, misfit, lengths(phones));
  }

  private static double[] lengths(int... phones) {
    double[] lengths = new double[phones.length];
    int from = 0;
    for (int t = 1; t <= phones.length; t++) {
      if (t == phones.length || phones[t] != phones[from]) {
        Arrays.fill(lengths, from, t, t - from);
        from = t;
      }
    }
    return lengths;
  }

  /** Means over the seconds of {@code frames} frames each; what is left over joins the last. */
  static double[] seconds(double[] values, int frames) {
    List<Double> means = new ArrayList<>();
    int count = Math.max(1, values.length / frames);
    for (int s = 0; s < count && values.length > 0; s++) {
      int from = s * frames;
      int to = s == count - 1 ? values.length : from + frames;
      double sum = 0;
      for (int t = from; t < to; t++) {
        sum += values[t];
      }
      means.add(sum / (to - from));
    }
    return means.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
