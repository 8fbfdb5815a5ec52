package org.stjem.frontend.reverb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.io.StjemException;

class TelephoneBandTest {
  private static float[] tone(double frequency, int samples, int rate) {
    float[] tone = new float[samples];
    for (int i = 0; i < samples; i++) {
      tone[i] = (float) (1000 * Math.sin(2 * Math.PI * frequency * i / rate));
    }
    return tone;
  }

  /** The largest distance within the middle, which the filter's ends do not reach. */
  private static double distance(float[] actual, float[] expected) {
    double largest = 0;
    for (int i = actual.length / 4; i < 3 * actual.length / 4; i++) {
      largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
    }
    return largest;
  }

  @ParameterizedTest
  @CsvSource({
    "300, 16000",
    "1000, 16000",
    "3400, 16000",
    "1000, 8000",
    "3400, 8000",
    "1000, 11025",
    "1000, 44100"
  })
  void apply_withinTheBand_keepsLevelAndTime(double frequency, int rate) {
    float[] tone = tone(frequency, rate, rate);
    float[] result = new TelephoneBand().apply(tone, rate);
    assertThat(result).hasSameSizeAs(tone);
    assertThat(distance(result, tone)).isLessThan(10);
  }

  @ParameterizedTest
  @CsvSource({"60, 16000", "200, 16000", "3500, 16000", "5000, 16000", "7900, 16000", "60, 8000"})
  void apply_outsideTheBand_isFortyDecibelsDown(double frequency, int rate) {
    float[] result = new TelephoneBand().apply(tone(frequency, rate, rate), rate);
    assertThat(distance(result, new float[rate])).isLessThan(10);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16000, 15999})
  void apply_anyLength_keepsIt(int samples) {
    assertThat(new TelephoneBand().apply(new float[samples], 16000)).hasSize(samples);
  }

  @Test
  void apply_speechOfALowerRate_isRefused() {
    assertThatThrownBy(() -> new TelephoneBand().apply(new float[100], 6000))
        .isInstanceOf(StjemException.class)
        .hasMessage("the speech is sampled at 6000 Hz, a telephone line needs 8000");
  }

  @Test
  void reverberator_withoutRoom_addsNoiseOfTheRatioAskedForBeforeTheLine() {
    Random random = new Random(4);
    float[] speech = new float[32000];
    for (int i = 0; i < speech.length; i++) {
      speech[i] = (float) (500 * random.nextGaussian());
    }
    float[] noisy = reverberator(5, false).reverberate("u", speech, 16000).samples();
    float[] noise = new float[speech.length];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = noisy[i] - speech[i];
    }
    double ratio = 10 * Math.log10(Reverberator.power(speech) / Reverberator.power(noise));
    assertThat(ratio).isCloseTo(5, within(0.05));
    float[] narrow = reverberator(5, true).reverberate("u", speech, 16000).samples();
    assertThat(distance(narrow, new TelephoneBand().apply(noisy, 16000))).isLessThan(1.5);
    float[] quiet =
        reverberator(Double.POSITIVE_INFINITY, false).reverberate("u", speech, 16000).samples();
    assertThat(distance(quiet, speech)).isLessThan(1);
  }

  private static Reverberator reverberator(double snr, boolean telephone) {
    return new Reverberator(List.of(new NoRoom()), new PinkNoise(), snr, 1, telephone);
  }
}
