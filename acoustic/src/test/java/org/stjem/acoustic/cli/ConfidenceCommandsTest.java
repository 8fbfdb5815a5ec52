package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from a ctm to measured probabilities, and what is said of inputs that are wrong. */
class ConfidenceCommandsTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/golden/confidence");
  private static final String TEXT = GOLDEN.resolve("text").toString();
  private static final String WORDS = GOLDEN.resolve("words.txt").toString();
  private static final String CTM = GOLDEN.resolve("hyp.ctm").toString();

  @TempDir Path folder;

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static void assertFault(CommandResult result, String sentence) {
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains(sentence).doesNotContain("\tat ");
  }

  @Test
  void trainApplyEval_aModelIsBetterThanWhatItWasMadeOf() throws IOException {
    CommandResult train =
        CommandResult.of("confidence-train", "--l2=0.5", WORDS, TEXT, path("model.json"));
    assertThat(train.status()).isZero();
    assertThat(train.output())
        .startsWith("fitted to 120 words, 94 right")
        .containsPattern("one +1\\.8088\n  two +0\\.2157\n  three +-0\\.6000\n");
    assertThat(
            CommandResult.of("confidence-apply", path("model.json"), WORDS, path("new.ctm"))
                .status())
        .isZero();
    List<String> before = Files.readAllLines(Path.of(CTM));
    List<String> after = Files.readAllLines(folder.resolve("new.ctm"));
    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < after.size(); i++) {
      assertThat(after.get(i)).startsWith(before.get(i).substring(0, before.get(i).length() - 8));
    }
    CommandResult eval =
        CommandResult.of(
            "confidence-eval",
            "--names=lattice,model",
            "--json=" + path("measures.json"),
            "--html=" + path("page.html"),
            "--reliability=" + path("reliability.svg"),
            "--risk-coverage=" + path("risk.svg"),
            "--title=Both of them",
            "--utt2spk=" + speakers(),
            TEXT,
            CTM,
            path("new.ctm"));
    assertThat(eval.status()).isZero();
    assertThat(eval.output())
        .containsPattern("lattice +120 +78\\.33 +3\\.23 +-0\\.012 +10\\.05 +")
        .containsPattern("model +120 +78\\.33 +3\\.23 +0\\.40")
        .containsPattern("per word against lattice\n")
        .containsPattern("model +\\+0\\.\\d{4} +[+-]0\\.\\d{4} – \\+0\\.\\d{4} +0\\.\\d{4}\n");
    assertThat(folder.resolve("measures.json"))
        .content()
        .contains("\"lattice\": {\n    \"words\": 120,\n    \"right\": 94");
    assertThat(folder.resolve("page.html"))
        .content()
        .contains("<h1>Both of them</h1>", "<svg", "Risk and coverage", "lattice: ECE 10.0 %");
    assertThat(folder.resolve("reliability.svg")).content().startsWith("<svg");
    assertThat(folder.resolve("risk.svg")).content().contains("wrong among them");
  }

  /** Two speakers take turns. */
  private String speakers() throws IOException {
    StringBuilder lines = new StringBuilder();
    int number = 0;
    for (String line : Files.readAllLines(Path.of(TEXT))) {
      lines.append(line.split(" ")[0]).append(" s").append(number++ % 2).append('\n');
    }
    return file("utt2spk", lines.toString());
  }

  @Test
  void train_featuresAreChosen() throws IOException {
    CommandResult.of("confidence-train", "--features=two,one", WORDS, TEXT, path("chosen.json"));
    assertThat(folder.resolve("chosen.json"))
        .content()
        .containsPattern("\"features\": \\[\n +\"two\",\n +\"one\"\n");
    CommandResult.of("confidence-train", "--leave-out=two,one", WORDS, TEXT, path("left.json"));
    assertThat(folder.resolve("left.json")).content().containsPattern("\\[\n +\"three\"\n");
    assertFault(
        CommandResult.of("confidence-train", "--features=four", WORDS, TEXT, path("x")),
        "words.txt has no feature four; there are [one, two, three]");
    assertFault(
        CommandResult.of("confidence-train", "--leave-out=four", WORDS, TEXT, path("x")),
        "--leave-out names four; " + WORDS + " has [one, two, three]");
    assertFault(
        CommandResult.of("confidence-train", "--leave-out=one,two,three", WORDS, TEXT, path("x")),
        "--leave-out leaves no feature");
    assertFault(
        CommandResult.of("confidence-train", "--l2=0", WORDS, TEXT, path("x")),
        "--l2 must be above 0, not 0.0");
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void train_oneKindOfWords_isRefused() throws IOException {
    String words =
        file(
            "w",
            "# KEY CHANNEL BEGIN DURATION WORD CONFIDENCE x\nu 1 0 1 A 0.5 1\nu 1 1 1 B 1 2\n");
    assertFault(
        CommandResult.of("confidence-train", words, file("t", "u A B\n"), path("x")),
        "of 2 words 2 are right; a fit needs both kinds");
    assertFault(
        CommandResult.of("confidence-train", words, file("t", "other A B\n"), path("x")),
        "no utterance with words has a reference in " + path("t"));
  }

  @Test
  void wordFeatures_ofAllTables() throws IOException {
    String ctm = file("ctm", "a 1 0.00 0.02 X 0.9\na 1 0.02 0.01 Y 0.5\nb 1 0.00 0.01 X 1\n");
    String logits = file("logits", "a [\n 0 0\n 1 0\n 0 3 ]\nb [\n 2 0 ]\n");
    String shares = file("shares", "a [\n 1 0\n 1 0\n 0.5 0.5 ]\nb [\n 0 1 ]\n");
    String ranks = file("ranks", "t [ 0 1 2 3 ]\n");
    String lexicon = file("lexicon", "X X x ks\nY Y y\n");
    CommandResult result =
        CommandResult.of(
            "word-features",
            "--logits=ark:" + logits,
            "--responsibilities=ark:" + shares,
            "--train-log-density=ark:" + ranks,
            "--align-lexicon=" + lexicon,
            ctm,
            path("words"));
    assertThat(result.status()).as(result.messages()).isZero();
    List<String> lines = Files.readAllLines(folder.resolve("words"));
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0))
        .isEqualTo(
            "# KEY CHANNEL BEGIN DURATION WORD CONFIDENCE posterior previous-posterior"
                + " next-posterior duration frame-posterior frame-entropy domain-posterior"
                + " log-density density-rank utterance-density-rank");
    assertThat(lines.get(2)).startsWith("a 1 0.020 0.010 Y 0.500000 0.00000 2.19722 11.5129");
    assertThat(
            CommandResult.of(
                    "confidence-train", path("words"), file("t", "a X Z\nb X\n"), path("m"))
                .status())
        .isZero();
  }

  @Test
  void wordFeatures_utterancesThatDoNotFit_areNamedAndLeftOut() throws IOException {
    String ctm = file("ctm", "a 1 0 0.01 X 0.9\nb 1 0.30 0.01 X 1\nc 1 0 0.01 X 1\n");
    String logits = file("logits", "a [\n 0 0 ]\nb [\n 2 0 ]\n");
    CommandResult result =
        CommandResult.of("word-features", "--logits=ark:" + logits, ctm, path("words"));
    assertThat(result.status()).isZero();
    assertThat(result.messages())
        .contains("leaving out utterance b: word X begins at 0.3 s, but there are 1 frames")
        .contains("leaving out utterance c: ")
        .contains("Done 1 utterances, failed for 2");
    assertThat(folder.resolve("words")).content().contains("\na 1 ").doesNotContain("\nb 1 ");
    assertFault(
        CommandResult.of(
            "word-features", "--logits=ark:" + file("e", "z [\n 1 ]\n"), ctm, path("n")),
        "no utterance has features, failed for 3");
    assertThat(folder.resolve("n")).doesNotExist();
    assertFault(
        CommandResult.of("word-features", "--train-log-density=ark:x", ctm, path("n")),
        "--train-log-density needs --logits or --log-density");
    assertFault(
        CommandResult.of("word-features", "--frame-shift=0", ctm, path("n")),
        "--frame-shift must be above 0, not 0.0");
  }

  @Test
  void ctm_faultsAreNamedWithLineKeyAndValue() throws IOException {
    for (String[] fault :
        new String[][] {
          {"a 1 0 1 X\n", " line 1 has 5 fields, a word with its confidence has 6"},
          {
            ";; comment\na 1 0 1 X 1.5\n", " line 2, key a: the confidence is 1.5, must be from 0.0"
          },
          {"a 1 -1 1 X 1\n", " line 1, key a: the begin is -1, must be 0.0 or more"},
          {"a 1 0 long X 1\n", " line 1, key a: the duration is 'long', which is no number"},
          {"a 1 0 1 X NaN\n", " line 1, key a: the confidence is NaN, must be from 0.0 to 1.0"},
          {"", " holds no words"}
        }) {
      String ctm = file("ctm", fault[0]);
      assertFault(CommandResult.of("confidence-eval", TEXT, ctm), ctm + fault[1]);
    }
    assertFault(
        CommandResult.of("confidence-eval", "--names=a", TEXT, CTM, CTM),
        "--names has 1 names for 2 systems");
    assertFault(
        CommandResult.of("confidence-eval", TEXT, CTM, CTM), "two systems are named " + CTM);
    assertFault(
        CommandResult.of("confidence-eval", "--num-bins=0", TEXT, CTM),
        "--num-bins is 0, must be at least 1");
  }

  @Test
  void features_faultsAreNamed() throws IOException {
    String header = "# KEY CHANNEL BEGIN DURATION WORD CONFIDENCE x\n";
    for (String[] fault :
        new String[][] {
          {"u 1 0 1 A 0.5 1\n", " is no table of word features: its first line must begin # KEY"},
          {header + "u 1 0 1 A 0.5\n", " line 2 has 6 fields, the first line 7"},
          {header + "u 1 0 1 A 0.5 inf\n", " line 2, key u: x is 'inf', which is no number"},
          {header + "u 1 0 1 A 0.5 NaN\n", " line 2, key u: x is NaN, must be finite"},
          {header, " holds no words"}
        }) {
      String words = file("words", fault[0]);
      assertFault(CommandResult.of("confidence-train", words, TEXT, path("m")), words + fault[1]);
    }
  }

  @Test
  void model_faultsAreNamed() throws IOException {
    for (String[] fault :
        new String[][] {
          {"{", " is no confidence model: "},
          {"{}", ": format version 0, this program reads version 1"},
          {"{\"formatVersion\": 1}", " needs as many features, means, deviations and weights"},
          {
            "{\"formatVersion\": 1, \"features\": [\"x\"], \"means\": [0], \"deviations\": [0],"
                + " \"weights\": [1]}",
            ": feature x has mean 0.0, deviation 0.0, weight 1.0; they must be finite"
          },
          {
            "{\"formatVersion\": 1, \"features\": [\"x\"], \"means\": [0], \"deviations\": [1],"
                + " \"weights\": [1]}",
            "words.txt has no feature x; there are [one, two, three]"
          }
        }) {
      String model = file("model.json", fault[0]);
      CommandResult result = CommandResult.of("confidence-apply", model, WORDS, path("out.ctm"));
      assertFault(result, fault[1]);
      assertThat(folder.resolve("out.ctm")).doesNotExist();
    }
  }
}
