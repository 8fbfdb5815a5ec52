package org.stjem.combine;

import java.util.Locale;
import org.stjem.frontend.io.StjemException;

/** The ways to combine models; all but the first are there to compare with. */
public enum CombinationMethod {
  /** Σ_i w_i exp(f_i(x)_y) / Z_i, Eq. 26 of the ST-JEM paper. */
  MIXTURE,
  /** Σ_i w_i p_i(y|x): the posteriors averaged, whatever the models think of the frame. */
  POSTERIOR_MEAN,
  /** Π_i exp(f_i(x)_y)^w_i: the log-likelihoods averaged, as Kaldi's score fusion does. */
  GEOMETRIC_MEAN,
  /**
   * Σ_i v_i p_i(y|x), where v_i is inverse to the entropy of p_i(·|x) (Misra, Bourlard and Tyagi,
   * "New entropy based combination rules in HMM/ANN multi-stream ASR", ICASSP 2003).
   */
  INVERSE_ENTROPY;

  /** The name used on the command line, such as {@code posterior-mean}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The method called {@code name}.
   *
   * @throws StjemException if there is none
   */
  public static CombinationMethod of(String name) {
    for (CombinationMethod method : values()) {
      if (method.toString().equals(name)) {
        return method;
      }
    }
    throw new StjemException(
        "no method '"
            + name
            + "'; there are mixture, posterior-mean, geometric-mean and inverse-entropy");
  }

  /**
   * The combination of these weights.
   *
   * @param weights w_i, none negative; scaled to a sum of 1
   * @param logPartition log Z_i, used by {@link #MIXTURE} only
   */
  public Combination combination(double[] weights, double[] logPartition) {
    return switch (this) {
      case MIXTURE -> new Mixture(weights, logPartition);
      case POSTERIOR_MEAN -> new PosteriorMean(weights, false);
      case GEOMETRIC_MEAN -> new GeometricMean(weights);
      case INVERSE_ENTROPY -> new PosteriorMean(weights, true);
    };
  }
}
