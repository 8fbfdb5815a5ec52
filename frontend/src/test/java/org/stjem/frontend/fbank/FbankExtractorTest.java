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

class FbankExtractorTest {
  private static final Random RANDOM = new Random(20);

  @Test
  void options_defaults_areKaldisButForEightyBins() {
    FbankOptions options = new FbankOptions();
    assertThat(options.sampleFrequency).isEqualTo(16000);
    assertThat(options.frameLength).isEqualTo(25);
    assertThat(options.frameShift).isEqualTo(10);
    assertThat(options.dither).isEqualTo(1);
    assertThat(options.preemphasisCoefficient).isEqualTo(0.97f);
    assertThat(options.removeDcOffset).isTrue();
    assertThat(options.windowType).hasToString("povey");
    assertThat(options.blackmanCoeff).isEqualTo(0.42f);
    assertThat(options.roundToPowerOfTwo).isTrue();
    assertThat(options.snipEdges).isTrue();
    assertThat(options.numMelBins).isEqualTo(80);
    assertThat(options.lowFreq).isEqualTo(20);
    assertThat(options.highFreq).isZero();
    assertThat(options.vtlnLow).isEqualTo(100);
    assertThat(options.vtlnHigh).isEqualTo(-500);
    assertThat(options.useEnergy).isFalse();
    assertThat(options.energyFloor).isZero();
    assertThat(options.rawEnergy).isTrue();
    assertThat(options.htkCompat).isFalse();
    assertThat(options.useLogFbank).isTrue();
    assertThat(options.usePower).isTrue();
  }

  static Stream<Consumer<FbankOptions>> shapes() {
    return Stream.of(
        o -> {},
        o -> o.snipEdges = false,
        o -> o.useEnergy = true,
        o -> {
          // An odd frame length and a shift longer than half of it.
          o.snipEdges = false;
          o.frameLength = 401 / 16f;
          o.frameShift = 21;
        },
        o -> {
          // Gaps between the frames.
          o.frameShift = 40;
          o.roundToPowerOfTwo = false;
        },
        o -> {
          o.snipEdges = false;
          o.frameShift = 61.3f;
        },
        o -> {
          // Frames longer than the extractor's blocks.
          o.frameLength = 300;
          o.frameShift = 100;
          o.snipEdges = false;
        });
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void accept_anyCutting_givesTheSameBits(Consumer<FbankOptions> shape) {
    FbankOptions options = new FbankOptions();
    shape.accept(options);
    FbankExtractor whole = new FbankExtractor(options);
    FbankExtractor chunked = new FbankExtractor(options);
    for (int trial = 0; trial < 12; trial++) {
      float[] samples = noise(RANDOM.nextInt(trial < 6 ? 1500 : 30000));
      int longest = 1 + RANDOM.nextInt(trial % 3 == 0 ? 100 : 12000);
      whole.start(1, trial);
      float[] expected = whole.compute(samples).data();

      chunked.start(1, trial);
      float[] actual = new float[expected.length];
      int filled = 0;
      for (int at = 0; at < samples.length; ) {
        int to = Math.min(samples.length, at + RANDOM.nextInt(longest + 1));
        filled = append(chunked.accept(samples, at, to), actual, filled);
        at = to;
      }
      filled = append(chunked.finish(), actual, filled);

      assertThat(filled).isEqualTo(expected.length);
      assertThat(actual).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void compute_numberOfFrames_isKaldis(Consumer<FbankOptions> shape) {
    FbankOptions options = new FbankOptions();
    shape.accept(options);
    FbankExtractor extractor = new FbankExtractor(options);
    int size = options.windowSize();
    int shift = options.windowShift();
    for (int n : new int[] {0, 1, 79, 80, 160, 399, 400, 401, 559, 560, 9999, 20000}) {
      int snipped = n < size ? 0 : 1 + (n - size) / shift;
      int centred = (n + shift / 2) / shift;
      assertThat(extractor.compute(noise(n)).rows())
          .as("%d samples", n)
          .isEqualTo(options.snipEdges ? snipped : centred);
    }
  }

  @Test
  void accept_longStream_keepsEmittingEveryFrameOnTime() {
    FbankOptions options = new FbankOptions();
    FbankExtractor extractor = new FbankExtractor(options);
    float[] chunk = noise(160);
    int frames = 0;
    for (int i = 1; i <= 5000; i++) {
      frames += extractor.accept(chunk).rows();
      assertThat(frames).isEqualTo(i < 3 ? 0 : 1 + (160 * i - 400) / 160);
    }
  }

  @Test
  void compute_dither_isTheSeedsAndOfTheStandardDeviationAsked() {
    FbankOptions options = new FbankOptions();
    options.useEnergy = true;
    options.removeDcOffset = false;
    options.dither = 3;
    FbankExtractor extractor = new FbankExtractor(options);
    float[] silence = new float[16000];
    FloatMatrix first = extractor.compute(silence);
    extractor.start(1, 0);
    assertThat(extractor.compute(silence).data()).containsExactly(first.data());
    extractor.start(1, 1);
    assertThat(extractor.compute(silence).data()).isNotEqualTo(first.data());
    double energy = 0;
    for (int t = 0; t < first.rows(); t++) {
      energy += Math.exp(first.get(t, 0)) / first.rows();
    }
    assertThat(Math.sqrt(energy / 400)).isCloseTo(3, within(0.05));
  }

  @Test
  void compute_silenceWithoutDither_isTheLogOfFloatEpsilon() {
    FbankOptions options = new FbankOptions();
    options.dither = 0;
    float[] row = new FbankExtractor(options).compute(new float[400]).row(0);
    assertThat(row).hasSize(80).containsOnly((float) Math.log(1.1920929e-07));
  }

  @Test
  void construct_optionsOutOfRange_namesOptionValueAndRange() {
    assertFault(o -> o.frameShift = 0, "--frame-shift=0.0: must be at least one sample long");
    assertFault(o -> o.frameLength = Float.NaN, "--frame-length=NaN: must be 2 to 2^24 samples");
    assertFault(o -> o.dither = -1, "--dither=-1.0: must be at least 0");
    assertFault(o -> o.preemphasisCoefficient = 2, "must be between 0 and 1");
    assertFault(o -> o.numMelBins = 2, "--num-mel-bins=2: must be at least 3");
    assertFault(o -> o.numMelBins = 300, "--num-mel-bins=300 is too large");
    assertFault(o -> o.lowFreq = 9000, "--low-freq=9000.0: must be at least 0 and below");
    assertFault(o -> o.highFreq = 8001, "--high-freq=8001.0: must be above");
    assertFault(o -> o.blackmanCoeff = Float.NaN, "--blackman-coeff=NaN");
    assertFault(o -> o.energyFloor = Float.NaN, "--energy-floor=NaN: must be at least 0");
    assertFault(o -> o.sampleFrequency = -1, "--sample-frequency=-1.0");
    FbankExtractor extractor = new FbankExtractor(new FbankOptions());
    for (float warp : new float[] {0, -1, Float.NaN, 100}) {
      assertThatThrownBy(() -> extractor.start(warp, 0))
          .isInstanceOf(StjemException.class)
          .hasMessageStartingWith("--vtln-warp=" + warp);
    }
  }

  private static void assertFault(Consumer<FbankOptions> change, String message) {
    FbankOptions options = new FbankOptions();
    change.accept(options);
    assertThatThrownBy(() -> new FbankExtractor(options))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining(message);
  }

  private static int append(FloatMatrix features, float[] to, int filled) {
    System.arraycopy(features.data(), 0, to, filled, features.data().length);
    return filled + features.data().length;
  }

  private static float[] noise(int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (RANDOM.nextGaussian() * 1000);
    }
    return samples;
  }
}
