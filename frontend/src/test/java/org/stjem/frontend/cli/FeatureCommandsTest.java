package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

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
}
