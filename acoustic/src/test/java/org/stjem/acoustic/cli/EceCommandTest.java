package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.frontend.cli.Cli;

class EceCommandTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts", "mini");

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream stdout = System.out;
  private final PrintStream stderr = System.err;

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(stdout);
    System.setErr(stderr);
  }

  private int ece(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "ece";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Cli.run("acoustic", Main.COMMANDS, all);
  }

  private String table(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return "ark:" + file;
  }

  @Test
  void ece_handComputedPosteriors() throws IOException {
    String scores = table("p", "a  [\n 0.9 0.1\n 0.4 0.6 ]\nb  [\n 0.2 0.8 ]\n");
    String alignment = table("ali", "a 0 0\nb 1\n");
    assertThat(ece("--input=posteriors", "--num-bins=10", scores, alignment)).isZero();
    // Gaps: 0.9 right 0.1, 0.6 wrong 0.6, 0.8 right 0.2; a third of 0.9 is 30 %.
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith(
            "%ECE 30.00 [ 10 bins, 3 frames ]\naccuracy 66.67 %, confidence 76.67 %, NLL 0.4149");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("Done 2 utterances, failed for 0");
  }

  @Test
  void ece_logLikelihoodsOfAKaldiSystemWithTransitionIds() throws IOException {
    Path json = folder.resolve("ece.json");
    Path plot = folder.resolve("ece.png");
    Path loglikes =
        MINI.resolve("../../acoustic/src/test/resources/golden/decode-mini/loglikes.ark");
    int status =
        ece(
            "--input=loglikes",
            "--class-frame-counts=" + MINI.resolve("ali/train.pdf.counts"),
            "--transition-model=" + MINI.resolve("exp/tri1/final.mdl"),
            "--json=" + json,
            "--plot=" + plot,
            "ark:" + loglikes,
            "ark:gunzip -c " + MINI.resolve("ali/test.ali.gz") + "|");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("Done 16 utterances, failed for 0");
    assertThat(status).isZero();
    CalibrationReport report = new Gson().fromJson(Files.readString(json), CalibrationReport.class);
    assertThat(report.bins()).hasSize(15);
    assertThat(report.accuracy()).isBetween(40.0, 100.0);
    assertThat(report.bins().stream().mapToLong(CalibrationReport.Bin::frames).sum())
        .isEqualTo(report.frames());
    assertThat(ImageIO.read(plot.toFile()).getWidth()).isEqualTo(400);
  }

  @Test
  void ece_badUtterancesAreCountedAndSkipped() throws IOException {
    String scores = table("s", "a  [\n 1 0 ]\nb  [\n 1 0 ]\nc  [\n 1 0 ]\nd  [\n 1 0 ]\n");
    String alignment = table("ali", "a 0\nb 7\nd 0 0 0 0 0 0\n");
    Path json = folder.resolve("x.json");
    assertThat(ece("--max-failed=0.25", "--json=" + json, scores, alignment)).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("utterance b is skipped: frame 0 is aligned to pdf-id 7")
        .contains("utterance c is skipped")
        .contains("utterance d is skipped: the scores have 1 frames, the alignment 6")
        .contains("Done 1 utterances, failed for 3");
    assertThat(new Gson().fromJson(Files.readString(json), CalibrationReport.class).accuracy())
        .isCloseTo(100, within(1e-9));
  }

  @Test
  void ece_bySet_measuresEachByItself() throws IOException {
    String scores = table("p", "x/a  [\n 0.9 0.1 ]\ny/a  [\n 0.2 0.8 ]\nb  [\n 0.5 0.5 ]\n");
    String alignment = table("ali", "x/a 0\ny/a 0\nb 0\n");
    Path json = folder.resolve("json");
    assertThat(ece("--by-set", "--input=posteriors", "--json=" + json, scores, alignment)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("x: %ECE 10.00 [ 15 bins, 1 frames ]", "y: %ECE 80.00 [ 15 bins, 1 frames ]");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("utterance b is skipped: the key is not of the form SET/UTTERANCE");
    assertThat(json)
        .isDirectoryContaining("glob:**/x.json")
        .isDirectoryContaining("glob:**/y.json");
    assertThat(ece("--by-set", "--plot=x.png", scores, alignment)).isEqualTo(1);
  }

  @Test
  void ece_nothingDoneIsAFailure() throws IOException {
    String scores = table("s", "a  [\n 1 0 ]\n");
    Path json = folder.resolve("x.json");
    assertThat(ece("--json=" + json, scores, table("ali", "b 0\n"))).isEqualTo(1);
    assertThat(json).doesNotExist();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("Done 0 utterances, failed for 1");
  }

  @Test
  void ece_badOptionsGetOneSentence() throws IOException {
    String scores = table("s", "a  [\n 1 0 ]\n");
    String alignment = table("ali", "a 0\n");
    assertThat(ece("--num-bins=0", scores, alignment)).isEqualTo(1);
    assertThat(ece("--input=loglikes", scores, alignment)).isEqualTo(1);
    assertThat(ece("--input=scores", scores, alignment)).isEqualTo(1);
    assertThat(ece("--nun-bins=3", scores, alignment)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--num-bins is 0, must be at least 1")
        .contains("--input=loglikes needs --class-frame-counts")
        .contains("log-posteriors")
        .contains("nun-bins")
        .doesNotContain("\tat ");
  }
}
