package org.stjem.frontend.fbank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class MelInversionTest {
  private static float[] noise(int samples) {
    Random random = new Random(3);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (float) (1000 * random.nextGaussian() * Math.sin(i / 3000.0));
    }
    return noise;
  }

  static Stream<Consumer<FbankOptions>> options() {
    return Stream.of(
        o -> {},
        o -> o.numMelBins = 23,
        o -> {
          o.useEnergy = true;
          o.lowFreq = 100;
          o.highFreq = -500;
        },
        o -> {
          o.useEnergy = true;
          o.htkCompat = true;
          o.useLogFbank = false;
        },
        o -> o.usePower = false,
        o -> {
          o.sampleFrequency = 8000;
          o.numMelBins = 40;
          o.roundToPowerOfTwo = false;
        });
  }

  @ParameterizedTest
  @MethodSource("options")
  void magnitudes_ofAnyOptions_haveTheFilterOutputsGiven(Consumer<FbankOptions> change) {
    FbankOptions options = new FbankOptions();
    options.dither = 0;
    change.accept(options);
    FloatMatrix feats = new FbankExtractor(options).compute(noise(8000));
    float[][] magnitudes = new MelInversion(options).magnitudes(feats);

    MelBanks banks = new MelBanks(options, 1);
    int first = options.useEnergy && !options.htkCompat ? 1 : 0;
    double[] centres = options.filterCentres();
    double error = 0;
    double norm = 0;
    for (int t = 0; t < feats.rows(); t++) {
      double[] spectrum = new double[options.paddedWindowSize() / 2 + 1];
      for (int k = 0; k < spectrum.length; k++) {
        double magnitude = magnitudes[t][k];
        assertThat(magnitude).isNotNegative();
        spectrum[k] = options.usePower ? magnitude * magnitude : magnitude;
        double hertz = (double) k * options.sampleFrequency / options.paddedWindowSize();
        if (hertz <= options.lowFreq || hertz > 1.2 * centres[centres.length - 1]) {
          assertThat(magnitude).isZero();
        }
      }
      for (int bin = 0; bin < options.numMelBins; bin++) {
        double value = feats.get(t, first + bin);
        double given = options.useLogFbank ? Math.exp(value) : value;
        error += Math.pow(banks.energy(bin, spectrum) - given, 2);
        norm += given * given;
      }
    }
    assertThat(10 * Math.log10(error / norm)).isLessThan(-35);
  }

  @Test
  void magnitudes_silence_isAllButSilent() {
    FbankOptions options = new FbankOptions();
    options.dither = 0;
    FloatMatrix feats = new FbankExtractor(options).compute(new float[800]);
    for (float[] frame : new MelInversion(options).magnitudes(feats)) {
      for (float magnitude : frame) {
        assertThat(magnitude).isCloseTo(0, within(1e-3f));
      }
    }
  }

  @Test
  void magnitudes_featuresThatAreNone_areRefused() {
    FbankOptions options = new FbankOptions();
    MelInversion inversion = new MelInversion(options);
    assertThatThrownBy(() -> inversion.magnitudes(new FloatMatrix(2, 40)))
        .isInstanceOf(StjemException.class)
        .hasMessage("features have 40 bins where the options make 80");
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 89}) {
      FloatMatrix feats = new FloatMatrix(2, 80);
      feats.set(1, 7, value);
      assertThatThrownBy(() -> inversion.magnitudes(feats))
          .isInstanceOf(StjemException.class)
          .hasMessage("frame 1, bin 7: " + value + " is not a log-Mel value, at most 88.7");
    }
    options.useLogFbank = false;
    MelInversion linear = new MelInversion(options);
    FloatMatrix negative = new FloatMatrix(1, 80);
    negative.set(0, 0, -1);
    assertThatThrownBy(() -> linear.magnitudes(negative))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("-1.0 is not a Mel value, at least 0");
  }

  @Test
  void filterCentres_areThoseOfKaldisFilters() {
    double[] centres = new FbankOptions().filterCentres();
    // 2840.0 Mel at 8 kHz and 31.7 at 20 Hz, in 81 steps.
    assertThat(centres).hasSize(80).isSorted();
    assertThat(centres[0]).isCloseTo(42.5, within(1.0));
    assertThat(centres[79]).isCloseTo(7735, within(20.0));
  }
}
