package org.stjem.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class DensityPoolingTest {
  private static FloatMatrix logits() {
    Random random = new Random(4);
    FloatMatrix logits = new FloatMatrix(7, 3);
    for (int i = 0; i < logits.data().length; i++) {
      logits.data()[i] = (float) (5 * random.nextGaussian());
    }
    return logits;
  }

  private static double density(FloatMatrix matrix, int t) {
    return LogSumExp.of(matrix.data(), t * matrix.cols(), matrix.cols());
  }

  @Test
  void apply_ofOneFrame_changesNothing() {
    FloatMatrix logits = logits();
    assertThat(new DensityPooling(1).apply(logits).data()).containsExactly(logits.data());
  }

  @Test
  void apply_replacesTheDensityByItsMeanAndKeepsThePosteriors() {
    FloatMatrix logits = logits();
    FloatMatrix whole = new DensityPooling(0).apply(logits);
    FloatMatrix window = new DensityPooling(3).apply(logits);
    double mean = 0;
    for (int t = 0; t < 7; t++) {
      mean += density(logits, t) / 7;
    }
    for (int t = 0; t < 7; t++) {
      assertThat(density(whole, t)).isCloseTo(mean, within(1e-5));
      assertThat((double) whole.get(t, 2) - whole.get(t, 0))
          .isCloseTo(logits.get(t, 2) - logits.get(t, 0), within(1e-5));
    }
    assertThat(density(window, 3))
        .isCloseTo(
            (density(logits, 2) + density(logits, 3) + density(logits, 4)) / 3, within(1e-5));
    assertThat(density(window, 0))
        .isCloseTo((density(logits, 0) + density(logits, 1)) / 2, within(1e-5));
  }

  @Test
  void apply_causalWindowLooksBackOnlyAndScales() {
    FloatMatrix logits = logits();
    FloatMatrix pooled = new DensityPooling(2, true, 3).apply(logits);
    assertThat(density(pooled, 0)).isCloseTo(3 * density(logits, 0), within(1e-4));
    assertThat(density(pooled, 4))
        .isCloseTo(1.5 * (density(logits, 3) + density(logits, 4)), within(1e-4));
    FloatMatrix soFar = new DensityPooling(0, true, 1).apply(logits);
    assertThat(density(soFar, 1))
        .isCloseTo((density(logits, 0) + density(logits, 1)) / 2, within(1e-4));
    assertThat(new DensityPooling(0, true, 1).apply(logits.rows(0, 3)).data())
        .containsExactly(soFar.rows(0, 3).data());
  }

  @Test
  void constructor_refusesScalesBelowZero() {
    assertThatThrownBy(() -> new DensityPooling(1, false, -1)).hasMessageContaining("-1.0");
  }

  @Test
  void constructor_refusesEvenAndNegativeWindows() {
    for (int frames : new int[] {-1, 2}) {
      assertThatThrownBy(() -> new DensityPooling(frames))
          .isInstanceOf(StjemException.class)
          .hasMessageEndingWith("not " + frames);
    }
  }
}
