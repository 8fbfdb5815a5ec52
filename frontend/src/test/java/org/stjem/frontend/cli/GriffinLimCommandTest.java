package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveReader;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class GriffinLimCommandTest {
  @TempDir private Path folder;

  private String ark(String name) {
    return "ark:" + folder.resolve(name);
  }

  private static int run(String... arguments) {
    return Cli.run("frontend", Main.COMMANDS, arguments);
  }

  private static FloatMatrix features(double level) {
    Random random = new Random(1);
    float[] samples = new float[8000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (level * random.nextGaussian());
    }
    FbankOptions options = new FbankOptions();
    options.dither = 0;
    return new FbankExtractor(options).compute(samples);
  }

  private void write(String name, Object... entries) {
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(ark(name))) {
      for (int i = 0; i < entries.length; i += 2) {
        writer.write((String) entries[i], (FloatMatrix) entries[i + 1]);
      }
      writer.commit();
    }
  }

  private WaveData wave(String folderName, String name) throws IOException {
    try (InputStream in = Files.newInputStream(folder.resolve(folderName).resolve(name))) {
      return WaveReader.read(in, name);
    }
  }

  @Test
  void griffinLim_table_makesWavesAndPictures() throws IOException {
    write("f", "a/1", features(500), "b", features(300));
    Path pictures = folder.resolve("png");
    Path waves = folder.resolve("w/w");
    assertThat(run("griffin-lim", "--picture-dir=" + pictures, ark("f"), waves.toString()))
        .isZero();
    WaveData wave = wave("w/w", "a%2F1.wav");
    assertThat(wave.sampleRate()).isEqualTo(16000);
    assertThat(wave.numSamples()).isEqualTo(47 * 160 + 400);
    double sum = 0;
    for (float sample : wave.channel(0)) {
      sum += (double) sample * sample;
    }
    assertThat(Math.sqrt(sum / wave.numSamples())).isBetween(350.0, 600.0);
    assertThat(ImageIO.read(pictures.resolve("b.png").toFile()).getWidth()).isGreaterThan(1000);
    assertThat(waves.toFile().list()).containsExactlyInAnyOrder("a%2F1.wav", "b.wav");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void griffinLim_normalisedFeatures_areHeardAsBefore(boolean variances) throws IOException {
    write("f", "a-1", features(500), "a-2", features(300));
    Files.writeString(folder.resolve("spk2utt"), "a a-1 a-2\n");
    Files.writeString(folder.resolve("utt2spk"), "a-1 a\na-2 a\n");
    String utt2spk = "--utt2spk=" + ark("utt2spk");
    String normVars = "--norm-vars=" + variances;
    assertThat(run("compute-cmvn-stats", "--spk2utt=" + ark("spk2utt"), ark("f"), ark("c")))
        .isZero();
    assertThat(run("apply-cmvn", utt2spk, normVars, ark("c"), ark("f"), ark("n"))).isZero();
    String plain = folder.resolve("plain").toString();
    String undone = folder.resolve("undone").toString();
    assertThat(run("griffin-lim", "--iterations=5", ark("f"), plain)).isZero();
    String[] line = {
      "griffin-lim", "--iterations=5", "--cmvn=" + ark("c"), utt2spk, normVars, ark("n"), undone
    };
    assertThat(run(line)).isZero();
    float[] expected = wave("plain", "a-2.wav").channel(0);
    float[] actual = wave("undone", "a-2.wav").channel(0);
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(error / norm).isLessThan(1e-4);
  }

  @Test
  void griffinLim_loudFeatures_areScaledDownInsteadOfClipped() throws IOException {
    write("f", "a", features(40000));
    assertThat(run("griffin-lim", "--iterations=2", ark("f"), folder.resolve("w").toString()))
        .isZero();
    float peak = 0;
    int atPeak = 0;
    for (float sample : wave("w", "a.wav").channel(0)) {
      peak = Math.max(peak, Math.abs(sample));
      atPeak += Math.abs(sample) >= 32767 ? 1 : 0;
    }
    assertThat(peak).isEqualTo(32767);
    assertThat(atPeak).isOne();
  }

  @Test
  void griffinLim_someUtterancesUnusable_makesTheOthers() throws IOException {
    FloatMatrix broken = features(100);
    Arrays.fill(broken.data(), Float.NaN);
    write("f", "a", broken, "b", new FloatMatrix(3, 40), "c", new FloatMatrix(0, 0));
    Path waves = folder.resolve("w");
    assertThat(run("griffin-lim", ark("f"), waves.toString())).isOne();
    assertThat(waves).isEmptyDirectory();
    write("f", "a", broken, "d", features(100));
    assertThat(run("griffin-lim", "--iterations=1", ark("f"), waves.toString())).isZero();
    assertThat(waves.toFile().list()).containsExactly("d.wav");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--iterations=0",
        "--momentum=3",
        "--norm-vars",
        "--utt2spk=ark:u",
        "--cmvn=/nonexistent",
        "--num-mel-bins=1",
        "--picture-dir=/dev/null/x"
      })
  void griffinLim_badOption_fails(String option) {
    write("f", "a", features(100));
    assertThat(run("griffin-lim", option, ark("f"), folder.resolve("w").toString())).isOne();
  }

  @ParameterizedTest
  @CsvSource({"--iterations, 60", "--momentum, 0.99", "--seed, 0", "--norm-vars, false"})
  void option_default_isAsDocumented(String option, String value) {
    CommandSpec spec = new CommandLine(new GriffinLimCommand()).getCommandSpec();
    assertThat(spec.findOption(option).defaultValue()).isEqualTo(value);
  }
}
