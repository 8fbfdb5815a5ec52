package org.stjem.acoustic.eval;

/**
 * Wilson's 95 % interval of a share found in independent trials (Wilson, "Probable inference, the
 * law of succession, and statistical inference", 1927). Frames of an utterance resemble each other,
 * so that the true interval is wider.
 *
 * @param low lower end, 0 to 1
 * @param high upper end, 0 to 1
 */
public record BinomialInterval(double low, double high) {
  /** 97.5 % of a standard normal variable lie below this. */
  private static final double Z = 1.959964;

  /**
   * The interval of {@code share}.
   *
   * @param trials at least 1
   */
  public static BinomialInterval of(double share, long trials) {
    double spread = Z * Z / trials;
    double centre = (share + spread / 2) / (1 + spread);
    double half = Math.sqrt(spread * share * (1 - share) + spread * spread / 4) / (1 + spread);
    return new BinomialInterval(Math.max(0, centre - half), Math.min(1, centre + half));
  }
}
