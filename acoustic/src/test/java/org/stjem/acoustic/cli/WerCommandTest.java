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
  void wer_perSpeakerAndOps_equalKaldi() {
    Path speakers = folder.resolve("per-spk.txt");
    Path pairs = folder.resolve("ops.txt");
    CommandResult result =
        CommandResult.of(
            "wer",
            "--mode=present",
            "--utt2spk=" + GOLDEN.resolve("utt2spk"),
            "--per-spk=" + speakers,
            "--ops=" + pairs,
            REF,
            HYP);
    assertThat(result.status()).isZero();
    assertThat(speakers).hasSameTextualContentAs(GOLDEN.resolve("per-spk.txt"));
    assertThat(pairs).hasSameTextualContentAs(GOLDEN.resolve("ops.txt"));
  }

  @Test
  void wer_unknownSpeaker_isNamed() throws IOException {
    Path utt2spk = folder.resolve("utt2spk");
    Files.writeString(utt2spk, "fjlp-an416-fjlp-b fjlp\n");
    CommandResult result = CommandResult.of("wer", "--utt2spk=" + utt2spk, "--per-spk=-", REF, REF);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("utt2spk names no speaker of utterance fjlp-an417");
    CommandResult missing = CommandResult.of("wer", "--per-spk=-", REF, REF);
    assertThat(missing.messages()).contains("--per-spk needs --utt2spk");
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
    assertThat(missing.messages()).contains("no result for LMWT 12 and penalty 0.0");
    CommandResult empty =
        CommandResult.of("best-wer", folder.resolve("penalty_1.0").toString(), REF);
    assertThat(empty.status()).isEqualTo(1);
    assertThat(empty.messages()).contains("holds no files penalty_WIP/LMWT.txt");
  }

  @Test
  void bestWer_ofSeveralSweeps_isTheSettingThatIsBestOverAll() throws IOException {
    sweep("clean", "0.0/9", "a ONE TWO\n", "0.0/10", "a ONE\n", "0.5/9", "a TWO ONE\n");
    sweep("noisy", "0.0/9", "b A B\n", "0.0/10", "b THREE\n", "1.0/9", "b THREE FOUR\n");
    String clean = Files.writeString(folder.resolve("clean.txt"), "a ONE TWO\n").toString();
    String noisy = Files.writeString(folder.resolve("noisy.txt"), "b THREE FOUR\n").toString();
    String[] both = {
      "best-wer",
      folder.resolve("clean").toString(),
      clean,
      folder.resolve("noisy").toString(),
      noisy
    };
    assertThat(CommandResult.of("best-wer", both[1], both[2]).output()).contains("penalty_0.0/9");
    // At 0.0/9 there are 0 and 2 errors, at 0.0/10 1 and 1; the others are in one sweep only.
    assertThat(CommandResult.of(both).output())
        .isEqualTo(
            "%WER 50.00 [ 2 / 4, 0 ins, 0 del, 2 sub ] "
                + folder.resolve("clean/penalty_0.0/9")
                + "\n");
    String applied =
        CommandResult.of("best-wer", "--apply=" + clean, "--apply=" + noisy, both[1], both[2])
            .output();
    assertThat(applied.split("\n")).hasSize(3);
    assertThat(applied.split("\n")[1]).isEqualTo(applied.split("\n")[0]);
    assertThat(
            CommandResult.of(
                    "best-wer", "--mode=all", "--at=10,0", "--apply=" + clean, both[3], noisy)
                .output())
        .startsWith("%WER 50.00 [ 1 / 2, 0 ins, 1 del, 0 sub ]")
        .contains("\n%WER 100.00 [ 2 / 2, ");
    CommandResult odd = CommandResult.of("best-wer", both[1], both[2], both[3]);
    assertThat(odd.status()).isEqualTo(1);
    assertThat(odd.messages()).contains("noisy has no references");
    sweep("other", "1.0/12", "b A\n");
    CommandResult none =
        CommandResult.of("best-wer", both[1], both[2], folder.resolve("other").toString(), noisy);
    assertThat(none.messages()).contains("no LMWT and penalty in common");
  }

  private void sweep(String name, String... filesAndTexts) throws IOException {
    for (int i = 0; i < filesAndTexts.length; i += 2) {
      Path file = folder.resolve(name).resolve("penalty_" + filesAndTexts[i] + ".txt");
      Files.createDirectories(file.getParent());
      Files.writeString(file, filesAndTexts[i + 1]);
    }
  }

  @Test
  void bestWer_atAnEdgeOfTheSweep_warns() throws IOException {
    Path reference = folder.resolve("ref");
    Files.writeString(reference, "a ONE TWO\n");
    for (String penalty : new String[] {"0.0", "0.5"}) {
      for (int weight = 8; weight <= 10; weight++) {
        Path text = folder.resolve("penalty_" + penalty + "/" + weight + ".txt");
        Files.createDirectories(text.getParent());
        Files.writeString(text, penalty.equals("0.5") && weight == 10 ? "a ONE TWO\n" : "a ONE\n");
      }
    }
    CommandResult both = CommandResult.of("best-wer", folder.toString(), reference.toString());
    assertThat(both.messages())
        .contains(
            "the best LMWT, 10, is the highest of the sweep, the best word insertion penalty, 0.5,"
                + " is the highest of the sweep; a wider sweep may do better");
    Files.writeString(folder.resolve("penalty_0.0/9.txt"), "a ONE TWO\n");
    CommandResult inside = CommandResult.of("best-wer", folder.toString(), reference.toString());
    assertThat(inside.output()).endsWith("penalty_0.0/9\n");
    assertThat(inside.messages()).doesNotContain("wider");
    Files.writeString(folder.resolve("penalty_0.0/8.txt"), "a ONE TWO\n");
    CommandResult low = CommandResult.of("best-wer", folder.toString(), reference.toString());
    assertThat(low.messages()).contains("the best LMWT, 8, is the lowest of the sweep;");
  }

  @Test
  void bestWer_kaldiDecodingFolder_givesTheLineOfBestWerSh() throws IOException {
    write("wer_10_0.0", "%WER 8.30 [ 58 / 699, 12 ins, 10 del, 36 sub ]");
    write("wer_9_0.5", "%WER 8.01 [ 56 / 699, 12 ins, 10 del, 34 sub ]");
    write("wer_10_0.5", "%WER 8.01 [ 56 / 699, 11 ins, 10 del, 35 sub ] [PARTIAL]");
    write("wer_11_0.5", "%WER 8.15 [ 57 / 699, 12 ins, 10 del, 35 sub ]");
    write("wer_10_1.0", "%WER 9.01 [ 63 / 699, 12 ins, 10 del, 41 sub ]");
    CommandResult best = CommandResult.of("best-wer", folder.toString());
    assertThat(best.output())
        .isEqualTo(
            "%WER 8.01 [ 56 / 699, 12 ins, 10 del, 34 sub ] " + folder.resolve("wer_9_0.5") + "\n");
    CommandResult at = CommandResult.of("best-wer", "--at=10,0.5", folder.toString());
    assertThat(at.output()).contains("[PARTIAL] ").endsWith("wer_10_0.5\n");

    Path scoring = folder.resolve("scoring_kaldi");
    Files.createDirectories(scoring.resolve("penalty_0.0"));
    Files.writeString(scoring.resolve("test_filt.txt"), "a ONE TWO\n");
    Files.writeString(scoring.resolve("penalty_0.0/12.txt"), "a ONE\n");
    CommandResult scored = CommandResult.of("best-wer", folder.toString());
    assertThat(scored.output())
        .isEqualTo(
            "%WER 50.00 [ 1 / 2, 0 ins, 1 del, 0 sub ] "
                + scoring.resolve("penalty_0.0/12")
                + "\n");
    CommandResult nothing = CommandResult.of("best-wer", scoring.resolve("penalty_0.0").toString());
    assertThat(nothing.status()).isEqualTo(1);
    assertThat(nothing.messages()).contains("nor files wer_LMWT_WIP");
  }

  private void write(String name, String rate) throws IOException {
    Files.writeString(
        folder.resolve(name),
        "compute-wer --text --mode=present\n" + rate + "\n%SER 30.0 [ 1 / 3 ]\n");
  }
}
