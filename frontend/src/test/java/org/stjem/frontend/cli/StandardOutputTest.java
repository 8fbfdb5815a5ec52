package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes say when standard output is lost; a shell connects it. */
class StandardOutputTest {
  private static final String FULL = "cannot write standard output: No space left on device";
  private static final String CLOSED = "cannot write standard output: Broken pipe";

  @TempDir private Path folder;

  /** How a command of the module ended that a shell ran. */
  private record Ended(int status, String output, String messages) {}

  /** Runs a line of bash in which {@code stjem} stands for the module. */
  private Ended bash(String line) throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String function =
        "stjem() { '"
            + java
            + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC org.stjem.frontend.cli.Main \"$@\"; }\n";
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "set -o pipefail\n" + function + line)
            .directory(folder.toFile())
            .redirectError(errors.toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output, Files.readString(errors));
  }

  private void assertLost(String line, String sentence) throws IOException, InterruptedException {
    Ended ended = bash(line);
    assertThat(ended.status()).as(line).isEqualTo(1);
    List<String> errors = new ArrayList<>(ended.messages().lines().toList());
    errors.removeIf(message -> !message.matches("ERROR \\(stjem frontend.*: .*"));
    assertThat(errors).as(line).hasSize(1);
    assertThat(errors.get(0)).endsWith(sentence);
    assertThat(ended.messages()).doesNotContain("\tat ", "Exception");
  }

  private void writeFeatures() throws IOException {
    Files.writeString(folder.resolve("feats.txt"), "a [ 1 2 ]\nb [ 3 4\n 5 6 ]\n");
  }

  @Test
  void fullDisk_isToldOfHelpLinesAndArchives() throws IOException, InterruptedException {
    writeFeatures();
    assertLost("stjem --help > /dev/full", FULL);
    assertLost("stjem copy-feats --help > /dev/full", FULL);
    assertLost("stjem validate-data-dir . > /dev/full", FULL);
    assertLost("stjem copy-feats ark:feats.txt ark:- > /dev/full", FULL);
    assertLost(
        "stjem copy-feats ark:feats.txt ark,t:/dev/stdout > /dev/full",
        "/dev/stdout: No space left on device");
  }

  @Test
  void closedPipe_endsWithASentence() throws IOException, InterruptedException {
    writeFeatures();
    // The command starts only when the reader has gone.
    assertLost("stjem copy-feats ark:feats.txt ark,t:- | true", CLOSED);
  }

  @Test
  void standardOutputByName_isSharedWithWhatIsPrinted() throws IOException, InterruptedException {
    writeFeatures();
    Ended ended =
        bash(
            "{ echo first; stjem copy-feats --print-args=false ark:feats.txt ark,t:/dev/stdout;"
                + " echo last; } > out");
    assertThat(ended.status()).isZero();
    assertThat(folder.resolve("out"))
        .hasContent("first\na  [\n  1 2 ]\nb  [\n  3 4 \n  5 6 ]\nlast\n");
    Ended descriptor =
        bash("stjem copy-feats --print-args=false ark:feats.txt ark,t:/dev/fd/3 3> three");
    assertThat(descriptor.status()).isZero();
    assertThat(folder.resolve("three")).hasContent("a  [\n  1 2 ]\nb  [\n  3 4 \n  5 6 ]\n");
  }

  @Test
  void limitOfFileSize_leavesTheOldFile() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("long.txt"), "a [" + " 1.5".repeat(4000) + " ]\n");
    Files.writeString(folder.resolve("out.ark"), "old");
    Ended ended = bash("ulimit -f 8; stjem copy-feats ark:long.txt ark:out.ark");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.messages()).contains("cannot write out.ark: File too large");
    assertThat(folder.resolve("out.ark")).hasContent("old");
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("long.txt", "out.ark", "errors");
    }
  }
}
