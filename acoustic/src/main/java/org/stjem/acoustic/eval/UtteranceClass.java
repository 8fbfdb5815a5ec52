package org.stjem.acoustic.eval;

import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * The class of a whole utterance by the mean of its frames' log p(y | x).
 *
 * @param best the class of the largest mean
 * @param meanLogPosterior that mean, nats
 * @param lead of it over the next largest; infinite where there is one class
 */
public record UtteranceClass(int best, double meanLogPosterior, double lead) {

  /**
   * The class of an utterance.
   *
   * @param logPosteriors {@code [frames, classes]}
   * @throws EntryException if there are no frames
   */
  public static UtteranceClass of(FloatMatrix logPosteriors) {
    if (logPosteriors.rows() == 0) {
      throw new EntryException("no frames");
    }
    double[] means = new double[logPosteriors.cols()];
    for (int t = 0; t < logPosteriors.rows(); t++) {
      for (int c = 0; c < means.length; c++) {
        means[c] += logPosteriors.get(t, c) / logPosteriors.rows();
      }
    }
    int best = 0;
    for (int c = 1; c < means.length; c++) {
      best = means[c] > means[best] ? c : best;
    }
    double next = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < means.length; c++) {
      next = c == best ? next : Math.max(next, means[c]);
    }
    return new UtteranceClass(best, means[best], means[best] - next);
  }
}
