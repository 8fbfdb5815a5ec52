package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.acoustic.forced.NoisyScores;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Alignments of the bundled corpus beside those of Kaldi's compile-train-graphs and
 * align-compiled-mapped, for the same scores.
 */
class AlignCommandTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path GOLDEN = ROOT.resolve("acoustic/src/test/resources/golden/align-mini");
  private static final Path MINI = ROOT.resolve("scripts/mini");
  private static final Path TRI = MINI.resolve("exp/tri1");
  private static final String TEXT = MINI.resolve("data/train/text").toString();
  private static final int UTTERANCES = 20;

  @TempDir Path folder;
  private Path lang;

  @BeforeEach
  void prepareLang() {
    lang = folder.resolve("lang");
    CommandResult result =
        CommandResult.of(
            "frontend",
            org.stjem.frontend.cli.Main.COMMANDS,
            "prepare-lang",
            MINI.resolve("lm/lexicon.txt").toString(),
            lang.toString());
    assertThat(result.status()).as(result.messages()).isZero();
  }

  private String scores(TransitionModel model) {
    TransitionModel aligned = TransitionModel.read(TRI.resolve("final.mdl").toString());
    String alignments = "ark:gunzip -c " + MINI.resolve("ali/train.ali.gz") + "|";
    String scores = "ark:" + folder.resolve("scores.ark");
    NoisyScores.write(model, aligned, alignments, UTTERANCES, scores);
    return scores;
  }

  private CommandResult align(Path system, String scores, String text, String... options) {
    List<String> arguments = new ArrayList<>(List.of("align"));
    arguments.addAll(List.of(options));
    arguments.add(system.resolve("tree").toString());
    arguments.add(system.resolve("final.mdl").toString());
    arguments.add(lang.toString());
    arguments.add(scores);
    arguments.add(text);
    arguments.add("ark,t:" + folder.resolve("ali"));
    arguments.add("ark,t:" + folder.resolve("costs"));
    return CommandResult.of(arguments.toArray(new String[0]));
  }

  private void assertEqualsKaldi(CommandResult result, String name) throws IOException {
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages()).contains("Done " + UTTERANCES + " utterances, failed for 0");
    String kaldi;
    try (GZIPInputStream in =
        new GZIPInputStream(Files.newInputStream(GOLDEN.resolve(name + ".ali.gz")))) {
      kaldi = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(folder.resolve("ali")).content().isEqualTo(kaldi);
    List<String> costs = Files.readAllLines(folder.resolve("costs"));
    List<String> kaldis = Files.readAllLines(GOLDEN.resolve(name + ".scores"));
    List<String> words = Files.readAllLines(Path.of(TEXT));
    assertThat(costs).hasSize(UTTERANCES).hasSameSizeAs(kaldis);
    for (int i = 0; i < UTTERANCES; i++) {
      String[] ours = costs.get(i).split(" +");
      String[] theirs = kaldis.get(i).split(" +");
      assertThat(ours[0]).isEqualTo(theirs[0]);
      // Kaldi rounds the costs in its graph, here of silence or none around each word, to 1/1024
      // when it minimises, and adds up floats.
      double score = Double.parseDouble(theirs[1]);
      double rounding = words.get(i).split(" ").length * 0.5 / 1024 + 1e-6 * score;
      assertThat(Double.parseDouble(ours[1])).isCloseTo(score, within(rounding));
    }
  }

  @Test
  void monophones_madeOfALexiconAlone_areAlignedAsByKaldi() throws IOException {
    CommandResult made =
        CommandResult.of(
            "init-mono",
            "--shared-phones=" + lang.resolve("phones/sets.int"),
            lang.resolve("topo").toString(),
            folder.resolve("final.mdl").toString(),
            folder.resolve("tree").toString());
    assertThat(made.status()).isZero();
    TransitionModel model = TransitionModel.read(folder.resolve("final.mdl").toString());
    assertEqualsKaldi(align(folder, scores(model), TEXT), "mono");
  }

  @ParameterizedTest
  @CsvSource({
    "tri, --beam=200",
    "tri, --nj=3",
    "tri-scaled, --acoustic-scale=0.1 --self-loop-scale=0.1 --beam=10 --retry-beam=40",
    "tri-plain, --reorder=false"
  })
  void triphones_areAlignedAsByKaldi(String name, String options) throws IOException {
    String scores = scores(TransitionModel.read(TRI.resolve("final.mdl").toString()));
    assertEqualsKaldi(align(TRI, scores, TEXT, options.split(" ")), name);
  }

  @Test
  void utterancesThatCannotBeAligned_areLeftOutWithTheReason() throws IOException {
    String scores = "ark:" + folder.resolve("few.ark");
    try (TableWriter<FloatMatrix> out = Tables.writeFloatMatrices(scores)) {
      int pdfs = TransitionModel.read(TRI.resolve("final.mdl").toString()).numPdfs();
      out.write("good", new FloatMatrix(60, pdfs));
      out.write("narrow", new FloatMatrix(60, 7));
      out.write("short", new FloatMatrix(8, pdfs));
      out.write("silent", new FloatMatrix(60, pdfs));
      out.write("speechless", new FloatMatrix(60, pdfs));
      out.write("unknown", new FloatMatrix(60, pdfs));
      out.write("unspeakable", new FloatMatrix(60, pdfs));
      out.commit();
    }
    Path text =
        Files.writeString(
            folder.resolve("text"),
            "good CALL\nnarrow CALL\nshort CALL\nsilent\nunknown CALL XYZ\nunspeakable CALL #0\n");
    CommandResult result = align(TRI, scores, text.toString());
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains(
            "utterance narrow is skipped: its log-likelihoods have 7 columns, but the model has",
            "utterance short is skipped: its 8 frames are too few for its transcript, which takes 9",
            "utterance speechless is skipped: it has no transcript",
            "utterance unspeakable is skipped: the lexicon has no pronunciation of #0",
            "1 word is not in " + lang.resolve("words.txt") + ": the unknown word stands for them",
            "Done 3 utterances, failed for 4");
    assertThat(Files.readAllLines(folder.resolve("ali")))
        .extracting(line -> line.split(" ")[0])
        .containsExactly("good", "silent", "unknown");
    Files.delete(lang.resolve("oov.txt"));
    assertThat(align(TRI, scores, text.toString()).messages())
        .contains(
            "utterance unknown is skipped: words.txt has no word XYZ, and there is no oov.txt");
  }

  @Test
  void filesThatDoNotFit_areRefused() throws IOException {
    String scores = scores(TransitionModel.read(TRI.resolve("final.mdl").toString()));
    assertThat(align(TRI, scores, TEXT, "--beam=0").lastLine())
        .contains("--beam=0.0 must be above 0");
    assertThat(align(TRI, scores, TEXT, "--acoustic-scale=-1").lastLine())
        .contains("--acoustic-scale must be above 0, not -1.0");
    Files.copy(
        lang.resolve("L_disambig.fst"), lang.resolve("L.fst"), StandardCopyOption.REPLACE_EXISTING);
    CommandResult result = align(TRI, scores, TEXT);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine())
        .contains("if it is a disambiguation symbol, take L.fst")
        .contains("no utterance could be used, 20 failed");
    assertThat(folder.resolve("ali")).doesNotExist();
    Files.copy(
        ROOT.resolve("frontend/src/test/resources/golden/lang/mono/tree"), folder.resolve("tree"));
    Files.copy(TRI.resolve("final.mdl"), folder.resolve("final.mdl"));
    assertThat(align(folder, scores, TEXT).lastLine())
        .contains("the tree has 159 pdfs, but the model has 152; they do not belong together");
  }
}
