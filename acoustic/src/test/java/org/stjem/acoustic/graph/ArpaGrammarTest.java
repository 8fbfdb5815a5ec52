package org.stjem.acoustic.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.acoustic.fst.FstSubject;
import org.stjem.acoustic.fst.FstText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.MutableFst;
import org.stjem.frontend.kaldi.SymbolTable;

/** n-gram models beside what arpa2fst makes of them. */
class ArpaGrammarTest {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path GOLDEN = ROOT.resolve("acoustic/src/test/resources/golden/graph-tiny");
  private static final Path MINI = ROOT.resolve("scripts/mini");

  /** The words of the golden files, in the order of their words.txt. */
  private static final List<String> WORDS =
      List.of("<eps>", "!SIL", "<UNK>", "A", "AB", "ABBA", "B", "BEE", "CAB", "#0", "<s>", "</s>");

  private static final int BACKOFF = WORDS.indexOf("#0");

  @TempDir Path folder;

  private SymbolTable words() throws IOException {
    StringBuilder text = new StringBuilder();
    WORDS.forEach(word -> text.append(word + " " + WORDS.indexOf(word) + "\n"));
    Path file = Files.writeString(folder.resolve("words.txt"), text);
    return SymbolTable.read(file.toString());
  }

  private ArpaGrammar.Result read(String arpa) throws IOException {
    Path file = Files.writeString(folder.resolve("lm.arpa"), arpa);
    return ArpaGrammar.read(file, new GrammarWords(words()), BACKOFF);
  }

  private static String golden() throws IOException {
    return Files.readString(GOLDEN.resolve("lm.arpa"));
  }

  @Test
  void trigrams_withUnknownWordsAndHolesInHistories_becomeThoseOfKaldi() throws IOException {
    GrammarWords words = new GrammarWords(words());
    ArpaGrammar.Result result = ArpaGrammar.read(GOLDEN.resolve("lm.arpa"), words, BACKOFF);
    FstSubject.assertIsomorphic(result.fst(), FstText.read(GOLDEN.resolve("G.txt")), 1e-6f);
    assertThat(result.unknownNgrams()).isEqualTo(2);
    assertThat(result.warnings())
        .containsExactly("1 n-gram is left out, since no n-gram has the words before the last");
    assertThat(words.numUnknown()).isEqualTo(1);
    assertThat(words.unknownNames()).isEqualTo("DAB");
  }

  @Test
  void compressedBigrams_ofTheBundledCorpus_becomeThoseOfKaldi() {
    SymbolTable words = SymbolTable.read(MINI.resolve("lang/words.txt").toString());
    MutableFst kaldis = GraphLang.fst(MINI.resolve("lang/G.fst"));
    ArpaGrammar.Result result =
        ArpaGrammar.read(MINI.resolve("lm/lm.arpa.gz"), new GrammarWords(words), words.id("#0"));
    FstSubject.assertIsomorphic(result.fst(), kaldis, 1e-6f);
    assertThat(result.unknownNgrams()).isZero();
    assertThat(result.warnings()).isEmpty();
  }

  @Test
  void unigrams_areALoop() throws IOException {
    ArpaGrammar.Result result =
        read("\\data\\\nngram 1 = 3\n\n\\1-grams:\n-99 <s>\n-0.5 </s>\n-0.25\tA\n\\end\\\n");
    double ln10 = Math.log(10);
    FstSubject.assertIsomorphic(
        result.fst(), FstText.parse("0 0 3 3 " + 0.25 * ln10 + "\n0 " + 0.5 * ln10 + "\n"), 1e-6f);
  }

  @Test
  void linesAroundAndWindowsLineEnds_doNotMatter() throws IOException {
    ArpaGrammar.Result result = read("\n" + golden().replace("\n", "\r\n") + "and more\n");
    FstSubject.assertIsomorphic(result.fst(), FstText.read(GOLDEN.resolve("G.txt")), 1e-6f);
  }

  @Test
  void missingBackoffWeight_besideOthers_isZero() throws IOException {
    String without = golden().replace("-0.9	A BEE	0\n", "-0.9	A BEE\n");
    assertThat(without).isNotEqualTo(golden());
    FstSubject.assertIsomorphic(read(without).fst(), FstText.read(GOLDEN.resolve("G.txt")), 1e-6f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\\data\\ |data| line 40: the file ends without a line \\data\\, with which an ARPA model",
        "\\end\\ || line 40: the file ends without \\end\\",
        "ngram 1=9 |ngram 1=8| line 18: there are more than the 8 1-grams that \\data\\ counts",
        "ngram 2=11 |ngram -2=11| line 6: the order is '-2'; it must be from 1 to 100",
        "ngram 2=11 |ngram 4=11| line 6: the number of 4-grams stands where that of 2-grams should",
        "ngram 2=11 |ngram two| line 6: expected a line like 'ngram 1=1000' but found 'ngram two'",
        "ngram 3=5 |ngram 3=-5| line 7: the number of n-grams is '-5'; it must be from 0 to",
        "\\2-grams: |\\3-grams:| line 20: '\\3-grams:' is neither \\2-grams: nor a 1-gram",
        "-0.65 | -0.65x| line 31: the log-probability '-0.65x' is no finite number",
        "-0.05 |NaN| line 26: the back-off weight 'NaN' is no finite number",
        "-0.3	B A </s> |-0.3	B A </s> -0.1| line 36: '-0.3?B A </s> -0.1' is neither \\end\\ nor",
        "-1.2	BEE	-0.1 |-1.2	#0	-0.1| line 16: the word #0 stands for something else in graphs",
        "-1.2	BEE	-0.1 |-1.2	<eps>	-0.1| line 16: the word <eps> stands for something else",
      })
  void malformedModel_isNamedWithFileAndLine(String part, String other, String message)
      throws IOException {
    String replacement = other == null ? "" : other;
    assertThat(golden()).contains(part);
    assertThatThrownBy(() -> read(golden().replace(part, replacement)))
        .isInstanceOf(StjemException.class)
        .hasMessageStartingWith(folder.resolve("lm.arpa") + " " + message);
  }

  @ParameterizedTest
  @CsvSource({
    "'\\data\\\n\\1-grams:\n', line 2: behind \\data\\ there is no line like",
    "'\\data\\\nngram 1=1\n\\1-grams:\n-1 A\n\\end\\\n', has no <s> among its 1-grams",
    "'\\data\\\nngram 1=1\n\\1-grams:\n-1 <s>\n\\end\\\n', has no </s> among its 1-grams",
    "'', line 0: the file ends without a line \\data\\"
  })
  void modelWithoutWhatItNeeds_isRefused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(StjemException.class)
        .hasMessageStartingWith(folder.resolve("lm.arpa") + " " + message);
  }

  @Test
  void whatKaldiTakes_isTakenWithAWarning() throws IOException {
    assertWarns("ngram 2=11", "ngram 2=12", "there are 11 2-grams, but \\data\\ counts 12");
    assertWarns("ngram 1=9", "# a remark\nngram 1=9", "line 5 is not understood: '# a remark'");
    assertWarns(
        "-0.45	A B A",
        "-0.45	A B <s>",
        "1 n-gram is left out, since <s> is not the first or </s> not the last word");
    assertWarns(
        "-0.45	A B A",
        "-0.45	<s> A B",
        "1 n-gram is there more than once, so that their probabilities add up");
  }

  private void assertWarns(String part, String other, String warning) throws IOException {
    assertThat(golden()).contains(part);
    assertThat(read(golden().replace(part, other)).warnings()).contains(warning);
  }

  /** The bigram {@code <s> A} twice, and B, which is no 1-gram, behind it. */
  @Test
  void repeatedAndUnlistedWords_areAsInKaldi() throws IOException {
    ArpaGrammar.Result result =
        read(
            "\\data\\\nngram 1=3\nngram 2=3\n\\1-grams:\n-99 <s> -1\n-1 </s>\n-2 A\n\\2-grams:\n"
                + "-1 <s> A\n-2 <s> A\n-3 A B\n\\end\\\n");
    double ln10 = Math.log(10);
    String text =
        String.format(
            Locale.ROOT,
            "0 1 3 3 %f%n0 1 3 3 %f%n0 2 9 0 %f%n1 2 6 6 %f%n1 2 9 0 0%n2 1 3 3 %f%n2 %f%n",
            ln10,
            2 * ln10,
            ln10,
            3 * ln10,
            2 * ln10,
            ln10);
    FstSubject.assertIsomorphic(result.fst(), FstText.parse(text), 1e-5f);
    assertThat(result.warnings())
        .containsExactly("1 n-gram is there more than once, so that their probabilities add up");
  }

  @Test
  void improbableNgram_isAHistoryThatNothingLeadsTo() throws IOException {
    MutableFst possible = read(golden()).fst();
    MutableFst not = read(golden().replace("-0.35	B </s>", "-inf	B </s>")).fst();
    assertThat(not.numStates()).isEqualTo(possible.numStates());
    assertThat(finalStates(not)).isEqualTo(finalStates(possible) - 1);
  }

  private static long finalStates(MutableFst fst) {
    return IntStream.range(0, fst.numStates()).filter(fst::isFinal).count();
  }

  @Test
  void backoffWeightsThatAreAllMissing_areNamed() throws IOException {
    String without = golden().replaceAll("(?m)^(\\S+\\t\\S+ \\S+)\\t\\S+$", "$1");
    assertThat(read(without).warnings())
        .contains(
            "none of the 2-grams has a back-off weight, so 3-grams that are not there cost nothing"
                + " more than their last 2 words");
  }

  @Test
  void compressedFileThatIsCutOff_isNamed() throws IOException {
    Path file = folder.resolve("lm.arpa.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      Files.copy(GOLDEN.resolve("lm.arpa"), out);
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    GrammarWords words = new GrammarWords(words());
    assertThatThrownBy(() -> ArpaGrammar.read(file, words, BACKOFF))
        .isInstanceOf(StjemException.class)
        .hasMessageStartingWith("cannot read " + file);
  }
}
