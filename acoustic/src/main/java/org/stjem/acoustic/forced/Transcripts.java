package org.stjem.acoustic.forced;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.stjem.acoustic.decode.Fst;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.SymbolTable;

/**
 * Makes word ids of the words of a language directory; those that it has not become its unknown
 * word (utils/sym2int.pl with {@code --map-oov}).
 */
public final class Transcripts {
  private final SymbolTable words;

  /** Negative if the directory names none. */
  private final int unknownWord;

  private Transcripts(SymbolTable words, int unknownWord) {
    this.words = words;
    this.unknownWord = unknownWord;
  }

  /**
   * Reads {@code words.txt} and, if there, {@code oov.txt} of a language directory.
   *
   * @throws StjemException if one cannot be read, or the unknown word is not in the table
   */
  public static Transcripts read(Path lang) {
    SymbolTable words = SymbolTable.read(ByteNames.of(lang.resolve("words.txt")));
    Path unknown = lang.resolve("oov.txt");
    if (!Files.exists(unknown)) {
      return new Transcripts(words, -1);
    }
    List<String> word = KaldiObjects.read(ByteNames.of(unknown), in -> List.of(in.readToken()));
    if (!words.contains(word.get(0))) {
      throw new StjemException(
          unknown + " has the word " + word.get(0) + ", which is not in words.txt");
    }
    return new Transcripts(words, words.id(word.get(0)));
  }

  /**
   * Reads {@code L.fst} of the same language directory.
   *
   * @throws StjemException if it cannot be read, or has words that {@code words.txt} has not
   */
  public Fst readLexicon(Path lang) {
    Path file = lang.resolve("L.fst");
    Fst lexicon = Fst.read(ByteNames.of(file));
    words.requireIds(lexicon.words(), file);
    return lexicon;
  }

  /**
   * The ids of words.
   *
   * @throws EntryException if one is not in the table, and the directory has no unknown word
   */
  public int[] ids(List<String> text) {
    int[] ids = new int[text.size()];
    for (int i = 0; i < ids.length; i++) {
      String word = text.get(i);
      if (!words.contains(word) && unknownWord < 0) {
        throw new EntryException("words.txt has no word " + word + ", and there is no oov.txt");
      }
      ids[i] = words.contains(word) ? words.id(word) : unknownWord;
    }
    return ids;
  }

  /** How many of the words are unknown. */
  public int unknown(List<String> text) {
    return (int) text.stream().filter(word -> !words.contains(word)).count();
  }

  /** The word with an id. */
  public String word(int id) {
    return words.symbol(id);
  }
}
