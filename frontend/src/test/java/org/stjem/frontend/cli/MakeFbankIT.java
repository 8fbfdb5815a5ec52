package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.audio.WaveReader;
import org.stjem.frontend.audio.WaveWriter;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/** make-fbank beside Kaldi's own scripts and programs on the bundled test set. */
class MakeFbankIT {
  @TempDir private Path folder;
  private Path kaldis;
  private Path ours;

  @BeforeEach
  void prepareRecipe() throws IOException {
    String root = System.getenv("KALDI_ROOT");
    assumeTrue(root != null, "KALDI_ROOT is not set");
    Path recipe = Path.of(root, "egs/wsj/s5");
    assumeTrue(Files.exists(recipe.resolve("steps/make_fbank.sh")), recipe + " has no steps");
    for (String name : List.of("steps", "utils")) {
      Files.createSymbolicLink(folder.resolve(name), recipe.resolve(name));
    }
    Files.writeString(
        folder.resolve("path.sh"),
        "export PATH=$PWD/utils:" + root + "/src/featbin:" + root + "/src/bin:$PATH LC_ALL=C\n");
    Files.createDirectory(folder.resolve("conf"));
    Files.writeString(
        folder.resolve("conf/fbank.conf"),
        "--num-mel-bins=80\n--dither=0\n--frame-shift=10 # ms\n");
    kaldis = Files.createDirectories(folder.resolve("kaldi/test"));
    ours = Files.createDirectories(folder.resolve("stjem/test"));
    Path mini = Path.of(System.getProperty("stjem.root"), "scripts/mini");
    StringBuilder waves = new StringBuilder();
    for (String line : Files.readAllLines(mini.resolve("data/test/wav.scp"))) {
      String[] parts = line.split(" ", 2);
      Path wave = folder.resolve(parts[0] + ".wav");
      try (InputStream in = new BufferedInputStream(Files.newInputStream(mini.resolve(parts[1])));
          OutputStream out = Files.newOutputStream(wave)) {
        WaveWriter.write(WaveReader.read(in, parts[1]), out, wave.toString());
      }
      waves.append(parts[0]).append(' ').append(wave).append('\n');
    }
    for (Path data : List.of(kaldis, ours)) {
      Files.writeString(data.resolve("wav.scp"), waves);
      for (String name : List.of("utt2spk", "spk2utt", "text")) {
        Files.copy(mini.resolve("data/test").resolve(name), data.resolve(name));
      }
    }
  }

  @Test
  void dataDirectory_isWhatKaldisScriptsMakeOfIt() throws Exception {
    kaldi("steps/make_fbank.sh --compress false --nj 3 kaldi/test");
    kaldi("steps/compute_cmvn_stats.sh kaldi/test");
    CommandRun run =
        CommandRun.of(
            "make-fbank",
            "--compress=false",
            "--fbank-config=" + folder.resolve("conf/fbank.conf"),
            ours.toString());
    assertThat(run.status()).isZero();

    for (String same : List.of("utt2num_frames", "utt2dur", "frame_shift", "conf/fbank.conf")) {
      assertThat(ours.resolve(same)).hasSameBinaryContentAs(kaldis.resolve(same));
    }
    Map<String, FloatMatrix> expected = features(kaldis);
    Map<String, FloatMatrix> found = features(ours);
    assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach((key, matrix) -> assertClose(key, found.get(key), matrix));
    Map<String, DoubleMatrix> kaldisStats = stats(kaldis);
    Map<String, DoubleMatrix> ourStats = stats(ours);
    assertThat(ourStats.keySet()).containsExactlyElementsOf(kaldisStats.keySet());
    kaldisStats.forEach(
        (speaker, matrix) -> {
          for (int i = 0; i < matrix.data().length; i++) {
            assertThat(ourStats.get(speaker).data()[i])
                .isCloseTo(matrix.data()[i], within(1e-4 * Math.max(1, matrix.data()[i])));
          }
        });
    kaldi("utils/validate_data_dir.sh stjem/test");
  }

  @Test
  void archives_areByteForByteWhatKaldisCopyFeatsMakesOfTheFeatures() throws Exception {
    CommandRun.of("make-fbank", ours.toString());
    Path plain = folder.resolve("plain.ark");
    CommandRun.of("fbank", "scp:" + ours.resolve("wav.scp"), "ark:" + plain);
    kaldi(". ./path.sh; copy-feats --compress=true ark:plain.ark ark:packed.ark");
    kaldi("cat $(ls stjem/test/data/raw_fbank_test.*.ark | sort -V) | cmp - packed.ark");
    kaldi(
        ". ./path.sh; compute-cmvn-stats --spk2utt=ark:stjem/test/spk2utt ark:packed.ark"
            + " ark:cmvn.ark && cmp cmvn.ark stjem/test/data/cmvn_test.ark");
  }

  /** The measure of the bundled features of Kaldi's compute-fbank-feats. */
  private static void assertClose(String key, FloatMatrix ours, FloatMatrix kaldis) {
    assertThat(ours.rows()).as(key).isEqualTo(kaldis.rows());
    for (int t = 0; t < kaldis.rows(); t++) {
      float[] row = kaldis.row(t);
      double max = 0;
      for (float value : row) {
        max = Math.max(max, Math.exp(value));
      }
      for (int d = 0; d < row.length; d++) {
        double expected = Math.exp(row[d]);
        assertThat(Math.exp(ours.get(t, d)))
            .as("%s frame %d bin %d", key, t, d)
            .isCloseTo(expected, within(5e-4 * expected + 5e-7 * max));
      }
    }
  }

  private void kaldi(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("bash", "-c", command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static Map<String, FloatMatrix> features(Path data) {
    return read(Tables.readFloatMatrices("scp:" + data.resolve("feats.scp")));
  }

  private static Map<String, DoubleMatrix> stats(Path data) {
    return read(Tables.readDoubleMatrices("scp:" + data.resolve("cmvn.scp")));
  }

  private static <T> Map<String, T> read(SequentialTableReader<T> table) {
    Map<String, T> all = new LinkedHashMap<>();
    try (table) {
      while (table.next()) {
        all.put(table.key(), table.value());
      }
    }
    return all;
  }
}
