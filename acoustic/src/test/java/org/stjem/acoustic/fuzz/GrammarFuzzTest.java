package org.stjem.acoustic.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.graph.ArpaGrammar;
import org.stjem.acoustic.graph.GrammarWords;
import org.stjem.acoustic.graph.TextGrammar;
import org.stjem.frontend.kaldi.SymbolTable;

/** Language models and lists of what may be said, from strangers. */
@Timeout(400)
@Tag("hostile-files")
class GrammarFuzzTest {
  private static final String WORDS =
      "<eps> 0\n!SIL 1\n<UNK> 2\nA 3\nAB 4\nABBA 5\nB 6\nBEE 7\nCAB 8\n#0 9\n<s> 10\n</s> 11\n";

  /** The first byte of files that gzip has compressed: of these, a byte can rightly be many. */
  private static final int GZIP = 0x1f;

  @TempDir static Path folder;

  private static GrammarWords words() throws IOException {
    Path file = folder.resolve("words.txt");
    if (!Files.exists(file)) {
      Files.writeString(file, WORDS);
    }
    return new GrammarWords(SymbolTable.read(file.toString()));
  }

  @FuzzTest
  void arpa(byte[] bytes) throws IOException {
    GrammarWords words = words();
    if (bytes.length > 0 && bytes[0] != GZIP) {
      HostileFile.readFile(
          folder.resolve("lm.arpa"), bytes, file -> ArpaGrammar.read(file, words, 9));
    }
  }

  @FuzzTest
  void lists(byte[] bytes) throws IOException {
    GrammarWords words = words();
    HostileFile.readFile(
        folder.resolve("sentences.txt"), bytes, file -> TextGrammar.sentences(file, words));
    HostileFile.readFile(folder.resolve("words"), bytes, file -> TextGrammar.words(file, words));
  }
}
