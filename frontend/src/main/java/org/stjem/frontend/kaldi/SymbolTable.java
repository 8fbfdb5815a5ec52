package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;

/**
 * A table of symbols and their integer ids, such as {@code words.txt} (lines {@code symbol id}).
 */
public final class SymbolTable {
  private final String name;
  private final Map<Integer, String> symbols = new HashMap<>();
  private final Map<String, Integer> ids = new HashMap<>();

  private SymbolTable(String name) {
    this.name = name;
  }

  /**
   * Reads a symbol table.
   *
   * @throws StjemException if the file cannot be read, a line is malformed, or a symbol or an id
   *     stands there twice
   */
  public static SymbolTable read(String rxfilename) {
    try (KaldiInput in = KaldiInput.open(rxfilename)) {
      SymbolTable table = new SymbolTable(in.name());
      int number = 1;
      for (String line = readLine(in); line != null; line = readLine(in)) {
        table.add(ByteText.words(line), number++);
      }
      return table;
    } catch (IOException e) {
      throw new StjemException(
          "cannot read symbol table " + rxfilename + ": " + StjemException.reason(e), e);
    }
  }

  private static String readLine(KaldiInput in) throws IOException {
    try {
      return in.readLine();
    } catch (StjemException e) {
      throw new StjemException("symbol table " + in.name() + ": " + e.getMessage(), e);
    }
  }

  private void add(String[] words, int line) {
    if (words.length != 2) {
      throw new StjemException(
          "line " + line + " of symbol table " + name + " should be 'symbol id'");
    }
    int id;
    try {
      id = Integer.parseInt(words[1]);
    } catch (NumberFormatException e) {
      throw new StjemException(
          "line "
              + line
              + " of symbol table "
              + name
              + " has '"
              + KaldiInput.brief(words[1])
              + "' as the id",
          e);
    }
    if (symbols.put(id, words[0]) != null || ids.put(words[0], id) != null) {
      throw new StjemException(
          "line "
              + line
              + " of symbol table "
              + name
              + " repeats the symbol '"
              + KaldiInput.brief(words[0])
              + "' or the id "
              + id);
    }
  }

  /** Number of symbols. */
  public int size() {
    return ids.size();
  }

  /** All ids, ascending. */
  public int[] ids() {
    return symbols.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
  }

  /**
   * Checks that a transducer's labels are ids of this table; 0 always is.
   *
   * @param labels all labels
   * @param file of the transducer
   * @throws StjemException if one is not
   */
  public void requireIds(int[] labels, Path file) {
    for (int label : labels) {
      if (label != 0 && !symbols.containsKey(label)) {
        throw new StjemException(file + " has the label " + label + ", which " + name + " has not");
      }
    }
  }

  /**
   * The symbol of {@code id}.
   *
   * @throws StjemException if there is none
   */
  public String symbol(int id) {
    String symbol = symbols.get(id);
    if (symbol == null) {
      throw new StjemException("symbol table " + name + " has no symbol with id " + id);
    }
    return symbol;
  }

  /**
   * The id of {@code symbol}.
   *
   * @throws StjemException if there is none
   */
  public int id(String symbol) {
    Integer id = ids.get(symbol);
    if (id == null) {
      throw new StjemException("symbol table " + name + " has no symbol '" + symbol + "'");
    }
    return id;
  }

  /** Whether there is such a symbol. */
  public boolean contains(String symbol) {
    return ids.containsKey(symbol);
  }
}
