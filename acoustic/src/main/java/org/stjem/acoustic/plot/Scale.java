package org.stjem.acoustic.plot;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The values along one axis, and where its ticks stand.
 *
 * @param low the value at the beginning; positive if logarithmic
 * @param high the value at the end, above {@code low}
 */
record Scale(double low, double high, boolean logarithmic) {
  private static final int INTERVALS = 5;

  /** Of decades between these, ticks are labelled in full. */
  private static final double LEAST_PLAIN = 1e-3;

  private static final double MOST_PLAIN = 1e5;

  /** Ticks at 2 and 5 too up to so many decades. */
  private static final int FEW_DECADES = 3;

  private static final int MOST_DECADES = 7;

  /** A linear scale whose ends are ticks, around values from {@code least} to {@code most}. */
  static Scale around(double least, double most) {
    double spread = most - least;
    double margin = Math.max(Math.abs(most), 1e-9);
    double low = spread > 1e-9 * margin ? least : least - 0.5 * margin;
    double high = spread > 1e-9 * margin ? most : most + 0.5 * margin;
    double step = step(high - low);
    return new Scale(Math.floor(low / step) * step, Math.ceil(high / step) * step, false);
  }

  /** 1, 2 or 5 times a power of ten. */
  private static double step(double span) {
    double wanted = span / INTERVALS;
    double power = Math.pow(10, Math.floor(Math.log10(wanted)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= wanted * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** 0 at the beginning, 1 at the end. */
  double position(double value) {
    return logarithmic
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  /** The values of the ticks, upwards. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (!logarithmic) {
      double step = step(high - low);
      for (long i = (long) Math.ceil(low / step - 1e-6); i * step <= high + 1e-6 * step; i++) {
        ticks.add(i * step);
      }
      return ticks;
    }
    int first = (int) Math.floor(Math.log10(low));
    int last = (int) Math.ceil(Math.log10(high));
    int every = (last - first + MOST_DECADES - 1) / MOST_DECADES;
    for (int decade = first; decade <= last; decade += every) {
      int[] factors = last - first <= FEW_DECADES ? new int[] {1, 2, 5} : new int[] {1};
      for (int factor : factors) {
        double tick = new BigDecimal(factor).scaleByPowerOfTen(decade).doubleValue();
        if (tick >= low && tick <= high) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }

  /** A tick's label, such as 0.5 or 1,000. */
  String label(double tick) {
    if (logarithmic) {
      boolean plain = tick >= LEAST_PLAIN && tick < MOST_PLAIN;
      return plain
          ? new BigDecimal(Double.toString(tick)).stripTrailingZeros().toPlainString()
          : String.format(Locale.ROOT, "%.0e", tick);
    }
    double step = step(high - low);
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return decimals > 4
        ? String.format(Locale.ROOT, "%.1e", tick)
        : String.format(Locale.ROOT, "%,." + decimals + "f", tick + 0.0);
  }
}
