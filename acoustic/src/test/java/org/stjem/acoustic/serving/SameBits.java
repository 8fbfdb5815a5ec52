package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** The project's measure of equality between streamed and offline scores: none may differ. */
final class SameBits {
  private SameBits() {}

  /** Fails with the first value that differs, instead of both arrays. */
  static void assertSameBits(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    int i = Arrays.mismatch(actual, expected);
    if (i >= 0) {
      throw new AssertionError("value " + i + " is " + actual[i] + ", not " + expected[i]);
    }
  }
}
