package org.stjem.frontend.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
  /** What a run that fails says. */
  private static String messages(Command command, String... arguments) {
    PrintStream standardError = System.err;
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    System.setErr(new PrintStream(messages, true, UTF_8));
    try {
      assertThat(Cli.run("frontend", List.of(command), arguments)).isEqualTo(1);
    } finally {
      System.setErr(standardError);
    }
    return messages.toString(UTF_8);
  }

  @Test
  void misspeltOptionsAndCommands_areAnsweredWithLikeOnes() {
    Command command = new Command("copy", "", Copy::new);
    assertThat(messages(command, "copy", "--colour-maps=1", "x"))
        .contains("Unknown option: '--colour-maps=1'; did you mean --colour-map");
    assertThat(messages(command, "copy", "--colour-maps=1"))
        .as("though an argument is missing as well")
        .contains("Unknown option: '--colour-maps=1'; did you mean --colour-map");
    assertThat(messages(command, "copy", "--colour-map=1"))
        .contains("Missing required parameter: '<file>'");
    assertThat(messages(command, "cpy"))
        .contains("no command 'cpy'; did you mean copy?; 'stjem frontend --help' lists them");
  }

  @Test
  void faultsOfFiles_areSaidInWords() {
    Command command = new Command("copy", "", Copy::new);
    assertThat(messages(command, "copy", "/none/x"))
        .contains("ERROR (stjem frontend copy) /none/x: there is no such file or folder")
        .doesNotContain("java.", "Exception");
  }

  @Test
  void completionAndManual_knowCommandsAndOptionsOfTheModule(@TempDir Path folder)
      throws IOException, InterruptedException {
    String completion = Manual.completion();
    assertThat(completion).contains("complete -F").doesNotContain("compopt +o default\n");
    Path script = Files.writeString(folder.resolve("completion"), completion);
    assertThat(completed(script, "frontend", "copy-fe")).isEqualTo("copy-feats");
    assertThat(completed(script, "frontend", "copy-feats", "--compression-m"))
        .isEqualTo("--compression-method");
    assertThat(completed(script, "frontend", "copy-feats", "scp:x")).isEmpty();
    assertThat(Manual.writePages(folder)).isGreaterThan(Main.COMMANDS.size());
    assertThat(Files.readString(folder.resolve("stjem-frontend-copy-feats.1")))
        .startsWith(
            ".TH \"STJEM-FRONTEND-COPY-FEATS\" 1\n.SH NAME\nstjem\\-frontend\\-copy\\-feats")
        .contains("\\-\\-compression\\-method=")
        .contains("\n.nf\nUsage: stjem frontend copy\\-feats ");
  }

  /** What a shell that has read the script offers after {@code stjem} and these words. */
  private static String completed(Path script, String... words)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("bash", "-c"));
    line.add(
        "shopt -s expand_aliases; source \"$0\"; COMP_WORDS=(stjem \"$@\"); COMP_CWORD=$#;"
            + " _complete_stjem; echo \"${COMPREPLY[*]}\"");
    line.add(script.toString());
    line.addAll(List.of(words));
    Process shell = new ProcessBuilder(line).start();
    String output = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertThat(shell.waitFor()).isZero();
    return output.strip();
  }

  @picocli.CommandLine.Command
  private static final class Copy implements Callable<Integer> {
    @picocli.CommandLine.Option(names = "--colour-map")
    private String map;

    @picocli.CommandLine.Parameters private Path file;

    @Override
    public Integer call() throws IOException {
      return Files.readAllBytes(file).length;
    }
  }

  @Test
  void outOfMemory_isSaidInASentence() {
    assertThat(messages(new Command("big", "", Greedy::new), "big"))
        .contains("ERROR (stjem frontend big) out of memory: the Java heap has ")
        .doesNotContain("\tat ");
  }

  @picocli.CommandLine.Command
  private static final class Greedy implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new OutOfMemoryError("Java heap space");
    }
  }
}
