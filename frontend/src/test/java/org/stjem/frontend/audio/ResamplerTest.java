package org.stjem.frontend.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.frontend.io.StjemException;

class ResamplerTest {

  @ParameterizedTest
  @CsvSource({"8000,16000", "16000,8000", "44100,16000", "16000,11025", "16000,16000"})
  void resample_sineBelowTheCutoff_isThatSineAtTheNewRate(int rateIn, int rateOut) {
    double frequency = 0.3 * Math.min(rateIn, rateOut);
    float[] output = new Resampler(rateIn, rateOut).resample(sine(frequency, rateIn, 5000));
    float[] expected = sine(frequency, rateOut, output.length);
    // Beyond the recording there are zeros, so the ends differ; six zeros leave a ripple of half a
    // percent.
    for (int i = 100; i < output.length - 100; i++) {
      assertThat(output[i]).isCloseTo(expected[i], within(60f));
    }
  }

  @Test
  void resample_sineAboveTheNewNyquistFrequency_isRemoved() {
    float[] output = new Resampler(16000, 8000).resample(sine(6000, 16000, 5000));
    for (int i = 100; i < output.length - 100; i++) {
      assertThat(output[i]).isCloseTo(0, within(20f));
    }
  }

  @Test
  void resample_length_countsThePeriodsThatBeginInTheRecording() {
    Resampler up = new Resampler(8000, 16000);
    assertThat(up.resample(new float[0])).isEmpty();
    assertThat(up.resample(new float[7])).hasSize(14);
    Resampler down = new Resampler(16000, 8000);
    assertThat(down.resample(new float[7])).hasSize(4);
    assertThat(down.resample(new float[8])).hasSize(4);
  }

  @Test
  void resample_impulse_givesTheFilterOfTheDefinition() {
    float[] impulse = new float[41];
    impulse[20] = 1;
    float[] output = new Resampler(16000, 8000).resample(impulse);
    double cutoff = 0.99 * 4000;
    for (int i = 0; i < output.length; i++) {
      double time = i / 8000.0 - 20 / 16000.0;
      double window = 0.5 * (1 + Math.cos(2 * Math.PI * cutoff / 6 * time));
      double sinc = time == 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * time) / Math.PI / time;
      double expected = Math.abs(time) < 3 / cutoff ? window * sinc / 16000 : 0;
      assertThat((double) output[i]).isCloseTo(expected, within(1e-7));
    }
  }

  @Test
  void construct_ratesWithoutACommonDivisor_areRefused() {
    assertThatThrownBy(() -> new Resampler(Integer.MAX_VALUE, 16000))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("2147483647 to 16000 Hz");
  }

  private static float[] sine(double frequency, int rate, int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (10000 * Math.sin(2 * Math.PI * frequency * i / rate));
    }
    return samples;
  }
}
