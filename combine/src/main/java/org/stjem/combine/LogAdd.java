package org.stjem.combine;

/**
 * log(exp a + exp b) at about the speed of reading memory. log(1 + exp(−d)) is interpolated between
 * points 1/32 apart by cubics through values and slopes; the error is below 1e-9.
 */
final class LogAdd {
  private static final int POINTS_PER_UNIT = 32;

  /** Beyond this difference the smaller term is less than 1e-17 of the larger. */
  private static final int REACH = 40;

  /** Four coefficients of each cubic, side by side, so that one access brings them all. */
  private static final double[] CUBICS = new double[4 * POINTS_PER_UNIT * REACH];

  static {
    for (int i = 0; i < POINTS_PER_UNIT * REACH; i++) {
      double first = slope(i);
      double last = slope(i + 1);
      double rise = value(i + 1) - value(i);
      CUBICS[4 * i] = value(i);
      CUBICS[4 * i + 1] = first;
      CUBICS[4 * i + 2] = 3 * rise - 2 * first - last;
      CUBICS[4 * i + 3] = first + last - 2 * rise;
    }
  }

  private LogAdd() {}

  private static double value(int point) {
    return Math.log1p(Math.exp(-(double) point / POINTS_PER_UNIT));
  }

  /** Per distance of two points. */
  private static double slope(int point) {
    return -1 / (1 + Math.exp((double) point / POINTS_PER_UNIT)) / POINTS_PER_UNIT;
  }

  /** log(exp a + exp b); either may be −∞, neither NaN nor +∞. */
  static double of(double a, double b) {
    double largest = Math.max(a, b);
    double d = Math.abs(a - b) * POINTS_PER_UNIT;
    // Written so that the NaN of two infinities takes this way out, too.
    if (!(d < POINTS_PER_UNIT * REACH)) {
      return largest;
    }
    int i = (int) d;
    double u = d - i;
    int at = 4 * i;
    return largest + CUBICS[at] + u * (CUBICS[at + 1] + u * (CUBICS[at + 2] + u * CUBICS[at + 3]));
  }
}
