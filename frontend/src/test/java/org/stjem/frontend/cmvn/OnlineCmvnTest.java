package org.stjem.frontend.cmvn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.FloatMatrix;

class OnlineCmvnTest {
  private static final int DIM = 3;

  private static FloatMatrix features(int frames, int seed) {
    Random random = new Random(seed);
    FloatMatrix feats = new FloatMatrix(frames, DIM);
    for (int i = 0; i < feats.data().length; i++) {
      feats.data()[i] = (float) (5 + (i % DIM + 1) * random.nextGaussian());
    }
    return feats;
  }

  private static CmvnStats global(int frames) {
    CmvnStats stats = new CmvnStats(DIM);
    stats.accumulate(features(frames, 99));
    return stats;
  }

  private static OnlineCmvnOptions options(Consumer<OnlineCmvnOptions> change) {
    OnlineCmvnOptions options = new OnlineCmvnOptions();
    change.accept(options);
    return options;
  }

  @Test
  void options_defaults_areKaldis() {
    OnlineCmvnOptions options = new OnlineCmvnOptions();
    assertThat(options.cmnWindow).isEqualTo(600);
    assertThat(options.speakerFrames).isEqualTo(600);
    assertThat(options.globalFrames).isEqualTo(200);
    assertThat(options.normMeans).isTrue();
    assertThat(options.normVars).isFalse();
    assertThat(options.skipDims).isEmpty();
  }

  @Test
  void accept_fullWindow_normalisesByTheWindowThatEndsWithTheFrame() {
    FloatMatrix feats = features(60, 1);
    FloatMatrix result =
        new OnlineCmvn(
                options(
                    o -> {
                      o.cmnWindow = 10;
                      o.normVars = true;
                    }),
                global(50))
            .accept(feats);
    for (int t = 9; t < 60; t++) {
      FloatMatrix window = feats.rows(t - 9, t + 1);
      CmvnStats stats = new CmvnStats(DIM);
      stats.accumulate(window);
      assertThat(result.row(t))
          .containsExactly(Cmvn.normalising(stats, true).apply(window).row(9), within(1e-4f));
    }
  }

  @Test
  void accept_firstFrameOfASpeaker_leansOnTheGlobalMean() {
    CmvnStats global = global(1000);
    FloatMatrix feats = features(1, 2);
    FloatMatrix result = new OnlineCmvn(options(o -> {}), global).accept(feats);
    for (int bin = 0; bin < DIM; bin++) {
      double mean = (feats.get(0, bin) + 200 * global.mean(bin)) / 201;
      assertThat((double) result.get(0, bin)).isCloseTo(feats.get(0, bin) - mean, within(1e-5));
    }
  }

  @Test
  void accept_secondUtteranceOfASpeaker_leansOnTheFirstThenOnTheGlobalMean() {
    CmvnStats global = global(1000);
    FloatMatrix first = features(40, 3);
    FloatMatrix second = features(1, 4);
    OnlineCmvn cmvn =
        new OnlineCmvn(
            options(
                o -> {
                  o.cmnWindow = 50;
                  o.speakerFrames = 30;
                }),
            global);
    cmvn.accept(first);
    cmvn.finish();
    FloatMatrix result = cmvn.accept(second);
    CmvnStats speaker = new CmvnStats(DIM);
    speaker.accumulate(first);
    for (int bin = 0; bin < DIM; bin++) {
      double sum = second.get(0, bin) + 30 * speaker.mean(bin) + 19 * global.mean(bin);
      assertThat((double) result.get(0, bin))
          .isCloseTo(second.get(0, bin) - sum / 50, within(1e-5));
    }
    cmvn.startSpeaker();
    assertThat(cmvn.accept(first).data())
        .containsExactly(
            new OnlineCmvn(
                    options(
                        o -> {
                          o.cmnWindow = 50;
                          o.speakerFrames = 30;
                        }),
                    global)
                .accept(first)
                .data());
  }

  @Test
  void accept_binsToSkipOrNoMeans_areLeftAlone() {
    FloatMatrix feats = features(20, 5);
    FloatMatrix skipped =
        new OnlineCmvn(options(o -> o.skipDims = new int[] {1}), global(9)).accept(feats);
    for (int t = 0; t < 20; t++) {
      assertThat(skipped.get(t, 1)).isEqualTo(feats.get(t, 1));
      assertThat(skipped.get(t, 0)).isNotEqualTo(feats.get(t, 0));
    }
    FloatMatrix copied = new OnlineCmvn(options(o -> o.normMeans = false), global(9)).accept(feats);
    assertThat(copied.data()).containsExactly(feats.data()).isNotSameAs(feats.data());
  }

  @Test
  void whatDoesNotFit_isRefused() {
    assertFault(o -> o.cmnWindow = 0, "--cmn-window=0: must be at least 1");
    assertFault(o -> o.speakerFrames = -1, "--speaker-frames=-1: must be at least 0");
    assertFault(o -> o.globalFrames = -1, "--global-frames=-1: must be at least 0");
    assertFault(
        o -> {
          o.normMeans = false;
          o.normVars = true;
        },
        "--norm-vars=true: must be false with --norm-means=false");
    OnlineCmvn cmvn = new OnlineCmvn(new OnlineCmvnOptions(), global(9));
    assertThatThrownBy(() -> cmvn.accept(new FloatMatrix(2, 4)))
        .isInstanceOf(StjemException.class)
        .hasMessage("features have 4 bins where the global CMVN statistics have 3");
    assertThatThrownBy(() -> new OnlineCmvn(new OnlineCmvnOptions(), new CmvnStats(2)))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("count of 0.0");
    CmvnStats means = CmvnStats.of(new DoubleMatrix(1, 3, new double[] {4, 6, 2}));
    assertThat(new OnlineCmvn(new OnlineCmvnOptions(), means).accept(new FloatMatrix(1, 2)).rows())
        .isOne();
    assertThatThrownBy(() -> new OnlineCmvn(options(o -> o.normVars = true), means))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("one row");
  }

  private static void assertFault(Consumer<OnlineCmvnOptions> change, String message) {
    assertThatThrownBy(() -> new OnlineCmvn(options(change), global(9)))
        .isInstanceOf(StjemException.class)
        .hasMessage(message);
  }
}
