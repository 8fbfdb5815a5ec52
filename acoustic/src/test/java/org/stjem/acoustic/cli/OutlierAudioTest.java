package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Sounds that are not speech. */
class OutlierAudioTest {
  private static final int RATE = 16000;

  /** Mean difference of neighbouring log-Mel energies of one frame in the middle. */
  private static double ruggedness(float[] samples) {
    FbankOptions options = new FbankOptions();
    options.dither = 0;
    FloatMatrix features = new FbankExtractor(options).compute(samples);
    int t = features.rows() / 2;
    double sum = 0;
    for (int d = 1; d < features.cols(); d++) {
      sum += Math.abs(features.get(t, d) - features.get(t, d - 1));
    }
    return sum / (features.cols() - 1);
  }

  @Test
  void chords_haveLinesWhereNoiseIsFlat() {
    double chords = ruggedness(OutlierAudio.chords(RATE, RATE, new SeededRandom(1, 0)));
    double noise = ruggedness(OutlierAudio.whiteNoise(RATE, new SeededRandom(1, 0)));
    assertThat(chords).isGreaterThan(2 * noise);
  }

  @Test
  void sounds_fillAnyLengthStayWithin16BitsAndDependOnTheSeed() {
    float[] one = OutlierAudio.chords(12345, RATE, new SeededRandom(1, 0));
    assertThat(one)
        .hasSize(12345)
        .isEqualTo(OutlierAudio.chords(12345, RATE, new SeededRandom(1, 0)));
    assertThat(one).isNotEqualTo(OutlierAudio.chords(12345, RATE, new SeededRandom(1, 1)));
    for (float sample : one) {
      assertThat((double) sample).isCloseTo(0, within(32767.0));
    }
    assertThat(OutlierAudio.whiteNoise(0, new SeededRandom(1, 0))).isEmpty();
  }
}
