package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** copy-feats, copy-int-vector and copy-vector as a user calls them. */
class CopyCommandsTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "frontend/src/test/resources/golden/tables");

  @TempDir Path folder;
  private final PrintStream realError = System.err;
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();

  @BeforeEach
  void captureMessages() {
    System.setErr(new PrintStream(messages, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restoreMessages() {
    System.setErr(realError);
  }

  private static int run(String... arguments) {
    return Cli.run("frontend", Main.COMMANDS, arguments);
  }

  private String messages() {
    return messages.toString(StandardCharsets.UTF_8);
  }

  @Test
  void copyFeats_compressesAndCountsFrames() throws IOException {
    int status =
        run(
            "copy-feats",
            "--compress",
            "--compression_method=3",
            "--write-num-frames=ark,t:" + folder + "/utt2num_frames",
            "ark:" + GOLDEN + "/float.ark",
            "ark:" + folder + "/a.ark");
    assertThat(status).isZero();
    assertThat(folder.resolve("a.ark"))
        .hasBinaryContent(Files.readAllBytes(GOLDEN.resolve("compressed-method3.ark")));
    assertThat(Files.readString(folder.resolve("utt2num_frames")))
        .isEqualTo("t01-001 173 \nt01-002 183 \nt01-003 173 \n");
    assertThat(messages().strip()).endsWith("Done 3 utterances, failed for 0");
  }

  @Test
  void copyFeats_withBrokenEntries_keepsTheOthers() throws IOException {
    Path script =
        Files.writeString(
            folder.resolve("a.scp"), "x /none/such\ny %s/float.ark:8\n".formatted(GOLDEN));
    assertThat(run("copy-feats", "scp:" + script, "ark,t:" + folder + "/a.txt")).isZero();
    assertThat(messages())
        .contains("WARNING (stjem frontend copy-feats) cannot read 'x'")
        .contains("Done 1 utterances, failed for 1");
    assertThat(Files.readString(folder.resolve("a.txt"))).startsWith("y  [\n  -0.3366178 ");
  }

  @Test
  void copyFeats_inReverse_writesTheLastFrameFirst() throws IOException {
    Path text = Files.writeString(folder.resolve("a"), "u  [\n  1 2\n  3 4\n  5 6 ]\nv  [ ]\n");
    String to = "ark,t:" + folder + "/b";
    assertThat(run("copy-feats", "--reverse", "ark:" + text, to)).as(messages()).isZero();
    assertThat(Files.readString(folder.resolve("b")))
        .isEqualTo("u  [\n  5 6 \n  3 4 \n  1 2 ]\nv  [ ]\n");
  }

  @Test
  void copyFeats_ofNothing_fails() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty"), "");
    assertThat(run("copy-feats", "ark:" + empty, "ark:" + folder + "/a.ark")).isEqualTo(1);
    assertThat(messages())
        .contains("Done 0 utterances, failed for 0")
        .endsWith("ERROR (stjem frontend copy-feats) no utterance was done, failed for 0\n");
  }

  @Test
  void copyFeats_ofACorruptArchive_failsAndPublishesNothing() throws IOException {
    Path corrupt = Files.writeString(folder.resolve("corrupt"), "a [ 1 ]\nb [ 2\n");
    assertThat(run("copy-feats", "ark:" + corrupt, "ark:" + folder + "/a.ark")).isEqualTo(1);
    assertThat(folder.resolve("a.ark")).doesNotExist();
    assertThat(messages())
        .contains("ERROR (stjem frontend copy-feats) archive " + corrupt + ", key 'b': ")
        .doesNotContain("\tat ");
  }

  @Test
  void copyFeats_betweenFiles_needsNoTable() throws IOException {
    String text = folder.resolve("text").toString();
    assertThat(run("copy-feats", "--binary=false", GOLDEN + "/float.ark:8", text)).isZero();
    assertThat(Files.readString(Path.of(text))).startsWith(" [\n  -0.3366178 ");
    assertThat(run("copy-feats", "--compress", text, text)).isEqualTo(1);
    assertThat(messages()).contains("--compress and --write-num-frames need tables");
    assertThat(run("copy-feats", text, "ark:" + text)).isEqualTo(1);
    assertThat(messages()).contains("one is a table, the other a single object");
  }

  @Test
  void copyFeats_withUnknownMethod_fails() {
    assertThat(run("copy-feats", "--compression-method=9", "ark:a", "ark:b")).isEqualTo(1);
    assertThat(messages()).contains("compression method 9 is not one of 1 to 7");
  }

  @Test
  void copyIntVector_copiesTablesAndFiles() throws IOException {
    String from = "ark:" + GOLDEN + "/int-vector.ark";
    assertThat(run("copy-int-vector", from, "ark,t:" + folder + "/a.txt")).isZero();
    assertThat(folder.resolve("a.txt"))
        .hasBinaryContent(Files.readAllBytes(GOLDEN.resolve("int-vector.txt")));
    Path vector = Files.writeString(folder.resolve("vector"), "[ 1 2 ]\n");
    assertThat(run("copy-int-vector", "--binary=false", "" + vector, folder + "/copy")).isZero();
    assertThat(Files.readString(folder.resolve("copy"))).isEqualTo("[ 1 2 ]\n");
  }

  @Test
  void copyVector_copiesTablesAndFiles() throws IOException {
    String from = "ark:" + GOLDEN + "/float-vector.ark";
    assertThat(run("copy-vector", from, "ark,t:" + folder + "/a.txt")).isZero();
    assertThat(folder.resolve("a.txt"))
        .hasBinaryContent(Files.readAllBytes(GOLDEN.resolve("float-vector.txt")));
    Path vector = Files.writeString(folder.resolve("vector"), " [ 1 2 ]\n");
    assertThat(run("copy-vector", "--binary=false", "" + vector, folder + "/copy")).isZero();
    assertThat(Files.readString(folder.resolve("copy"))).isEqualTo(" [ 1 2 ]\n");
  }
}
