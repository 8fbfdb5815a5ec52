package org.stjem.acoustic.eval;

import java.util.Collection;
import java.util.Locale;

/** What several runs found, in words. */
public final class Spread {
  private Spread() {}

  /**
   * Mean ± sample standard deviation; of one value the value.
   *
   * @param values at least one
   * @param format of a number, such as {@code %.2f}
   */
  public static String of(Collection<Double> values, String format) {
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    String text = String.format(Locale.ROOT, format, mean);
    if (values.size() < 2) {
      return text;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / (values.size() - 1));
    return text + " ± " + String.format(Locale.ROOT, format, deviation);
  }
}
