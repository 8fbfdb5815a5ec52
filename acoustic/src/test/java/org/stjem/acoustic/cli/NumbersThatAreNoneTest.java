package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.export.SmallModels;

/** NaN, infinity and other shapes in tables: named and left out, never averaged or ranked. */
class NumbersThatAreNoneTest {
  private static final String GOOD = "[\n 1 2 3\n 2 3 4 ]\n";

  @TempDir private Path folder;

  private String model;

  @BeforeEach
  void makeModel() throws IOException {
    Path path = folder.resolve("m");
    SmallModels.save(path, 1, 1, 3, List.of(8), 4, 1);
    model = path.toString();
  }

  private String table(String name, String text) throws IOException {
    return "ark:" + Files.writeString(folder.resolve(name), text);
  }

  @Test
  void forward_badUtterancesAmongGoodOnes_areNamedAndLeftOut() throws IOException {
    String feats =
        table(
            "f",
            "a "
                + GOOD
                + "nan [\n 1 2 3\n 2 nan 4 ]\ninf [\n 1 2 inf ]\nwide [\n 1 2 3 4 ]\n"
                + "empty [ ]\nhuge [\n 3e38 3e38 3e38 ]\nb "
                + GOOD);
    String out = "ark:" + folder.resolve("o");
    String densities = "ark:" + folder.resolve("d");
    CommandResult result =
        CommandResult.of("forward", "--log-density-wspecifier=" + densities, model, feats, out);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains(
            "WARNING (stjem acoustic forward) utterance nan: frame 1 holds NaN in dimension 1")
        .contains("utterance inf: frame 0 holds Infinity in dimension 2")
        .contains("utterance wide: features have dimension 4, the model expects 3")
        .contains("utterance empty: no frames")
        .contains("utterance huge: frame 0 has the score ")
        .contains("Done 2 utterances, failed for 5");
    assertThat(TableKeys.of(out)).containsExactly("a", "b");
  }

  @Test
  void forward_ofNothingGood_endsWithAnErrorAndLeavesNoTable() throws IOException {
    String feats = table("f", "nan [\n 1 2 nan ]\n");
    CommandResult result = CommandResult.of("forward", model, feats, "ark:" + folder.resolve("o"));
    assertThat(result.status()).isOne();
    assertThat(result.lastLine())
        .isEqualTo("ERROR (stjem acoustic forward) no utterance was scored, failed for 1");
    assertThat(folder.resolve("o")).doesNotExist();
  }

  @Test
  void forward_ofADamagedModelFolder_namesFileAndValue() throws IOException {
    String feats = table("f", "a " + GOOD);
    Path description = Path.of(model, "model.json");
    String whole = Files.readString(description);
    Map<String, String> faults =
        Map.of(
            whole.replaceFirst("(\"inputMean\": \\[)[^,]*", "$1NaN"),
            "inputMean of dimension 0 is NaN",
            whole.replaceFirst("(\"inputStddev\": \\[)[^,]*", "$10"),
            "inputStddev of dimension 0 is 0",
            whole.replaceFirst("(\"classCounts\": \\[)[^,]*", "$1-Infinity"),
            "classCounts of pdf 0 is -Infinity",
            whole.replaceFirst("(\"frameShiftMs\": )[^,]*", "$1NaN"),
            "frameShiftMs NaN",
            "",
            "format version missing",
            whole.substring(0, whole.length() / 2),
            "is not a model description");
    for (Map.Entry<String, String> fault : faults.entrySet()) {
      Files.writeString(description, fault.getKey());
      assertRefused(feats, description, fault.getValue());
    }
    Files.writeString(description, whole);

    Path weights = Path.of(model, "weights.safetensors");
    byte[] good = Files.readAllBytes(weights);
    byte[] bad = good.clone();
    ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putFloat(bad.length - 4, Float.NaN);
    Files.write(weights, bad);
    assertRefused(feats, weights, "is NaN, weights must be finite");
    Files.write(weights, Arrays.copyOf(good, good.length / 2));
    assertRefused(feats, weights, "truncated");
    Files.write(weights, new byte[0]);
    assertRefused(feats, weights, "not a safetensors file");
    Files.write(weights, good);

    Path calibration = Path.of(model, "calibration.json");
    String scaling = SmallModels.vectors(4, 1).json();
    for (int length : new int[] {0, scaling.length() / 2, scaling.length() - 1}) {
      Files.writeString(calibration, scaling.substring(0, length));
      assertRefused(feats, calibration, "");
    }
    Files.writeString(calibration, scaling.replaceFirst("(\"offsets\": \\[)[^,]*", "$1NaN"));
    assertRefused(feats, calibration, "offset NaN must be finite");
    Files.delete(calibration);
    Path priors = Files.createFile(Path.of(model, "priors.json"));
    assertRefused(feats, priors, "format version missing");
    Files.delete(priors);
    assertThat(CommandResult.of("forward", model, feats, "ark:" + folder.resolve("o")).status())
        .isZero();
  }

  private void assertRefused(String feats, Path file, String fault) {
    CommandResult result = CommandResult.of("forward", model, feats, "ark:" + folder.resolve("o"));
    assertThat(result.status()).as(fault).isOne();
    assertThat(result.lastLine()).startsWith("ERROR").contains(file.toString(), fault);
    assertThat(folder.resolve("o")).doesNotExist();
  }

  @Test
  void ood_neverRanksThem() throws IOException {
    String good = table("f", "a " + GOOD);
    String bad = table("n", "n [\n 1 2 nan ]\n");
    for (String[] tables : new String[][] {{good, bad}, {bad, good}}) {
      CommandResult result = CommandResult.of("ood", model, tables[0], "x=" + tables[1]);
      assertThat(result.status()).isOne();
      assertThat(result.output()).isEmpty();
      assertThat(result.messages()).contains("utterance n: frame 0 holds NaN in dimension 2");
      assertThat(result.lastLine())
          .isEqualTo("ERROR (stjem acoustic ood) " + bad + ": no utterance could be scored");
    }
  }

  @Test
  void ece_rowsThatAreNoPosteriors_areNamed() throws IOException {
    String ali = table("ali", "u 0 1\nv 0 1\nw 0 1\n");
    String posteriors = table("p", "u [\n 0.7 0.3\n 0.4 0.6 ]\n");
    assertThat(CommandResult.of("ece", "--input=posteriors", posteriors, ali).output())
        .startsWith("%ECE 35.00 ");
    CommandResult logs = CommandResult.of("ece", "--input=log-posteriors", posteriors, ali);
    assertThat(logs.status()).isOne();
    assertThat(logs.lastLine())
        .startsWith("ERROR")
        .contains("utterance u: frame 0: the posteriors sum to 3.364, not to 1");
    String some =
        table(
            "s",
            "u [\n 0.7 0.3\n 0.4 0.6 ]\nv [\n 0.5 0.5\n 0.2 0.2 ]\n"
                + "w [\n 0.5 nan\n 0.5 0.5 ]\n");
    CommandResult mixed = CommandResult.of("ece", "--input=posteriors", some, ali);
    assertThat(mixed.status()).isZero();
    assertThat(mixed.messages())
        .contains("utterance v is skipped: frame 1: the posteriors sum to 0.4000, not to 1")
        .contains("utterance w is skipped: frame 0 holds NaN for pdf-id 1");
    assertThat(mixed.output()).startsWith("%ECE 35.00 [ 15 bins, 2 frames ]");
  }

  @Test
  void ece_badCounts_areRefused() throws IOException {
    String logits = table("l", "u [\n 2 1\n 1 2 ]\n");
    String ali = table("ali", "u 0 1\n");
    for (String counts : List.of("nan 1", "inf 1", "-1 3")) {
      Path file = Files.writeString(folder.resolve("counts"), " [ " + counts + " ]\n");
      CommandResult result =
          CommandResult.of("ece", "--input=loglikes", "--class-frame-counts=" + file, logits, ali);
      assertThat(result.status()).as(counts).isOne();
      assertThat(result.lastLine()).contains("class count of pdf 0 is ");
    }
  }

  @Test
  void ece_fewBadLabels_areLeftOutAndManyAreAnError() throws IOException {
    StringBuilder logits = new StringBuilder();
    StringBuilder ali = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      logits.append("u").append(i).append(" [\n 2 1\n 1 2 ]\n");
      ali.append("u").append(i).append(i < 2 ? " 0 7\n" : " 0 1\n");
    }
    String scores = table("l", logits.toString());
    CommandResult few = CommandResult.of("ece", scores, table("ali", ali.toString()));
    assertThat(few.status()).as(few.messages()).isZero();
    assertThat(few.messages())
        .contains("1 more utterance is skipped for the same reason as u0: u1");
    CommandResult many =
        CommandResult.of("ece", scores, table("ali", ali.toString().replace("u2 0 1", "u2 0 8")));
    assertThat(many.status()).isOne();
    assertThat(many.output()).isEmpty();
    assertThat(many.lastLine())
        .isEqualTo(
            "ERROR (stjem acoustic ece) 3 of 200 utterances have a label out of range, more than"
                + " --max-failed=0.01 allows; utterance u0: frame 1 is aligned to pdf-id 7, there"
                + " are 0 … 1");
    assertThat(CommandResult.of("ece", "--max-failed=nan", scores, "ark:x").status()).isOne();
  }

  @Test
  void bestWer_filesWithoutARate_areSkipped() throws IOException {
    Path dec = Files.createDirectory(folder.resolve("dec"));
    Files.writeString(dec.resolve("wer_7_0.0"), "%WER -nan [ 0 / 0, 0 ins, 0 del, 0 sub ]\n");
    Files.createFile(dec.resolve("wer_8_0.0"));
    CommandResult none = CommandResult.of("best-wer", dec.toString());
    assertThat(none.status()).isOne();
    assertThat(none.lastLine()).contains("nor files wer_LMWT_WIP with a number");
    Files.writeString(dec.resolve("wer_9_0.0"), "%WER 5.00 [ 1 / 20, 1 ins, 0 del, 0 sub ]\n");
    CommandResult best = CommandResult.of("best-wer", dec.toString());
    assertThat(best.status()).isZero();
    assertThat(best.messages())
        .contains("wer_7_0.0 is skipped: it has no line %WER", "wer_8_0.0 is skipped");
    assertThat(best.output()).startsWith("%WER 5.00 ").endsWith("wer_9_0.0\n");
  }

  @Test
  void score_unknownHost_isOneSentence() throws IOException {
    CommandResult result =
        CommandResult.of(
            "score",
            "--server=nosuch.invalid:50051",
            "--retries=0",
            table("f", "a " + GOOD),
            "ark:" + folder.resolve("o"));
    assertThat(result.status()).isOne();
    assertThat(result.messages().strip().split("\n")).hasSize(2);
    assertThat(result.lastLine()).startsWith("ERROR").contains("nosuch.invalid");
  }

  @Test
  void help_ofEveryCommand_isWithoutWarning() {
    for (org.stjem.frontend.cli.Command command : Main.COMMANDS) {
      CommandResult result = CommandResult.of(command.name(), "--help");
      assertThat(result.status()).as(command.name()).isZero();
      assertThat(result.messages()).as(command.name()).isEmpty();
    }
  }
}
