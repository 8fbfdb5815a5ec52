package org.stjem.frontend.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.fbank.MelInversion;
import org.stjem.frontend.fbank.WindowType;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class GriffinLimTest {
  /** A voice of 120 Hz with two formants that glide, and noise. */
  private static float[] voice(int samples, double rate) {
    Random random = new Random(7);
    float[] voice = new float[samples];
    for (int i = 0; i < samples; i++) {
      double seconds = i / rate;
      double sum = 20 * random.nextGaussian();
      for (int h = 1; h < 30; h++) {
        double hertz = 120 * h;
        double first = Math.exp(-Math.pow((hertz - 500 - 300 * seconds) / 150, 2));
        double second = 0.3 * Math.exp(-Math.pow((hertz - 1800 + 500 * seconds) / 200, 2));
        sum += 2000 * (first + second) * Math.sin(2 * Math.PI * hertz * seconds);
      }
      voice[i] = (float) sum;
    }
    return voice;
  }

  private static FbankOptions options(Consumer<FbankOptions> change) {
    FbankOptions options = new FbankOptions();
    options.dither = 0;
    change.accept(options);
    return options;
  }

  @Test
  void synthesise_melSpectra_convergesBelowMinusTwentyDecibels() {
    FbankOptions options = options(o -> {});
    FloatMatrix feats = new FbankExtractor(options).compute(voice(16000, 16000));
    float[][] magnitudes = new MelInversion(options).magnitudes(feats);
    GriffinLim.Result fast = new GriffinLim(options, 60, 0.99, 1).synthesise(magnitudes);
    assertThat(fast.convergence()).isLessThan(-20);
    GriffinLim.Result original = new GriffinLim(options, 60, 0, 1).synthesise(magnitudes);
    assertThat(fast.convergence()).isLessThan(original.convergence());

    // What it says of itself is true of the audio.
    float[][] made = Spectra.magnitudes(fast.samples(), options);
    assertThat(Spectra.convergence(made, magnitudes)).isCloseTo(fast.convergence(), within(0.3));
  }

  @Test
  void synthesise_original_neverGetsWorse() {
    FbankOptions options = options(o -> {});
    float[][] magnitudes = Spectra.magnitudes(voice(8000, 16000), options);
    double last = Double.POSITIVE_INFINITY;
    for (int iterations = 1; iterations < 12; iterations++) {
      double now = new GriffinLim(options, iterations, 0, 1).synthesise(magnitudes).convergence();
      assertThat(now).isLessThan(last + 0.01);
      last = now;
    }
  }

  static Stream<Consumer<FbankOptions>> shapes() {
    return Stream.of(
        o -> {},
        o -> o.snipEdges = false,
        o -> {
          o.sampleFrequency = 8000;
          o.numMelBins = 40;
        },
        o -> {
          o.windowType = WindowType.HAMMING;
          o.preemphasisCoefficient = 0;
          o.roundToPowerOfTwo = false;
          o.frameShift = 12.5f;
        },
        o -> {
          o.usePower = false;
          o.useEnergy = true;
          o.snipEdges = false;
          o.frameShift = 8;
        });
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void synthesise_anyOptions_givesAudioWithTheFeaturesGiven(Consumer<FbankOptions> shape) {
    FbankOptions options = options(shape);
    FbankExtractor extractor = new FbankExtractor(options);
    int rate = (int) options.sampleFrequency;
    FloatMatrix feats = extractor.compute(voice(rate, rate));
    float[][] magnitudes = new MelInversion(options).magnitudes(feats);
    GriffinLim.Result result = new GriffinLim(options, 60, 0.99, 1).synthesise(magnitudes);
    FloatMatrix again = extractor.compute(result.samples());

    assertThat(again.rows()).isEqualTo(feats.rows());
    double sum = 0;
    int from = options.useEnergy ? 1 : 0;
    for (int t = 0; t < feats.rows(); t++) {
      for (int bin = from; bin < feats.cols(); bin++) {
        double decibels =
            (options.usePower ? 4.343 : 8.686) * (again.get(t, bin) - feats.get(t, bin));
        sum += decibels * decibels;
      }
    }
    assertThat(Math.sqrt(sum / (feats.rows() * options.numMelBins))).isLessThan(4);
    // No click at the ends, where few windows overlap.
    float[] samples = result.samples();
    for (int i = 0; i < 100; i++) {
      assertThat(Math.abs(samples[i])).isLessThan(15000);
      assertThat(Math.abs(samples[samples.length - 1 - i])).isLessThan(15000);
    }
  }

  @Test
  void synthesise_sameSeed_givesTheSameAudioAndAnotherSeedOther() {
    FbankOptions options = options(o -> {});
    float[][] magnitudes = Spectra.magnitudes(voice(3000, 16000), options);
    float[] audio = new GriffinLim(options, 3, 0.99, 1).synthesise(magnitudes).samples();
    assertThat(new GriffinLim(options, 3, 0.99, 1).synthesise(magnitudes).samples())
        .containsExactly(audio);
    assertThat(new GriffinLim(options, 3, 0.99, 2).synthesise(magnitudes).samples())
        .isNotEqualTo(audio);
  }

  @Test
  void synthesise_silenceOrNothing_isSilenceOrNothing() {
    FbankOptions options = options(o -> {});
    GriffinLim griffinLim = new GriffinLim(options, 2, 0.99, 1);
    GriffinLim.Result silence = griffinLim.synthesise(new float[3][257]);
    assertThat(silence.samples()).hasSize(720).containsOnly(0f);
    assertThat(silence.convergence()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(griffinLim.synthesise(new float[0][]).samples()).isEmpty();
  }

  @Test
  void synthesise_framesWithGaps_areSilentInBetween() {
    FbankOptions options = options(o -> o.frameShift = 40);
    float[][] magnitudes = Spectra.magnitudes(voice(4000, 16000), options);
    options.preemphasisCoefficient = 0;
    float[] audio = new GriffinLim(options, 3, 0.99, 1).synthesise(magnitudes).samples();
    assertThat(audio).hasSize(5 * 640 + 400);
    for (int i = 400; i < 640; i++) {
      assertThat(audio[i]).isZero();
    }
  }

  @Test
  void construct_parametersOutOfRange_areRefused() {
    FbankOptions options = new FbankOptions();
    assertThatThrownBy(() -> new GriffinLim(options, 0, 0.99, 1))
        .isInstanceOf(StjemException.class)
        .hasMessage("--iterations=0: must be at least 1");
    for (double momentum : new double[] {-0.1, 2.1, Double.NaN}) {
      assertThatThrownBy(() -> new GriffinLim(options, 1, momentum, 1))
          .isInstanceOf(StjemException.class)
          .hasMessage("--momentum=" + momentum + ": must be between 0 and 2");
    }
  }
}
