package org.stjem.frontend.cmvn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.FloatMatrix;

class CmvnTest {
  private static FloatMatrix features(int frames, int bins) {
    Random random = new Random(frames);
    FloatMatrix feats = new FloatMatrix(frames, bins);
    for (int i = 0; i < feats.data().length; i++) {
      feats.data()[i] = (float) (3 + (i % bins + 1) * random.nextGaussian());
    }
    return feats;
  }

  private static CmvnStats stats(FloatMatrix feats) {
    CmvnStats stats = new CmvnStats(feats.cols());
    stats.accumulate(feats);
    return stats;
  }

  @Test
  void apply_ownStatistics_givesMeanZeroAndVarianceOne() {
    FloatMatrix feats = features(50, 4);
    CmvnStats after = stats(Cmvn.normalising(stats(feats), true).apply(feats));
    for (int bin = 0; bin < 4; bin++) {
      assertThat(after.mean(bin)).isCloseTo(0, within(1e-6));
      assertThat(after.variance(bin)).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void reversing_afterNormalising_restoresTheFeatures() {
    FloatMatrix feats = features(20, 3);
    for (boolean variances : new boolean[] {false, true}) {
      FloatMatrix normal = Cmvn.normalising(stats(feats), variances).apply(feats);
      FloatMatrix back = Cmvn.reversing(stats(feats), variances).apply(normal);
      assertThat(back.data()).containsExactly(feats.data(), within(1e-5f));
    }
  }

  @Test
  void withoutBins_leavesTheseBinsAlone() {
    FloatMatrix feats = features(20, 3);
    FloatMatrix result = Cmvn.normalising(stats(feats).withoutBins(1), true).apply(feats);
    for (int t = 0; t < 20; t++) {
      assertThat(result.get(t, 1)).isEqualTo(feats.get(t, 1));
      assertThat(result.get(t, 0)).isNotEqualTo(feats.get(t, 0));
    }
    assertThatThrownBy(() -> stats(feats).withoutBins(3))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("3")
        .hasMessageContaining("0 to 2");
  }

  @Test
  void accumulate_weights_countAsSoManyFrames() {
    FloatMatrix feats = features(3, 2);
    CmvnStats weighted = new CmvnStats(2);
    weighted.accumulate(feats, new float[] {0, 2, 1});
    CmvnStats repeated = stats(feats.rows(1, 2));
    repeated.accumulate(feats.rows(1, 3));
    assertThat(weighted.count()).isEqualTo(3);
    for (int bin = 0; bin < 2; bin++) {
      assertThat(weighted.mean(bin)).isCloseTo(repeated.mean(bin), within(1e-6));
      assertThat(weighted.variance(bin)).isCloseTo(repeated.variance(bin), within(1e-5));
    }
    assertThatThrownBy(() -> weighted.accumulate(feats, new float[2]))
        .isInstanceOf(StjemException.class)
        .hasMessage("2 weights for 3 frames");
  }

  @Test
  void constantBin_varianceIsFloored() {
    FloatMatrix feats = new FloatMatrix(2, 1, new float[] {5, 5});
    assertThat(Cmvn.normalising(stats(feats), true).apply(feats).data())
        .doesNotContain(Float.NaN)
        .containsOnly(0f);
  }

  @Test
  void constantBin_thatNoFloatHoldsExactly_isNoNoise() {
    FloatMatrix feats = new FloatMatrix(1000, 1);
    Arrays.fill(feats.data(), 3.7f);
    Cmvn cmvn = Cmvn.normalising(stats(feats), true);
    for (float value : cmvn.apply(feats).data()) {
      assertThat(value).isCloseTo(0, within(1e-4f));
    }
    FloatMatrix window = new SlidingCmvn(600, 100, 0, true, true).apply(feats);
    assertThat(window.data()).containsOnly(0f);
  }

  @Test
  void sliding_smallVarianceOnALargeMean_isThatOfTheWindow() {
    int frames = 50;
    FloatMatrix feats = new FloatMatrix(frames, 1);
    for (int t = 0; t < frames; t++) {
      // Every float here is an even number; the sums of squares have 20 digits.
      feats.set(t, 0, 3e9f + 256 * (t % 2));
    }
    FloatMatrix result = new SlidingCmvn(10, 1, 0, true, true).apply(feats);
    for (int t = 0; t < frames; t++) {
      assertThat(result.get(t, 0)).isCloseTo(t % 2 == 0 ? -1 : 1, within(1e-6f));
    }
  }

  @Test
  void numbersThatAreNone_areRefusedAndAddNothing() {
    FloatMatrix feats = features(5, 3);
    CmvnStats stats = stats(feats);
    double[] before = stats.toMatrix().data();
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      FloatMatrix broken = features(5, 3);
      broken.set(4, 2, bad);
      assertThatThrownBy(() -> stats.accumulate(broken))
          .isInstanceOf(StjemException.class)
          .hasMessage("frame 4 holds " + bad + " in dimension 2");
      assertThatThrownBy(() -> stats.accumulate(feats, new float[] {1, 1, 1, 1, bad}))
          .isInstanceOf(StjemException.class)
          .hasMessage("the weight of frame 4 is " + bad);
    }
    assertThat(stats.toMatrix().data()).containsExactly(before);
    CmvnStats broken = CmvnStats.of(new DoubleMatrix(1, 2, new double[] {Double.NaN, 1}));
    assertThatThrownBy(() -> Cmvn.normalising(broken, false))
        .isInstanceOf(StjemException.class)
        .hasMessage("CMVN statistics give a mean of NaN in bin 0");
  }

  @Test
  void statisticsThatDoNotFit_areRefused() {
    FloatMatrix feats = features(5, 3);
    Cmvn cmvn = Cmvn.normalising(stats(feats), false);
    assertThatThrownBy(() -> cmvn.apply(features(5, 2)))
        .isInstanceOf(StjemException.class)
        .hasMessage("features have 2 bins where the CMVN statistics have 3");
    assertThatThrownBy(() -> stats(feats).accumulate(features(5, 2)))
        .isInstanceOf(StjemException.class);
    assertThatThrownBy(() -> Cmvn.normalising(new CmvnStats(3), false))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("count of 0.0");
    assertThatThrownBy(() -> CmvnStats.of(new DoubleMatrix(3, 4)))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("3 x 4");
    CmvnStats means = CmvnStats.of(new DoubleMatrix(1, 3, new double[] {4, 6, 2}));
    assertThat(Cmvn.normalising(means, false).apply(new FloatMatrix(1, 2)).data())
        .containsExactly(-2f, -3f);
    assertThatThrownBy(() -> Cmvn.normalising(means, true)).isInstanceOf(StjemException.class);
    CmvnStats broken = CmvnStats.of(new DoubleMatrix(2, 2, new double[] {1, 1, Double.NaN, 0}));
    assertThatThrownBy(() -> Cmvn.normalising(broken, true)).isInstanceOf(StjemException.class);
  }

  @Test
  void sliding_equalsTheWindowsOwnStatistics() {
    FloatMatrix feats = features(30, 2);
    FloatMatrix result = new SlidingCmvn(11, 3, 0, true, true).apply(feats);
    for (int t = 0; t < 30; t++) {
      int from = Math.max(0, Math.min(30 - 11, t - 5));
      FloatMatrix window = feats.rows(from, from + 11);
      FloatMatrix normal = Cmvn.normalising(stats(window), true).apply(window);
      assertThat(result.row(t)).containsExactly(normal.row(t - from), within(1e-4f));
    }
    FloatMatrix causal = new SlidingCmvn(4, 6, 0, false, false).apply(feats);
    FloatMatrix start = Cmvn.normalising(stats(feats.rows(0, 6)), false).apply(feats);
    assertThat(causal.row(2)).containsExactly(start.row(2), within(1e-5f));
  }

  @Test
  void sliding_oneFrame_isZero() {
    FloatMatrix one = new FloatMatrix(1, 2, new float[] {3, 4});
    for (boolean center : new boolean[] {false, true}) {
      assertThat(new SlidingCmvn(600, 100, 5, true, center).apply(one).data()).containsOnly(0f);
    }
  }

  @Test
  void optionsOutOfRange_areRefused() {
    assertThatThrownBy(() -> new SlidingCmvn(0, 1, 5, false, false))
        .isInstanceOf(StjemException.class);
    assertThatThrownBy(() -> new SlidingCmvn(5, 6, 5, false, true))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("--min-cmn-window=6");
    assertThatThrownBy(() -> new FrameContext(-1, 0)).isInstanceOf(StjemException.class);
    assertThatThrownBy(() -> new Deltas(-1, 2)).isInstanceOf(StjemException.class);
    assertThatThrownBy(() -> new Deltas(2, 0)).isInstanceOf(StjemException.class);
  }
}
