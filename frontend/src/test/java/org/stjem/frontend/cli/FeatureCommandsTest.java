package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands that normalise features and give them context, held against Kaldi's output for
 * golden/cmvn.
 */
class FeatureCommandsTest {
  @TempDir private Path folder;

  private static Path golden(String name) {
    try {
      return Path.of(FeatureCommandsTest.class.getResource("/golden/cmvn/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static String ark(String name) {
    return "ark:" + golden(name);
  }

  private String out(String name) {
    return "ark:" + folder.resolve(name);
  }

  private static int run(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    System.arraycopy(arguments, 1, all, 2, arguments.length - 1);
    all[1] = "--print-args=false";
    return Cli.run("frontend", Main.COMMANDS, all);
  }

  private static void assertEqualTables(String actual, String expected) {
    try (SequentialTableReader<FloatMatrix> a = Tables.readFloatMatrices(actual);
        SequentialTableReader<FloatMatrix> e = Tables.readFloatMatrices(expected)) {
      int entries = 0;
      for (; e.next(); entries++) {
        assertThat(a.next()).isTrue();
        assertThat(a.key()).isEqualTo(e.key());
        assertThat(a.value().rows()).isEqualTo(e.value().rows());
        assertThat(a.value().cols()).isEqualTo(e.value().cols());
        assertThat(a.value().data()).containsExactly(e.value().data(), within(1e-4f));
      }
      assertThat(a.next()).isFalse();
      assertThat(entries).isPositive();
    }
  }

  @Test
  void computeCmvnStats_perSpeaker_equalsKaldiByteForByte() throws IOException {
    assertThat(run("compute-cmvn-stats", "--spk2utt=" + ark("spk2utt"), ark("input.ark"), out("s")))
        .isZero();
    assertThat(folder.resolve("s")).hasSameBinaryContentAs(golden("stats-per-speaker.ark"));
  }

  @ParameterizedTest
  @CsvSource({"mean, false", "mean-var, true"})
  void applyCmvn_perSpeaker_equalsKaldi(String name, String variances) {
    assertThat(
            run(
                "apply-cmvn",
                "--norm-vars=" + variances,
                "--utt2spk=" + ark("utt2spk"),
                ark("stats-per-speaker.ark"),
                ark("input.ark"),
                out("n")))
        .isZero();
    assertEqualTables(out("n"), "ark:gunzip -c " + golden(name + ".txt.gz") + "|");
  }

  @ParameterizedTest
  @CsvSource({
    "apply-cmvn-sliding, input.ark, sliding-center, --center",
    "apply-cmvn-sliding, input.ark, sliding-100-50, --cmn-window=100 --min-cmn-window=50",
    "splice-feats, five.ark, five-splice-4-4, --left-context=4",
    "add-deltas, five.ark, five-deltas, --delta-order=2"
  })
  void command_goldenInput_equalsKaldi(String command, String in, String name, String options) {
    String[] given = options.split(" ", -1);
    String[] arguments = Arrays.copyOf(new String[] {command}, given.length + 3);
    System.arraycopy(given, 0, arguments, 1, given.length);
    arguments[given.length + 1] = ark(in);
    arguments[given.length + 2] = out("o");
    assertThat(run(arguments)).isZero();
    assertEqualTables(out("o"), "ark:gunzip -c " + golden(name + ".txt.gz") + "|");
  }

  /** Goldens by Kaldi's {@code apply-cmvn-online OPTIONS global-stats ark:input.ark ark,t:-}. */
  @ParameterizedTest
  @CsvSource({
    "online, ''",
    "online-50-30-10-variance,"
        + " --cmn-window=50 --speaker-frames=30 --global-frames=10 --norm-vars --skip-dims=0:3"
  })
  void applyCmvnOnline_perSpeaker_equalsKaldi(String name, String options) {
    List<String> arguments = new ArrayList<>(List.of("apply-cmvn-online"));
    if (!options.isEmpty()) {
      arguments.addAll(List.of(options.split(" ")));
    }
    arguments.add("--spk2utt=" + ark("spk2utt"));
    arguments.addAll(List.of(golden("global-stats").toString(), ark("input.ark"), out("n")));
    assertThat(run(arguments.toArray(new String[0]))).isZero();
    assertEqualTables(out("n"), "ark:gunzip -c " + golden(name + ".txt.gz") + "|");
  }

  @Test
  void applyCmvnOnline_someUtterancesUnusable_doesTheOthersAsIfAlone() throws IOException {
    String global = golden("global-stats").toString();
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(out("f"));
        SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(ark("input.ark"))) {
      writer.write("narrow", new FloatMatrix(4, 2));
      while (reader.next()) {
        writer.write(reader.key(), reader.value());
      }
      writer.commit();
    }
    assertThat(run("apply-cmvn-online", global, out("f"), out("n"))).isZero();
    assertThat(run("apply-cmvn-online", global, ark("input.ark"), out("e"))).isZero();
    assertEqualTables(out("n"), out("e"));

    Files.writeString(folder.resolve("map"), "s narrow t01-001 missing\n");
    assertThat(run("apply-cmvn-online", "--spk2utt=" + out("map"), global, out("f"), out("n")))
        .isZero();
    Files.writeString(folder.resolve("map"), "s t01-001\n");
    assertThat(run("apply-cmvn-online", "--spk2utt=" + out("map"), global, out("f"), out("e")))
        .isZero();
    assertEqualTables(out("n"), out("e"));
    Files.writeString(folder.resolve("map"), "s missing\n");
    assertThat(run("apply-cmvn-online", "--spk2utt=" + out("map"), global, out("f"), out("e")))
        .isOne();
  }

  @Test
  void computeCmvnStats_perUtteranceAndGlobal_addUpToTheSame() {
    String global = folder.resolve("global").toString();
    assertThat(run("compute-cmvn-stats", ark("input.ark"), out("s"))).isZero();
    assertThat(run("compute-cmvn-stats", ark("input.ark"), global)).isZero();
    double count = 0;
    double sum = 0;
    try (SequentialTableReader<DoubleMatrix> stats = Tables.readDoubleMatrices(out("s"))) {
      while (stats.next()) {
        count += stats.value().get(0, stats.value().cols() - 1);
        sum += stats.value().get(1, 7);
      }
    }
    FloatMatrix all = KaldiObjects.readFloatMatrix(global);
    assertThat(all.get(0, all.cols() - 1)).isEqualTo((float) count);
    assertThat((double) all.get(1, 7)).isCloseTo(sum, within(1e-6 * sum));
    assertThat(run("apply-cmvn", global, ark("input.ark"), out("n"))).isZero();
  }

  @Test
  void computeCmvnStats_someUtterancesUnusable_countsTheOthers() throws IOException {
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(out("f"))) {
      writer.write("a", new FloatMatrix(4, 2));
      writer.write("b", new FloatMatrix(0, 0));
      writer.write("c", new FloatMatrix(4, 3));
      writer.commit();
    }
    Files.writeString(folder.resolve("spk2utt"), "s a b c missing\nt missing\n");
    assertThat(run("compute-cmvn-stats", "--spk2utt=" + out("spk2utt"), out("f"), out("s")))
        .isZero();
    try (SequentialTableReader<DoubleMatrix> stats = Tables.readDoubleMatrices(out("s"))) {
      assertThat(stats.next()).isTrue();
      assertThat(stats.key()).isEqualTo("s");
      assertThat(stats.value().data()).containsExactly(0, 0, 4, 0, 0, 0);
      assertThat(stats.next()).isFalse();
    }
    Files.writeString(folder.resolve("spk2utt"), "t missing\n");
    assertThat(run("compute-cmvn-stats", "--spk2utt=" + out("spk2utt"), out("f"), out("s")))
        .isOne();
  }

  @Test
  void utterancesWithNumbersThatAreNone_areLeftOutByName() throws IOException {
    String global = folder.resolve("global").toString();
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(out("f"))) {
      writer.write("good", new FloatMatrix(2, 2, new float[] {1, 2, 3, 5}));
      writer.write("nan", new FloatMatrix(2, 2, new float[] {1, 2, 3, Float.NaN}));
      float infinite = Float.POSITIVE_INFINITY;
      writer.write("inf", new FloatMatrix(2, 2, new float[] {infinite, 2, 3, 4}));
      writer.commit();
    }
    Files.writeString(folder.resolve("map"), "s good nan inf\n");
    List<CommandRun> runs =
        List.of(
            CommandRun.of("compute-cmvn-stats", out("f"), global),
            CommandRun.of("compute-cmvn-stats", out("f"), out("s")),
            CommandRun.of("compute-cmvn-stats", "--spk2utt=" + out("map"), out("f"), out("p")),
            CommandRun.of("apply-cmvn", global, out("f"), out("n")),
            CommandRun.of("apply-cmvn-sliding", out("f"), out("n")),
            CommandRun.of("apply-cmvn-online", global, out("f"), out("n")),
            CommandRun.of(
                "apply-cmvn-online", "--spk2utt=" + out("map"), global, out("f"), out("n")),
            CommandRun.of("add-deltas", out("f"), out("d")));
    for (CommandRun run : runs) {
      assertThat(run.messages())
          .contains("Utterance nan: frame 1 holds NaN in dimension 1")
          .contains("Utterance inf: frame 0 holds Infinity in dimension 0")
          .contains("Done 1 utterances, failed for 2");
      assertThat(run.status()).isZero();
    }
    assertThat(KaldiObjects.readFloatMatrix(global).data()).containsExactly(4, 7, 2, 10, 29, 0);
  }

  @Test
  void applyCmvnOnline_flooredVariances_areWarnedAboutOncePerUtterance() {
    String global = folder.resolve("global").toString();
    KaldiObjects.writeFloatMatrix(
        global, true, new FloatMatrix(2, 3, new float[] {10, 20, 2, 50, 200, 0}));
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(out("f"))) {
      FloatMatrix feats = new FloatMatrix(40, 2);
      for (int t = 0; t < 40; t++) {
        feats.set(t, 0, 5);
        feats.set(t, 1, t);
      }
      writer.write("constant", feats);
      writer.commit();
    }
    CommandRun run = CommandRun.of("apply-cmvn-online", "--norm-vars", global, out("f"), out("n"));
    assertThat(run.status()).isZero();
    assertThat(run.messages().lines().filter(m -> m.startsWith("WARNING")))
        .singleElement()
        .asString()
        .endsWith("Utterance constant: floored variances in 40 of 40 frames");
    run = CommandRun.of("apply-cmvn", "--norm-vars", global, out("f"), out("n"));
    assertThat(run.messages().lines().filter(m -> m.startsWith("WARNING")))
        .singleElement()
        .asString()
        .endsWith("Statistics " + global + ": floored 2 of 2 variances");
  }

  @Test
  void computeCmvnStats_truncatedArchive_leavesNothingBehind() throws IOException {
    byte[] bytes = Files.readAllBytes(golden("input.ark"));
    Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 10));
    assertThat(run("compute-cmvn-stats", out("cut"), out("s"))).isOne();
    assertThat(folder.resolve("s")).doesNotExist();
    assertThat(run("apply-cmvn", out("cut"), ark("input.ark"), out("n"))).isOne();
    assertThat(folder.resolve("n")).doesNotExist();
  }

  @Test
  void applyCmvn_statisticsOfSomeSpeakersOnly_normalisesTheirUtterances() throws IOException {
    Files.writeString(folder.resolve("map"), "t01-001 spk1\nt01-003 nobody\n");
    assertThat(
            run(
                "apply-cmvn",
                "--utt2spk=" + out("map"),
                ark("stats-per-speaker.ark"),
                ark("input.ark"),
                out("n")))
        .isZero();
    try (SequentialTableReader<FloatMatrix> feats = Tables.readFloatMatrices(out("n"))) {
      assertThat(feats.next()).isTrue();
      assertThat(feats.key()).isEqualTo("t01-001");
      assertThat(feats.next()).isFalse();
    }
  }

  @Test
  void applyCmvn_withoutMeans_copies() {
    assertThat(run("apply-cmvn", "--norm-means=false", "ark:none", ark("five.ark"), out("n")))
        .isZero();
    assertEqualTables(out("n"), ark("five.ark"));
  }

  @ParameterizedTest
  @CsvSource({
    "apply-cmvn --norm-vars --norm-means=false ark:s ark:f ark:o",
    "apply-cmvn --utt2spk=ark:u stats ark:f ark:o",
    "apply-cmvn --skip-dims=1:x ark:s ark:f ark:o",
    "apply-cmvn ark:s ark:f",
    "compute-cmvn-stats --spk2utt=ark:u ark:f stats",
    "compute-cmvn-stats --no-such-option ark:f ark:o",
    "splice-feats --left-context=-1 ark:f ark:o",
    "add-deltas --truncate=-1 ark:f ark:o",
    "apply-cmvn-sliding --cmn-window=0 ark:f ark:o",
    "apply-cmvn-online nonexistent ark:f ark:o"
  })
  void command_badUsage_fails(String line) {
    assertThat(run(line.split(" ", -1))).isOne();
  }

  @ParameterizedTest
  @CsvSource({
    "compute-cmvn-stats, --binary, true",
    "apply-cmvn, --norm-vars, false",
    "apply-cmvn, --norm-means, true",
    "apply-cmvn, --reverse, false",
    "apply-cmvn-sliding, --cmn-window, 600",
    "apply-cmvn-sliding, --min-cmn-window, 100",
    "apply-cmvn-sliding, --max-warnings, 5",
    "apply-cmvn-sliding, --norm-vars, false",
    "apply-cmvn-sliding, --center, false",
    "splice-feats, --left-context, 4",
    "splice-feats, --right-context, 4",
    "add-deltas, --delta-order, 2",
    "add-deltas, --delta-window, 2",
    "add-deltas, --truncate, 0"
  })
  void option_default_isKaldis(String name, String option, String value) {
    Command command =
        Main.COMMANDS.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    CommandSpec spec = new CommandLine(command.factory().get()).getCommandSpec();
    assertThat(spec.findOption(option).defaultValue()).isEqualTo(value);
  }
}
