package org.stjem.frontend.reverb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FastConvolutionTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 0",
    "1, 5000, 0",
    "700, 1, 10",
    "33, 4000, 32",
    "513, 512, 7",
    "1024, 9000, 0",
    "3000, 100, 2999"
  })
  void apply_equalsTheSumItStandsFor(int taps, int samples, int delay) {
    Random random = new Random(taps + samples);
    float[] filter = gaussian(taps, random);
    float[] signal = gaussian(samples, random);
    float[] result = new FastConvolution(filter).apply(signal, delay);

    assertThat(result).hasSize(samples);
    for (int n = 0; n < samples; n++) {
      double sum = 0;
      int first = Math.max(0, n + delay - samples + 1);
      for (int k = first; k < Math.min(taps, n + delay + 1); k++) {
        sum += (double) filter[k] * signal[n + delay - k];
      }
      assertThat((double) result[n]).isCloseTo(sum, within(1e-3));
    }
  }

  private static float[] gaussian(int n, Random random) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
