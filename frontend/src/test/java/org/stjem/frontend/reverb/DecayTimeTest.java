package org.stjem.frontend.reverb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.io.StjemException;

class DecayTimeTest {
  @Test
  void t60_exponentialNoise_isItsDecayTime() {
    Random random = new Random(1);
    float[] response = new float[16000];
    for (int i = 0; i < response.length; i++) {
      response[i] = (float) (random.nextGaussian() * Math.pow(10, -3.0 * i / 16000 / 0.45));
    }
    assertThat(DecayTime.t60(response, 16000)).isCloseTo(0.45, within(0.02));
  }

  @Test
  void t60_responsesWithoutDecay_areRefused() {
    float[] impulse = {0, 1, 0};
    assertThatThrownBy(() -> DecayTime.t60(impulse, 16000))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("3 samples");
    assertThatThrownBy(() -> DecayTime.t60(new float[100], 16000))
        .isInstanceOf(StjemException.class);
    float[] steady = new float[100];
    Arrays.fill(steady, 1f);
    assertThatThrownBy(() -> DecayTime.t60(steady, 16000)).isInstanceOf(StjemException.class);
  }
}
