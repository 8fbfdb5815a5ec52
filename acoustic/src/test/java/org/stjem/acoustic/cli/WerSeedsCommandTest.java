package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three speakers with four words each; A has 3, 2, 7 errors over two seeds, B has 2, 1, 1. */
class WerSeedsCommandTest {
  @TempDir Path folder;

  private String write(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n").toString();
  }

  private String reference() throws IOException {
    return write("ref", "x1 a b", "x2 c d", "y1 a b c d", "z1 a b c d");
  }

  private String speakers() throws IOException {
    return write("utt2spk", "x1 x", "x2 x", "y1 y", "z1 z");
  }

  private String[] hypotheses() throws IOException {
    return new String[] {
      write("a1", "x1 a e", "x2 c d", "y1 a b c d", "z1 a"),
      write("a2", "x1 e e", "x2 c d", "y1 a b", "z1 "),
      write("b1", "x1 a b", "x2 c e", "y1 a b c d", "z1 a b c d"),
      write("b2", "x1 a b", "x2 c d e", "y1 a b c", "z1 a b c")
    };
  }

  @Test
  void report_hasErrorsOfAllSeedsBySpeaker() throws IOException {
    String[] all = hypotheses();
    CommandResult result =
        CommandResult.of(
            "wer-seeds",
            "--names=A,B",
            "--utt2spk=" + speakers(),
            reference(),
            all[0],
            all[1],
            "+",
            all[2],
            all[3]);
    assertThat(result.status()).as(result.messages()).isZero();
    // A: 4 and 8 of 12 words, B: 1 and 3. Differences of speakers -1, -1, -6: t = -8/3 / (5/3).
    // Of two degrees of freedom p = 1 - |t| / sqrt(2 + t²). Seeds: -25 and -41.67, t = -4, of one
    // degree p = 1 - 2 / π · atan 4. Each speaker has more errors of A.
    assertThat(result.output())
        .contains("Word error rate [%] over 2 seeds, 12 words in 4 sentences of 3 speakers\n")
        .containsPattern("A +50\\.00 ± 23\\.57 +.* – .* +33\\.33 66\\.67\n")
        .containsPattern("B +16\\.67 ± 11\\.79 +.* – .* +8\\.33 25\\.00\n")
        .containsPattern(
            "A +B +-33\\.33 +-66\\.7 +-\\S+ – \\S+ +100\\.00 +2 of 2 +-1\\.600 +0\\.251 +0\\.156\n");
  }

  @Test
  void report_oneSeedInMarkdown_hasNoTestOfSeeds() throws IOException {
    String[] all = hypotheses();
    CommandResult result =
        CommandResult.of(
            "wer-seeds",
            "--names=A,B,C",
            "--against=B",
            "--format=markdown",
            reference(),
            all[0],
            "+",
            all[2],
            "+",
            all[3]);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output())
        .contains("over 1 seeds, 12 words in 4 sentences\n")
        .containsPattern(
            "\\| B \\| A \\| \\+25\\.00 \\| \\+300\\.0 \\|.*\\| 0 of 1 \\|.*\\| – \\|\n")
        .containsPattern("\\| B \\| C \\| \\+16\\.67 \\| \\+200\\.0 \\|")
        .doesNotContain("| A | B |");
  }

  @Test
  void report_whatDoesNotFit_isRefused() throws IOException {
    String[] all = hypotheses();
    CommandResult uneven = CommandResult.of("wer-seeds", reference(), all[0], all[1], "+", all[2]);
    assertThat(uneven.status()).isEqualTo(1);
    assertThat(uneven.messages())
        .contains("needs as many hypotheses of each system; there are 2 + 1");
    CommandResult names =
        CommandResult.of("wer-seeds", "--names=A", reference(), all[0], "+", all[1]);
    assertThat(names.messages()).contains("--names has 1 names for 2 systems");
    CommandResult against =
        CommandResult.of("wer-seeds", "--against=x", reference(), all[0], "+", all[1]);
    assertThat(against.messages()).contains("--against names 'x'");
    CommandResult speaker =
        CommandResult.of(
            "wer-seeds", "--utt2spk=" + write("few", "x1 x"), reference(), all[0], "+", all[1]);
    assertThat(speaker.status()).isEqualTo(1);
    assertThat(speaker.messages()).contains("few names no speaker of utterance x2");
  }
}
