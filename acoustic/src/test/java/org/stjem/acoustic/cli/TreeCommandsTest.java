package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.tying.ContextFeatures;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Trees, alignments and transition probabilities beside what Kaldi's acc-tree-stats,
 * cluster-phones, compile-questions, build-tree, gmm-init-model, convert-ali and gmm-est made of
 * the same features and alignments.
 */
class TreeCommandsTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path MINI = ROOT.resolve("scripts/mini");
  private static final Path GOLDEN = ROOT.resolve("acoustic/src/test/resources/golden/tree");
  private static final String TRI1 = MINI.resolve("exp/tri1/final.mdl").toString();
  private static final int UTTERANCES = 40;

  @TempDir Path folder;
  private Path lang;
  private String features;
  private String alignments;

  @BeforeEach
  void prepare() throws IOException {
    lang = folder.resolve("lang");
    CommandResult made =
        CommandResult.of(
            "frontend",
            org.stjem.frontend.cli.Main.COMMANDS,
            "prepare-lang",
            MINI.resolve("lm/lexicon.txt").toString(),
            lang.toString());
    assertThat(made.status()).as(made.messages()).isZero();
    Path text = folder.resolve("ali");
    try (InputStream in = gunzip(MINI.resolve("ali/train.ali.gz"))) {
      List<String> lines = new String(in.readAllBytes()).lines().limit(UTTERANCES).toList();
      Files.write(text, lines);
    }
    alignments = "ark:" + text;
    features = "ark:" + folder.resolve("feats");
    ContextFeatures.write(TransitionModel.read(TRI1), alignments, UTTERANCES, features);
  }

  private static InputStream gunzip(Path file) throws IOException {
    return new GZIPInputStream(Files.newInputStream(file));
  }

  private static void assertBytes(Path made, Path golden) throws IOException {
    try (InputStream in = gunzip(golden)) {
      assertThat(made).hasBinaryContent(in.readAllBytes());
    }
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private CommandResult build(String... options) {
    List<String> arguments = new ArrayList<>(List.of("build-tree", "--cepstra=false"));
    arguments.addAll(List.of(options));
    arguments.addAll(
        List.of(lang.toString(), TRI1, features, alignments, file("tree"), file("0.mdl")));
    return CommandResult.of(arguments.toArray(new String[0]));
  }

  @Test
  void treeAndModel_haveKaldisBytes_andSoHaveAlignmentsThatAreConverted() throws IOException {
    CommandResult built =
        build(
            "--max-leaves=130",
            "--thresh=20",
            "--write-stats=" + file("treeacc"),
            "--write-questions=" + file("questions"));
    assertThat(built.status()).as(built.messages()).isZero();
    assertThat(built.messages())
        .contains("Done 40 utterances, failed for 0", "100 questions made 130 leaves of 30")
        .contains("112 leaves after rounding", "112 pdfs");
    assertBytes(folder.resolve("treeacc"), GOLDEN.resolve("treeacc.gz"));
    assertThat(folder.resolve("questions"))
        .hasSameTextualContentAs(GOLDEN.resolve("questions.int"));
    assertThat(folder.resolve("tree")).hasSameBinaryContentAs(GOLDEN.resolve("tree"));
    assertBytes(folder.resolve("0.mdl"), GOLDEN.resolve("0.mdl.gz"));

    CommandResult converted =
        CommandResult.of(
            "convert-ali", TRI1, file("0.mdl"), file("tree"), alignments, "ark:" + file("new"));
    assertThat(converted.status()).as(converted.messages()).isZero();
    assertBytes(folder.resolve("new"), GOLDEN.resolve("ali.gz"));

    CommandResult trained =
        CommandResult.of(
            "train-transitions", file("0.mdl"), "ark:" + file("new"), file("final.mdl"));
    assertThat(trained.messages())
        .contains("734 states with a choice of transitions, 544 of them too rare")
        .contains("28 probabilities at the floor");
    Path kaldi = folder.resolve("kaldi.mdl");
    try (InputStream in = gunzip(GOLDEN.resolve("final.mdl.gz"))) {
      Files.copy(in, kaldi);
    }
    TransitionModel ours = TransitionModel.read(file("final.mdl"));
    TransitionModel theirs = TransitionModel.read(kaldi.toString());
    assertThat(ours.numTransitionIds()).isEqualTo(theirs.numTransitionIds());
    for (int id = 1; id <= ours.numTransitionIds(); id++) {
      // The C library's logarithm of floats may differ in the last bit.
      float expected = theirs.logProb(id);
      assertThat(ours.logProb(id)).isCloseTo(expected, within(Math.ulp(expected)));
    }
  }

  @Test
  void roots_thatAreNotSharedOrNotSplit_andOtherContexts_giveKaldisTree() throws IOException {
    Path roots = lang.resolve("phones/roots.int");
    List<String> lines = new ArrayList<>(Files.readAllLines(roots));
    lines.replaceAll(line -> line.replace("shared split", "not-shared split"));
    lines.set(0, lines.get(0).replace("not-shared split", "shared not-split"));
    Files.write(roots, lines);
    CommandResult built =
        build(
            "--context-width=2",
            "--central-position=1",
            "--pdf-class-list=0:2",
            "--max-leaves=0",
            "--thresh=30",
            "--cluster-thresh=60",
            "--round-num-leaves=false");
    assertThat(built.status()).as(built.messages()).isZero();
    assertThat(folder.resolve("tree")).hasSameBinaryContentAs(GOLDEN.resolve("tree-left"));
    assertThat(ContextDependency.read(file("tree")).width()).isEqualTo(2);
  }

  @Test
  void faults_areNamed() throws IOException {
    assertThat(build("--central-position=3").lastLine())
        .contains("--central-position=3 must be from 0 to below --context-width=3");
    assertThat(build("--max-leaves=0", "--thresh=0").lastLine()).contains("--thresh must be");
    assertThat(build("--pdf-class-list=7").lastLine()).contains("--pdf-class-list");
    Path roots = lang.resolve("phones/roots.int");
    String whole = Files.readString(roots);
    Files.writeString(roots, whole.replaceFirst("shared", "share"));
    assertThat(build().lastLine())
        .endsWith(
            roots + " line 1 must be 'shared' or 'not-shared', 'split' or 'not-split', and phones");
    Files.writeString(roots, whole.replaceFirst("[0-9]+\n", "x\n"));
    assertThat(build().lastLine()).endsWith(roots + " line 1 has 'x' in place of an integer");
    Files.writeString(roots, whole.replaceFirst("\nshared split 11", " 11"));
    assertThat(build().lastLine()).contains("whose context counts beside those whose does not");
    Files.writeString(roots, whole.substring(whole.indexOf('\n') + 1));
    assertThat(build().lastLine()).contains("phone 1 of the topology is in no set of phones");
    Files.writeString(roots, whole);
    assertThat(folder.resolve("tree")).doesNotExist();

    // One of each kind of bad alignment; the others are used.
    Path ali = folder.resolve("ali");
    List<String> lines = new ArrayList<>(Files.readAllLines(ali));
    lines.set(0, lines.get(0) + " 1");
    lines.set(1, lines.get(1).replaceFirst("[0-9]+ ?$", "99999"));
    lines.set(2, lines.get(2).replaceFirst(" [0-9]+ [0-9]+ ", " 862 862 "));
    lines.remove(3);
    Files.write(ali, lines);
    CommandResult some = build("--max-leaves=60");
    assertThat(some.status()).as(some.messages()).isZero();
    assertThat(some.messages())
        .contains("frames of features, but")
        .contains("there is no transition-id 99999")
        .contains("the alignment has no whole phone in frames 0 to ")
        .contains("it has no alignment")
        .contains("Done 36 utterances, failed for 4");

    CommandResult converted =
        CommandResult.of(
            "convert-ali", TRI1, file("0.mdl"), file("tree"), alignments, "ark:" + file("new"));
    assertThat(converted.messages()).contains("there is no transition-id 99999", "failed for 3");
    Path mono = ROOT.resolve("frontend/src/test/resources/golden/lang/mono");
    CommandResult other =
        CommandResult.of(
            "convert-ali",
            TRI1,
            mono.resolve("final.mdl").toString(),
            mono.resolve("tree").toString(),
            alignments,
            "ark:" + file("other"));
    assertThat(other.lastLine()).endsWith("the models have different topologies");
    assertThat(folder.resolve("other")).doesNotExist();
    CommandResult floor =
        CommandResult.of(
            "train-transitions", "--transition-floor=1", TRI1, alignments, file("final.mdl"));
    assertThat(floor.lastLine()).contains("--transition-floor must be between 0 and 1, not 1.0");
    assertThat(folder.resolve("final.mdl")).doesNotExist();
  }
}
