package org.stjem.acoustic.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AurocTest {

  @Test
  void of_separatedScores_isOneOrZero() {
    assertThat(Auroc.of(new float[] {2, 3}, new float[] {0, 1})).isEqualTo(1);
    assertThat(Auroc.of(new float[] {0, 1}, new float[] {2, 3})).isZero();
    assertThat(Auroc.of(new float[] {}, new float[] {2})).isNaN();
  }

  @Test
  void of_randomScoresWithTies_countsPairs() {
    Random random = new Random(1);
    float[] high = new float[40];
    float[] low = new float[60];
    for (int i = 0; i < high.length; i++) {
      high[i] = random.nextInt(8);
    }
    for (int i = 0; i < low.length; i++) {
      low[i] = random.nextInt(8) - 2;
    }
    double pairs = 0;
    for (float h : high) {
      for (float l : low) {
        pairs += h > l ? 1 : h == l ? 0.5 : 0;
      }
    }
    assertThat(Auroc.of(high, low)).isCloseTo(pairs / 2400, within(1e-12));
  }
}
