package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands as users start them, whose output a full disk takes: each says so once and fails. */
@Timeout(900)
class LostOutputIT {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path MINI = ROOT.resolve("scripts/mini");
  private static final String FULL = "No space left on device";

  /** What stands for the names in the lines of the tests. */
  private static final String SETTINGS =
      """
      export STJEM_JAVA_OPTS=-XX:TieredStopAtLevel=1
      stjem() { "$ROOT/scripts/stjem" "$@"; }
      ali="ark:gunzip -c ali/test.ali.gz|" mdl=exp/tri1/final.mdl text=ark:data/test/text
      train=(--transition-model=$mdl --num-threads=1 --device=cpu --objective=baseline --num-epochs=1
             --hidden-layers=512 --log-interval=1000 "scp:$T/f.scp" "$ali")
      """;

  @TempDir private Path folder;

  /** How a line of bash ended. */
  private record Ended(int status, List<String> messages) {
    List<String> errors() {
      return messages.stream().filter(line -> line.startsWith("ERROR")).toList();
    }
  }

  private Ended bash(String line) throws IOException, InterruptedException {
    Path messages = folder.resolve("messages");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", SETTINGS + line)
            .directory(MINI.toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output").toFile()))
            .redirectError(messages.toFile());
    builder.environment().put("ROOT", ROOT.toString());
    builder.environment().put("T", folder.toString());
    int status = builder.start().waitFor();
    return new Ended(status, Files.readAllLines(messages));
  }

  private void assertLost(String line) throws IOException, InterruptedException {
    Ended ended = bash(line);
    assertThat(ended.status()).as("%s: %s", line, ended.messages()).isEqualTo(1);
    assertThat(ended.errors()).as(line).hasSize(1);
    assertThat(ended.errors().get(0)).as(line).endsWith(FULL);
    assertThat(ended.messages()).as(line).noneMatch(message -> message.startsWith("\tat "));
  }

  @BeforeEach
  void makeModelAndScores() throws Exception {
    Ended made =
        bash(
            """
            set -e
            stjem frontend fbank --num-mel-bins=20 --dither=0 scp:data/test/wav.scp ark,scp:$T/f.ark,$T/f.scp
            stjem frontend compute-cmvn-stats scp:$T/f.scp ark:$T/c.ark
            stjem acoustic train "${train[@]}" $T/m
            stjem acoustic forward --output=logits $T/m scp:$T/f.scp ark:$T/l.ark
            """);
    assertThat(made.status()).as("%s", made.messages()).isZero();
  }

  @Test
  void helpOfEveryCommand_isMissed() throws Exception {
    for (String module : List.of("frontend", "acoustic", "combine")) {
      Files.deleteIfExists(folder.resolve("output"));
      assertThat(bash("stjem " + module + " --help").status()).isZero();
      List<String> commands =
          Files.readAllLines(folder.resolve("output")).stream()
              .filter(line -> line.startsWith("  "))
              .map(line -> line.strip().split(" ")[0])
              .toList();
      assertThat(commands).as(module).hasSizeGreaterThan(5);
      for (String command : commands) {
        assertLost("stjem " + module + " " + command + " --help > /dev/full");
      }
    }
  }

  @Test
  void resultsOfEveryKind_areMissed() throws Exception {
    List<String> lines =
        List.of(
            "frontend fbank --num-mel-bins=20 scp:data/test/wav.scp ark:- > /dev/full",
            "frontend fbank --num-mel-bins=20 scp:data/test/wav.scp ark:/dev/full",
            "frontend fbank --num-mel-bins=20 scp:data/test/wav.scp ark,scp:$T/x.ark,/dev/full",
            "frontend compute-cmvn-stats scp:$T/f.scp ark,t:- > /dev/full",
            "frontend apply-cmvn ark:$T/c.ark scp:$T/f.scp ark:- > /dev/full",
            "frontend apply-cmvn-sliding scp:$T/f.scp ark:- > /dev/full",
            "frontend splice-feats scp:$T/f.scp ark:- > /dev/full",
            "frontend add-deltas scp:$T/f.scp ark:- > /dev/full",
            "frontend copy-feats scp:$T/f.scp ark,t:- > /dev/full",
            "frontend copy-int-vector \"$ali\" ark,t:- > /dev/full",
            "acoustic forward $T/m scp:$T/f.scp ark:- > /dev/full",
            "acoustic model-info $T/m > /dev/full",
            "acoustic ece --transition-model=$mdl ark:$T/l.ark \"$ali\" > /dev/full",
            "acoustic ece --transition-model=$mdl --json=/dev/full ark:$T/l.ark \"$ali\"",
            "acoustic ece --transition-model=$mdl --html=/dev/full ark:$T/l.ark \"$ali\"",
            "acoustic ece --transition-model=$mdl --plot=/dev/full ark:$T/l.ark \"$ali\"",
            "acoustic export --format=onnx $T/m /dev/full",
            "acoustic wer $text $text > /dev/full",
            "acoustic wer-bootci $text $text > /dev/full",
            "acoustic wer-report $text $text > /dev/full",
            "acoustic wer-report --html=/dev/full $text $text",
            "acoustic compare-trainings $T/m > /dev/full",
            "acoustic compare-trainings --plot=/dev/full $T/m");
    for (String line : lines) {
      assertLost("stjem " + line);
    }
  }

  @Test
  void training_whoseCheckpointNoLongerFits_keepsTheLastOne() throws Exception {
    Ended killed =
        bash(
            """
            "$ROOT/scripts/stjem" acoustic train --checkpoint-interval=5 "${train[@]}" $T/n &
            until [ -e $T/n/checkpoint.safetensors ]; do sleep 0.05; done
            kill -9 $!
            wait $!
            """);
    assertThat(killed.status()).as("%s", killed.messages()).isEqualTo(137);
    Path checkpoint = folder.resolve("n/checkpoint.safetensors");
    byte[] before = Files.readAllBytes(checkpoint);
    Ended full =
        bash("ulimit -f 1000; stjem acoustic train --checkpoint-interval=5 \"${train[@]}\" $T/n");
    assertThat(full.status()).as("%s", full.messages()).isEqualTo(1);
    assertThat(full.errors())
        .containsExactly("ERROR (stjem acoustic train) " + checkpoint + ": File too large");
    assertThat(checkpoint).hasBinaryContent(before);
    try (Stream<Path> files = Files.list(checkpoint.getParent())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".tmp"));
    }
  }
}
