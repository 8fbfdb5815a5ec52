package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.decode.Fst;
import org.stjem.acoustic.fst.FstSubject;
import org.stjem.acoustic.fst.FstText;
import org.stjem.acoustic.graph.GraphLang;

/** Graphs of the bundled corpus and of a small lexicon beside those of Kaldi's mkgraph.sh. */
class MakeGraphCommandTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path MINI = ROOT.resolve("scripts/mini");
  private static final Path TRI = MINI.resolve("exp/tri1");
  private static final Path TINY = ROOT.resolve("acoustic/src/test/resources/golden/graph-tiny");
  private static final Path LM = MINI.resolve("lm/lm.arpa.gz");
  private static final Path DECODED =
      ROOT.resolve("acoustic/src/test/resources/golden/decode-mini");

  @TempDir Path folder;
  private Path lang;
  private Path graph;

  @BeforeEach
  void prepareLang() {
    graph = folder.resolve("graph");
    lang = folder.resolve("lang");
    prepareLang(MINI.resolve("lm/lexicon.txt"), lang);
  }

  private static void prepareLang(Path lexicon, Path lang, String... options) {
    List<String> arguments = new ArrayList<>(List.of("prepare-lang"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of(lexicon.toString(), lang.toString()));
    CommandResult result =
        CommandResult.of(
            "frontend", org.stjem.frontend.cli.Main.COMMANDS, arguments.toArray(new String[0]));
    assertThat(result.status()).as(result.messages()).isZero();
  }

  private CommandResult makeGraph(Path grammar, Path system, String... options) {
    List<String> arguments = new ArrayList<>(List.of("make-graph"));
    arguments.addAll(List.of(options));
    arguments.add(lang.toString());
    arguments.add(grammar.toString());
    arguments.add(system.resolve("final.mdl").toString());
    arguments.add(system.resolve("tree").toString());
    arguments.add(graph.toString());
    return CommandResult.of(arguments.toArray(new String[0]));
  }

  private void assertRefused(CommandResult result, String message) {
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine()).contains(message);
    assertThat(folder).isDirectoryNotContaining(path -> path.toString().contains("graph"));
  }

  private String decode(String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("decode", "--acoustic-scale=0.1"));
    arguments.addAll(List.of(options));
    arguments.add(TRI.resolve("final.mdl").toString());
    arguments.add(graph.resolve("HCLG.fst").toString());
    arguments.add(graph.resolve("words.txt").toString());
    arguments.add("ark:" + DECODED.resolve("loglikes.ark"));
    arguments.add("ark,t:" + folder.resolve("words"));
    CommandResult result = CommandResult.of(arguments.toArray(new String[0]));
    assertThat(result.status()).as(result.messages()).isZero();
    return Files.readString(folder.resolve("words"));
  }

  @Test
  void triphones_getTheGraphOfKaldi() throws IOException {
    CommandResult result = makeGraph(LM, TRI);
    assertThat(result.status()).as(result.messages()).isZero();
    FstSubject.assertIsomorphic(
        GraphLang.fst(graph.resolve("HCLG.fst")),
        GraphLang.fst(TRI.resolve("graph/HCLG.fst")),
        2f / 1024);
    for (String name : List.of("words.txt", "phones.txt", "num_pdfs")) {
      assertThat(graph.resolve(name)).hasSameBinaryContentAs(TRI.resolve("graph/" + name));
    }
    // Behind the 1690 transition-ids: that of beginnings and #0 to #3.
    assertThat(graph.resolve("disambig_tid.int")).hasContent("1691\n1692\n1693\n1694\n1695\n");
    assertThat(graph.resolve("phones"))
        .isDirectoryContaining("glob:**/align_lexicon.int")
        .isDirectoryContaining("glob:**/word_boundary.int")
        .isDirectoryContaining("glob:**/silence.csl");
    assertThat(decode()).isEqualTo(Files.readString(DECODED.resolve("words-acwt0.1.txt")));
  }

  @Test
  void readyGrammar_givesTheSameGraph() throws IOException {
    makeGraph(LM, TRI);
    byte[] ofArpa = Files.readAllBytes(graph.resolve("HCLG.fst"));
    graph = folder.resolve("second");
    CommandResult result = makeGraph(MINI.resolve("lang/G.fst"), TRI);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(GraphLang.fst(graph.resolve("HCLG.fst")).numArcs()).isPositive();
    assertThat(Files.size(graph.resolve("HCLG.fst"))).isEqualTo(ofArpa.length);
  }

  @Test
  void monophones_withScalesAndUnknownWords_getTheGraphOfKaldi() throws IOException {
    lang = folder.resolve("tiny");
    prepareLang(TINY.resolve("lexicon.txt"), lang, "--position-dependent-phones=false");
    CommandResult made =
        CommandResult.of(
            "init-mono",
            "--shared-phones=" + lang.resolve("phones/sets.int"),
            lang.resolve("topo").toString(),
            folder.resolve("final.mdl").toString(),
            folder.resolve("tree").toString());
    assertThat(made.status()).isZero();
    CommandResult result =
        makeGraph(
            TINY.resolve("lm.arpa"), folder, "--transition-scale=0.7", "--self-loop-scale=0.3");
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains(
            "lm.arpa: 2 n-grams are left out, since 1 word is not in "
                + lang.resolve("words.txt")
                + ": DAB")
        .contains("lm.arpa: 1 n-gram is left out, since no n-gram has the words before the last");
    FstSubject.assertIsomorphic(
        GraphLang.fst(graph.resolve("HCLG.fst")),
        FstText.read(TINY.resolve("HCLG.txt")),
        2f / 1024);
    assertThat(graph.resolve("disambig_tid.int"))
        .hasSameTextualContentAs(TINY.resolve("disambig_tid.int"));
  }

  @Test
  void sentences_areTheOnlyOnesThatAreFound() throws IOException {
    Path sentences = folder.resolve("commands.txt");
    Files.writeString(sentences, "DIAL TWO NINE NINE\nTURN OFF THE LIGHT\nCALL THREE TWO ZERO\n");
    CommandResult result = makeGraph(sentences, TRI);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(decode().lines().map(line -> line.substring(line.indexOf(' ')).strip()))
        .isSubsetOf("DIAL TWO NINE NINE", "TURN OFF THE LIGHT", "CALL THREE TWO ZERO");
    assertThat(decode()).contains("t01-001 DIAL TWO NINE NINE", "t01-003 TURN OFF THE LIGHT");
  }

  @Test
  void words_areFoundInAnyOrder() throws IOException {
    Path digits = folder.resolve("digits");
    Files.writeString(digits, "TWO\nNINE\nDIAL\nELEVENTY\n");
    CommandResult result = makeGraph(digits, TRI, "--grammar=words");
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains("digits: 1 word is left out, since 1 word is not in ")
        .contains("words.txt: ELEVENTY");
    assertThat(decode().lines().flatMap(line -> List.of(line.split(" ")).stream().skip(1)))
        .containsOnly("TWO", "NINE", "DIAL");
  }

  @Test
  void unknownWord_isFoundUnlessItIsRemoved() throws IOException {
    Path words = folder.resolve("unknown");
    Files.writeString(words, "<UNK>\nTWO\n");
    assertThat(makeGraph(words, TRI, "--grammar=words").status()).isZero();
    int unknown = 2;
    assertThat(outputs()).contains(unknown);
    graph = folder.resolve("second");
    assertThat(makeGraph(words, TRI, "--grammar=words", "--remove-oov").status()).isZero();
    assertThat(outputs()).doesNotContain(unknown).hasSize(1);
  }

  private List<Integer> outputs() {
    Fst fst = Fst.read(graph.resolve("HCLG.fst").toString());
    return Arrays.stream(fst.words()).boxed().toList();
  }

  @Test
  void treeOfAnotherModel_isNamed() throws IOException {
    CommandResult made =
        CommandResult.of(
            "init-mono",
            lang.resolve("topo").toString(),
            folder.resolve("final.mdl").toString(),
            folder.resolve("tree").toString());
    assertThat(made.status()).isZero();
    Files.copy(
        TRI.resolve("final.mdl"), folder.resolve("final.mdl"), StandardCopyOption.REPLACE_EXISTING);
    assertRefused(
        makeGraph(LM, folder), "pdfs, but the model has 152; they do not belong together");
  }

  @Test
  void phonesOfAnotherModel_areNamed() throws IOException {
    lang = folder.resolve("other");
    prepareLang(MINI.resolve("lm/lexicon.txt"), lang, "--position-dependent-phones=false");
    assertRefused(makeGraph(LM, TRI), "final.mdl has the phone ");
    Path lexicon = folder.resolve("lexicon.txt");
    Files.writeString(lexicon, Files.readString(MINI.resolve("lm/lexicon.txt")) + "ZOO ZZ Y\n");
    lang = folder.resolve("more");
    prepareLang(lexicon, lang);
    assertRefused(makeGraph(LM, TRI), "phones.txt has the phone ZZ_B with id 123, but " + TRI);
    Files.copy(TRI.resolve("final.mdl"), folder.resolve("final.mdl"));
    Files.copy(TRI.resolve("tree"), folder.resolve("tree"));
    String phones = Files.readString(TRI.resolve("graph/phones.txt"));
    Files.writeString(
        folder.resolve("phones.txt"), phones.replace("SPN_B ", "X ").replace("SIL_B ", "SPN_B "));
    lang = folder.resolve("lang");
    assertRefused(makeGraph(LM, folder), "phone 2 is SIL_B in ");
  }

  @Test
  void grammarOfOtherWords_isNamed() throws IOException {
    Path sentences = folder.resolve("x.txt");
    Files.writeString(sentences, "HELLO WORLD\n");
    assertRefused(
        makeGraph(sentences, TRI), "x.txt has no sentence that words.txt has all words of");
    Path arpa = folder.resolve("x.arpa");
    Files.writeString(
        arpa, "\\data\\\nngram 1=3\n\\1-grams:\n-99 <s>\n-99 </s>\n-0.1 HELLO\n\\end\\\n");
    CommandResult silence = makeGraph(arpa, TRI);
    assertThat(silence.status()).as(silence.messages()).isZero();
    assertThat(outputs()).isEmpty();
  }

  @Test
  void brokenGrammar_isNamedWithItsLine_andLeavesNoFolder() throws IOException {
    Path arpa = Files.writeString(folder.resolve("x.arpa"), "\\data\\\nngram 1=2\n");
    assertRefused(makeGraph(arpa, TRI), arpa + " line 2: the file ends without n-grams");
    Path fst = Files.writeString(folder.resolve("x.fst"), "no transducer");
    assertRefused(makeGraph(fst, TRI), "x.fst cannot be used (byte 4): not an OpenFst binary file");
    assertRefused(makeGraph(folder.resolve("none.arpa"), TRI), "there is no such file");
  }

  @Test
  void homophonesWithoutDisambiguation_areNamed() throws IOException {
    Path lexicon = folder.resolve("lexicon.txt");
    Files.writeString(lexicon, Files.readString(MINI.resolve("lm/lexicon.txt")) + "TOO T UW\n");
    lang = folder.resolve("homophones");
    prepareLang(lexicon, lang);
    Files.copy(
        lang.resolve("L.fst"), lang.resolve("L_disambig.fst"), StandardCopyOption.REPLACE_EXISTING);
    Path sentences = Files.writeString(folder.resolve("x.txt"), "DIAL TWO\nDIAL TOO\n");
    assertRefused(
        makeGraph(sentences, TRI),
        "lexicon and grammar cannot be made deterministic: the same phones are 'TOO' and 'TWO'");
  }

  @Test
  void occupiedFolder_andWrongScales_areRefused() throws IOException {
    Files.createDirectory(graph);
    Files.writeString(graph.resolve("mine"), "kept");
    CommandResult result = makeGraph(LM, TRI);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine()).contains("is not empty");
    assertThat(graph.resolve("mine")).hasContent("kept");
    result = makeGraph(LM, TRI, "--self-loop-scale=-1");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine()).contains("--self-loop-scale must be 0 or a positive number");
  }

  @Test
  void folderThatIsNoLanguageDirectory_isNamed() {
    lang = MINI.resolve("lang");
    assertRefused(makeGraph(LM, TRI), "is no language directory: it has no phones/silence.csl");
  }
}
