package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with {@code compute-wer} and {@code align-text | wer_per_utt_details.pl}. */
class WerCommandTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/wer");
  private static final String REF = GOLDEN.resolve("ref.txt").toString();
  private static final String HYP = GOLDEN.resolve("hyp.txt").toString();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"present", "all"})
  void wer_equalsKaldi(String mode) throws IOException {
    String golden = Files.readString(GOLDEN.resolve("compute-wer.txt"));
    String title = "--mode=" + mode + "\n";
    int begin = golden.indexOf(title) + title.length();
    int end = golden.indexOf("--mode=", begin);
    CommandResult result = CommandResult.of("wer", "--mode=" + mode, REF, HYP);
    assertThat(result.status()).isZero();
    assertThat(result.output()).isEqualTo(golden.substring(begin, end < 0 ? golden.length() : end));
  }

  @Test
  void wer_rspecifiers_areTakenToo() {
    CommandResult files = CommandResult.of("wer", "--mode=present", REF, HYP);
    CommandResult tables =
        CommandResult.of("wer", "--mode=present", "ark,t:" + REF, "ark,s,cs:cat " + HYP + " |");
    assertThat(tables.output()).isEqualTo(files.output());
  }

  @Test
  void wer_strictIsTheDefault_andRefusesMissingHypotheses() {
    CommandResult result = CommandResult.of("wer", REF, HYP);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.output()).isEmpty();
    assertThat(result.messages()).contains("no hypothesis for key fjlp-an418-fjlp-b");
    CommandResult complete = CommandResult.of("wer", REF, REF);
    assertThat(complete.output())
        .startsWith("%WER 0.00 [ 0 / 699, 0 ins, 0 del, 0 sub ]\n%SER 0.00 [ 0 / 117 ]\n");
  }

  @Test
  void wer_perUtterance_equalsKaldi() {
    Path details = folder.resolve("per-utt.txt");
    CommandResult result =
        CommandResult.of("wer", "--mode=present", "--per-utt=" + details, REF, HYP);
    assertThat(result.status()).isZero();
    assertThat(details).hasSameTextualContentAs(GOLDEN.resolve("per-utt.txt"));
  }

  @Test
  void wer_perUtteranceOfARefusedScore_leavesNoFile() {
    Path details = folder.resolve("per-utt.txt");
    assertThat(CommandResult.of("wer", "--per-utt=" + details, REF, HYP).status()).isEqualTo(1);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void wer_missingFile_isNamed() {
    CommandResult result = CommandResult.of("wer", REF, folder.resolve("none.txt").toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("none.txt");
  }

  @Test
  void bestWer_tiesGoToTheLowestPenaltyThenTheLowestWeight() throws IOException {
    for (String file : new String[] {"0.5/9", "0.5/10", "0.0/11", "0.0/9", "0.0/10", "1.0/7"}) {
      Path text = folder.resolve("penalty_" + file + ".txt");
      Files.createDirectories(text.getParent());
      boolean good = !file.equals("0.0/9");
      Files.writeString(text, good ? "a ONE TWO\nb THREE\n" : "a ONE\nb\n");
    }
    Path reference = folder.resolve("ref");
    Files.writeString(reference, "a ONE TWO\nb FOUR\n");
    CommandResult best = CommandResult.of("best-wer", folder.toString(), reference.toString());
    assertThat(best.output())
        .isEqualTo(
            "%WER 33.33 [ 1 / 3, 0 ins, 0 del, 1 sub ] " + folder.resolve("penalty_0.0/10") + "\n");
    CommandResult at =
        CommandResult.of("best-wer", "--at=9,0", folder.toString(), reference.toString());
    assertThat(at.output())
        .isEqualTo(
            "%WER 66.67 [ 2 / 3, 0 ins, 2 del, 0 sub ] " + folder.resolve("penalty_0.0/9") + "\n");
    CommandResult missing =
        CommandResult.of("best-wer", "--at=12,0", folder.toString(), reference.toString());
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.messages()).contains("no file for LMWT 12 and penalty 0.0");
    CommandResult empty =
        CommandResult.of("best-wer", folder.resolve("penalty_1.0").toString(), REF);
    assertThat(empty.status()).isEqualTo(1);
    assertThat(empty.messages()).contains("holds no files penalty_WIP/LMWT.txt");
  }
}
