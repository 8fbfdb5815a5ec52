package org.stjem.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.LogSumExp;

class LogAddTest {
  @Test
  void of_agreesWithTheSumOfExponentials() {
    for (double d = -50; d <= 50; d += 0.0137) {
      assertThat(LogAdd.of(3, 3 + d)).isCloseTo(LogSumExp.of(3, 3 + d), within(1e-9));
    }
  }

  @Test
  void of_infinitiesAndExtremes() {
    double none = Double.NEGATIVE_INFINITY;
    assertThat(LogAdd.of(none, none)).isEqualTo(none);
    assertThat(LogAdd.of(none, 2)).isEqualTo(2);
    assertThat(LogAdd.of(2, none)).isEqualTo(2);
    assertThat(LogAdd.of(-1e30, 1e30)).isEqualTo(1e30);
    assertThat(LogAdd.of(0, 40)).isEqualTo(40);
  }
}
