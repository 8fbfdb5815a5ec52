package org.stjem.acoustic.ebm;

import java.util.Locale;

/** Where SGLD chains start afresh. */
public enum ChainStart {
  /** Uniform in ± a range. */
  UNIFORM,
  /**
   * Normal with mean and covariance of training rows, those of the chain's label if it has one:
   * mean + Σ_i g_i (x_i − mean) / √(n − 1) over n rows drawn for each start, g_i standard normal.
   */
  GAUSSIAN,
  /** A training row, one of the chain's label if it has one. */
  DATA;

  /** The name used on the command line, such as {@code uniform}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
