package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WerReportCommandTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/wer");

  @TempDir Path folder;

  private static String file(String name) {
    return GOLDEN.resolve(name).toString();
  }

  @Test
  void report_hasRatesSignificanceSpeakersAndConfusions() throws IOException {
    Path html = folder.resolve("wer.html");
    CommandResult result =
        CommandResult.of(
            "wer-report",
            "--names=base,st-jem",
            "--utt2spk=" + file("utt2spk"),
            "--html=" + html,
            "--title=A <test>",
            file("ref.txt"),
            file("hyp2.txt"),
            file("hyp3.txt"));
    assertThat(result.status()).isZero();
    assertThat(result.output())
        .contains("Word error rate [%], 699 words in 117 sentences\n")
        .containsPattern("base +9\\.01 +6\\.\\d\\d – 11\\.\\d\\d +42 +4 +17 +37\\.61\n")
        .containsPattern("base +st-jem +9[78]\\.\\d\\d +56 +0\\.250 +2\\.236 +0\\.025\n")
        .containsPattern("fjlp +13 +73 +9\\.59 +8\\.22\n")
        .contains("Most frequent errors: st-jem\n")
        .containsPattern("deletion +A +\\*\\*\\* +\\d\n");
    assertThat(Files.readString(html))
        .contains("<h1>A &lt;test&gt;</h1>")
        .contains("<td class=\"number\">2.236</td>")
        .contains("<th class=\"label\">fjlp</th>")
        .contains("Utterances with the most errors: base")
        .contains(" #csid ");
  }

  @Test
  void report_utterancesThatASystemLacks_areLeftOutWithAWarning() {
    CommandResult result =
        CommandResult.of("wer-report", file("ref.txt"), file("hyp.txt"), file("hyp2.txt"));
    assertThat(result.status()).isZero();
    assertThat(result.output()).contains("695 words in 116 sentences").contains(file("hyp.txt"));
    assertThat(result.messages())
        .contains("1 of the references lack a hypothesis of some system; they are left out");
  }

  @Test
  void report_inMarkdownAgainstOneSystem_comparesOnlyWithIt() {
    CommandResult result =
        CommandResult.of(
            "wer-report",
            "--names=base,st-jem,other",
            "--against=st-jem",
            "--format=markdown",
            file("ref.txt"),
            file("hyp2.txt"),
            file("hyp3.txt"),
            file("hyp2.txt"));
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.output())
        .contains("| system | WER | 95 % interval | sub | del | ins | wrong sentences [%] |\n")
        .contains("|---|--:|--:|--:|--:|--:|--:|\n| base | 9.01 | ")
        .containsPattern("\\| st-jem \\| base \\| .* \\| -2\\.236 \\| 0\\.025 \\|\n")
        .contains("\n| st-jem | other | ")
        .doesNotContain("| base | other |")
        .contains("| deletion | A | \\*\\*\\* |");
    CommandResult unknown =
        CommandResult.of("wer-report", "--against=x", file("ref.txt"), file("hyp2.txt"));
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(unknown.messages()).contains("--against names 'x'");
  }

  @Test
  void report_namesThatDoNotFit_areRefused() {
    CommandResult result =
        CommandResult.of("wer-report", "--names=one", file("ref.txt"), "a.txt", "b.txt");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("--names has 1 names for 2 systems");
  }
}
