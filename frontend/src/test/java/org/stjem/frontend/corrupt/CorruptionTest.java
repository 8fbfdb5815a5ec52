package org.stjem.frontend.corrupt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.stjem.frontend.kaldi.FloatMatrix;

class CorruptionTest {
  private static FloatMatrix features() {
    FloatMatrix features = new FloatMatrix(103, 40);
    Random random = new Random(1);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = (float) random.nextGaussian();
    }
    return features;
  }

  private static Corruption of(Corruption.Kind kind) {
    return new Corruption(kind, 0.2, 10, 3);
  }

  @ParameterizedTest
  @EnumSource
  void apply_changesWhatTheMaskSays_andDependsOnSeedAndKey(Corruption.Kind kind) {
    FloatMatrix features = features();
    Corruption.Spoilt spoilt = of(kind).apply(features, "u", 1);
    int changed = 0;
    for (int i = 0; i < features.data().length; i++) {
      boolean free = spoilt.mask().data()[i] == 1;
      changed += free ? 1 : 0;
      if (!free) {
        assertThat(spoilt.features().data()[i]).isEqualTo(features.data()[i]);
        assertThat(spoilt.mask().data()[i]).isZero();
      } else if (kind != Corruption.Kind.SCATTERED) {
        assertThat(spoilt.features().data()[i]).isLessThan(-1);
      }
    }
    double share = (double) changed / features.data().length;
    assertThat(share).isBetween(kind == Corruption.Kind.SCATTERED ? 0.1 : 0.2, 0.47);
    assertThat(features.data()).isEqualTo(features().data());
    assertThat(of(kind).apply(features, "u", 1).mask().data()).isEqualTo(spoilt.mask().data());
    assertThat(of(kind).apply(features, "u", 2).mask().data()).isNotEqualTo(spoilt.mask().data());
    assertThat(of(kind).apply(features, "v", 1).mask().data()).isNotEqualTo(spoilt.mask().data());
  }

  @Test
  void scattered_hitsEveryWindowOfTwoStretchesLessOneFrame() {
    FloatMatrix mask = of(Corruption.Kind.SCATTERED).apply(features(), "u", 3).mask();
    for (int from = 0; from + 19 <= mask.rows(); from++) {
      assertThat(IntStream.range(from, from + 19).filter(t -> mask.get(t, 0) == 1).count())
          .isBetween(1L, 3L);
    }
  }

  @Test
  void valuesOutOfRange_areRefused() {
    assertThatThrownBy(() -> new Corruption(Corruption.Kind.FRAMES, 1, 10, 3))
        .hasMessage("--share is 1.0, must be from 0.0 to 0.9");
    assertThatThrownBy(() -> new Corruption(Corruption.Kind.FRAMES, 0.2, 0, 3))
        .hasMessage("--length is 0.0, must be from 1.0 to 100000.0");
  }

  @Test
  void fill_drawsLinesInTime_andOverBinsWhereNoneIsKnown() {
    FloatMatrix features = new FloatMatrix(4, 3, new float[] {0, 9, 8, 9, 9, 9, 9, 9, 9, 6, 9, 2});
    boolean[] unknown = {
      false, true, false, true, true, true, true, true, false, false, true, false
    };
    // Bin 0: 0 to 6 over three frames; bin 2: 8, 9, 2; bin 1 between the two.
    assertThat(Fill.INTERPOLATE.apply(features, unknown).data())
        .containsExactly(0, 4, 8, 2, 5.25f, 8.5f, 4, 6.5f, 9, 6, 4, 2);
    assertThat(Fill.MEAN.apply(features, unknown).data())
        .containsExactly(0, 5, 8, 3, 5, 19 / 3f, 3, 5, 9, 6, 5, 2);
    assertThat(Fill.GIVEN.apply(features, unknown).data()).isEqualTo(features.data());
  }
}
