package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

/** The project's measure of equality between streamed and offline scores. */
final class Closeness {
  private static final double TOLERANCE = 1e-5;

  private Closeness() {}

  /** Same length, and each value within 1e-5 of the expected one. */
  static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
    }
    assertThat(largest).isLessThanOrEqualTo(TOLERANCE);
  }
}
