package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WerOracleCommandTest {
  @TempDir Path folder;

  private String write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  @Test
  void oracle_takesTheBetterHypothesisOfEachUtterance() throws IOException {
    String reference = write("ref", "a ONE TWO\nb THREE\nc FOUR FIVE\nd SIX\n");
    // a: the second is right; b: both wrong, the first counts; c: the first; d: the second lacks
    // it.
    String first = write("one", "a ONE\nb TREE\nc FOUR FIVE\nd SIX SIX\n");
    String second = write("two", "a ONE TWO\nb TEA\nc FIVE\n");
    Path chosen = folder.resolve("chosen");
    CommandResult result =
        CommandResult.of("wer-oracle", "--mode=all", "--write=" + chosen, reference, first, second);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output())
        .startsWith("%WER 33.33 [ 2 / 6, 1 ins, 0 del, 1 sub ]")
        .contains("%SER 50.00 [ 2 / 4 ]");
    assertThat(result.messages()).contains("chosen: " + first + " 3, " + second + " 1");
    assertThat(chosen).hasContent("a ONE TWO \nb TREE \nc FOUR FIVE \nd SIX SIX ");
  }

  @Test
  void oracle_byDefaultRefusesMissingHypotheses() throws IOException {
    String reference = write("ref", "a ONE TWO\nb THREE\n");
    String whole = write("one", "a ONE\nb TREE\n");
    CommandResult result =
        CommandResult.of("wer-oracle", reference, whole, write("two", "a ONE TWO\n"));
    assertThat(result.status()).isOne();
    assertThat(result.messages()).contains("no hypothesis for key b");
    assertThat(CommandResult.of("wer-oracle", reference, whole).status()).isOne();
  }
}
