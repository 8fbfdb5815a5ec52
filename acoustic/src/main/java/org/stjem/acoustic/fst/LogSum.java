package org.stjem.acoustic.fst;

/** Sums of probabilities, given and returned as costs. */
final class LogSum {
  private LogSum() {}

  /** The cost of either of two things. */
  static float of(float a, float b) {
    if (a == Float.POSITIVE_INFINITY) {
      return b;
    }
    if (b == Float.POSITIVE_INFINITY) {
      return a;
    }
    return a < b
        ? (float) (a - Math.log1p(Math.exp((double) a - b)))
        : (float) (b - Math.log1p(Math.exp((double) b - a)));
  }
}
