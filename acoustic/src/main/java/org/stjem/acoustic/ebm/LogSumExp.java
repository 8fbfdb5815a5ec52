package org.stjem.acoustic.ebm;

/** log Σ exp, summed in double around the largest value. */
public final class LogSumExp {
  private LogSumExp() {}

  /**
   * Of {@code length} floats from {@code offset} on; −∞ when all are −∞ or none are given, never
   * NaN unless a value is NaN.
   */
  public static double of(float[] values, int offset, int length) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = offset; i < offset + length; i++) {
      max = Math.max(max, values[i]);
    }
    if (Double.isInfinite(max) || Double.isNaN(max)) {
      return max;
    }
    double sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += Math.exp(values[i] - max);
    }
    return max + Math.log(sum);
  }

  /** Of all {@code values}; see {@link #of(float[], int, int)}. */
  public static double of(double... values) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      max = Math.max(max, value);
    }
    if (Double.isInfinite(max) || Double.isNaN(max)) {
      return max;
    }
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum);
  }
}
