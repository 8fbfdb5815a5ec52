package org.stjem.frontend.fbank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.audio.WaveReader;
import org.stjem.frontend.kaldi.FloatMatrix;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares with the output of Kaldi's {@code compute-fbank-feats}; {@code options.txt} names the
 * files and options of every case.
 */
class FbankGoldenTest {
  private static final String GOLDEN = "/golden/fbank/";

  /** Values differ by rounding only, relative to Kaldi's value and to the frame's largest. */
  private static final double RELATIVE = 5e-4;

  private static final double OF_FRAME_MAX = 5e-7;

  private static final int KALDI_DEFAULT_BINS = 23;

  private static final class Options {
    @Mixin private final FbankOptions fbank = new FbankOptions();

    @Option(names = "--vtln-warp")
    private float vtlnWarp = 1;

    @Option(names = "--subtract-mean")
    private String subtractMean = "false";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void compute_everyCase_equalsKaldi(String name, String files, String arguments)
      throws IOException {
    Options options = new Options();
    new CommandLine(options).parseArgs(arguments.split(" "));
    if (!arguments.contains("--num-mel-bins")) {
      options.fbank.numMelBins = KALDI_DEFAULT_BINS;
    }
    Map<String, List<float[]>> golden = readText(name + ".txt.gz");
    assertThat(golden.keySet()).containsExactly(files.split(" "));
    FbankExtractor extractor = new FbankExtractor(options.fbank);
    for (Map.Entry<String, List<float[]>> entry : golden.entrySet()) {
      float[] samples;
      try (InputStream in = resource("audio/" + entry.getKey() + ".wav")) {
        samples = WaveReader.read(in, entry.getKey()).channel(0);
      }
      extractor.start(options.vtlnWarp, 0);
      FloatMatrix features = extractor.compute(samples);
      if (options.subtractMean.equals("true")) {
        subtractMean(features);
      }
      compare(entry.getKey(), features, entry.getValue(), options);
    }
  }

  private static void compare(String key, FloatMatrix ours, List<float[]> kaldi, Options options) {
    assertThat(ours.rows()).as(key + ": frames").isEqualTo(kaldi.size());
    for (int t = 0; t < ours.rows(); t++) {
      double[] our = linear(ours.row(t), options);
      double[] their = linear(kaldi.get(t), options);
      assertThat(our).hasSameSizeAs(their);
      double max = Arrays.stream(their).max().orElseThrow();
      for (int d = 0; d < our.length; d++) {
        assertThat(our[d])
            .as("%s: frame %d, value %d", key, t, d)
            .isCloseTo(their[d], within(RELATIVE * their[d] + OF_FRAME_MAX * max));
      }
    }
  }

  private static void subtractMean(FloatMatrix features) {
    for (int d = 0; d < features.cols(); d++) {
      double sum = 0;
      for (int t = 0; t < features.rows(); t++) {
        sum += features.get(t, d);
      }
      for (int t = 0; t < features.rows(); t++) {
        features.set(t, d, (float) (features.get(t, d) - sum / features.rows()));
      }
    }
  }

  private static double[] linear(float[] row, Options options) {
    double[] values = new double[row.length];
    for (int d = 0; d < row.length; d++) {
      values[d] = options.fbank.useLogFbank ? Math.exp(row[d]) : row[d];
    }
    return values;
  }

  static Stream<String[]> cases() throws IOException {
    List<String[]> cases = new ArrayList<>();
    try (BufferedReader lines = text(resource("options.txt"))) {
      String line;
      while ((line = lines.readLine()) != null) {
        cases.add(line.split(" \\| "));
      }
    }
    return cases.stream();
  }

  private static Map<String, List<float[]>> readText(String name) throws IOException {
    Map<String, List<float[]>> matrices = new LinkedHashMap<>();
    try (BufferedReader lines = text(new GZIPInputStream(resource(name)))) {
      List<float[]> rows = null;
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.contains("[")) {
          rows = new ArrayList<>();
          matrices.put(line.split(" ")[0], rows);
        } else {
          String[] values = line.replace("]", "").strip().split(" +");
          float[] row = new float[values.length];
          for (int i = 0; i < row.length; i++) {
            row[i] = Float.parseFloat(values[i]);
          }
          rows.add(row);
        }
      }
    }
    return matrices;
  }

  private static InputStream resource(String name) {
    return FbankGoldenTest.class.getResourceAsStream(GOLDEN + name);
  }

  private static BufferedReader text(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
