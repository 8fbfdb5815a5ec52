package org.stjem.acoustic.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.acoustic.fst.FstSubject;
import org.stjem.acoustic.fst.FstText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.SymbolTable;

class TextGrammarTest {
  @TempDir Path folder;
  private GrammarWords words;
  private Path list;

  @BeforeEach
  void makeWords() throws IOException {
    Path table = folder.resolve("words.txt");
    Files.writeString(table, "<eps> 0\nOFF 1\nON 2\nTURN 3\n#0 4\n<s> 5\n</s> 6\n");
    words = new GrammarWords(SymbolTable.read(table.toString()));
    list = folder.resolve("list.txt");
  }

  @Test
  void sentences_areAsProbableAsFrequent() throws IOException {
    Files.writeString(list, "TURN ON\nTURN  OFF\n\nTURN ON\nTURN ON AGAIN\nTURN\n");
    TextGrammar.Result result = TextGrammar.sentences(list, words);
    assertThat(result.used()).isEqualTo(4);
    assertThat(result.leftOut()).isEqualTo(1);
    assertThat(words.unknownNames()).isEqualTo("AGAIN");
    double ln4 = Math.log(4);
    double ln2 = Math.log(2);
    FstSubject.assertIsomorphic(
        result.fst(),
        FstText.parse(
            "0 1 3 3 0\n1 2 2 2 " + ln2 + "\n1 3 1 1 " + ln4 + "\n1 " + ln4 + "\n2 0\n3 0\n"),
        1e-6f);
  }

  @Test
  void words_loopWithEqualProbabilities() throws IOException {
    TextGrammar.Result result = TextGrammar.words(folder.resolve("words.txt"), words);
    assertThat(result.used()).isEqualTo(3);
    String cost = " " + Math.log(4) + "\n";
    FstSubject.assertIsomorphic(
        result.fst(),
        FstText.parse("0 0 1 1" + cost + "0 0 2 2" + cost + "0 0 3 3" + cost + "0" + cost),
        1e-6f);
  }

  @Test
  void words_thatAreUnknownOrTwice_areLeftOut() throws IOException {
    Files.writeString(list, "ON\nHIGH\nON\nLOW\n");
    TextGrammar.Result result = TextGrammar.words(list, words);
    assertThat(result.used()).isEqualTo(1);
    assertThat(result.leftOut()).isEqualTo(2);
    assertThat(words.unknownNames()).isEqualTo("HIGH LOW");
  }

  @ParameterizedTest
  @CsvSource({
    "'', has no sentence",
    "'HIGH\n', has no sentence that words.txt has all words of",
    "'TURN <s>\n', 'has the word <s>, which graphs do not take for one'",
    "'TURN #0\n', 'has the word #0, which graphs do not take for one'"
  })
  void unusableSentences_areNamed(String text, String message) throws IOException {
    Files.writeString(list, text);
    assertThatThrownBy(() -> TextGrammar.sentences(list, words))
        .isInstanceOf(StjemException.class)
        .hasMessage(list + " " + message);
  }
}
