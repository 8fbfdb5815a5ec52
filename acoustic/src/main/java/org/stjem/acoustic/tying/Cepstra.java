package org.stjem.acoustic.tying;

import org.stjem.frontend.cmvn.Deltas;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Cepstra of log-Mel features, with their changes. Neighbouring Mel bins say much the same, which a
 * Gaussian of diagonal covariance cannot know; cepstra are hardly correlated.
 */
public final class Cepstra {
  private static final int CEPSTRA = 13;
  private static final int DELTA_ORDER = 2;
  private static final int DELTA_WINDOW = 2;

  /** Number of columns. */
  public static final int DIM = CEPSTRA * (DELTA_ORDER + 1);

  private Cepstra() {}

  /**
   * Makes cepstra.
   *
   * @param features log-Mel features {@code [frames, bins]}
   * @return {@code [frames, DIM]}
   */
  public static FloatMatrix of(FloatMatrix features) {
    int bins = features.cols();
    FloatMatrix cepstra = new FloatMatrix(features.rows(), CEPSTRA);
    for (int k = 0; k < CEPSTRA; k++) {
      double[] basis = new double[bins];
      for (int d = 0; d < bins; d++) {
        basis[d] = Math.sqrt(2.0 / bins) * Math.cos(Math.PI * k * (d + 0.5) / bins);
      }
      for (int t = 0; t < features.rows(); t++) {
        double sum = 0;
        for (int d = 0; d < bins; d++) {
          sum += basis[d] * features.get(t, d);
        }
        cepstra.set(t, k, (float) sum);
      }
    }
    return new Deltas(DELTA_ORDER, DELTA_WINDOW).append(cepstra);
  }
}
