package org.stjem.acoustic.wer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairedTestTest {

  @Test
  void test_ofThreePairs_isWhatHandFinds() {
    // Differences 1, 2, 6: mean 3, deviation sqrt((4 + 1 + 9) / 2), t = 3 / sqrt(7 / 3).
    PairedTest test = PairedTest.of(new double[] {3, 4, 7}, new double[] {2, 2, 1});
    assertThat(test.mean()).isCloseTo(3, within(1e-12));
    assertThat(test.t()).isCloseTo(3 / Math.sqrt(7.0 / 3), within(1e-12));
    // Of two degrees of freedom: 1 - t / sqrt(2 + t²).
    double t = test.t();
    assertThat(test.p()).isCloseTo(1 - t / Math.sqrt(2 + t * t), within(1e-12));
  }

  @Test
  void test_withoutDifferencesThatVary_saysNothing() {
    PairedTest equal = PairedTest.of(new double[] {1, 2}, new double[] {1, 2});
    assertThat(equal.t()).isZero();
    assertThat(equal.p()).isEqualTo(1);
    assertThat(PairedTest.of(new double[] {1}, new double[] {2}).p()).isNaN();
  }

  /** Percentage points of the t distribution to eight decimals, as tables print them. */
  @Test
  void studentT_isThatOfTheTables() {
    assertThat(StudentT.twoSided(12.70620474, 1)).isCloseTo(0.05, within(1e-9));
    assertThat(StudentT.twoSided(4.30265273, 2)).isCloseTo(0.05, within(1e-9));
    assertThat(StudentT.twoSided(-3.18244631, 3)).isCloseTo(0.05, within(1e-9));
    assertThat(StudentT.twoSided(2.77644511, 4)).isCloseTo(0.05, within(1e-9));
    assertThat(StudentT.twoSided(2.26215716, 9)).isCloseTo(0.05, within(1e-9));
    assertThat(StudentT.twoSided(0, 7)).isEqualTo(1);
  }
}
