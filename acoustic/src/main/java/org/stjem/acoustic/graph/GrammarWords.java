package org.stjem.acoustic.graph;

import java.util.Set;
import java.util.TreeSet;
import org.stjem.frontend.kaldi.KeyOrder;
import org.stjem.frontend.kaldi.SymbolTable;

/** The words that a grammar may have, and those that it has but that are not among them. */
public final class GrammarWords {
  /** The id of words that are not in the table. */
  static final int UNKNOWN = -1;

  private static final int MOST_NAMED = 10;

  private final SymbolTable table;
  private final Set<String> unknown = new TreeSet<>(KeyOrder::compare);

  /** Takes the words of a {@code words.txt}. */
  public GrammarWords(SymbolTable table) {
    this.table = table;
  }

  /** The id of a word; {@link #UNKNOWN} if it has none, which is noted. */
  int id(String word) {
    if (table.contains(word)) {
      return table.id(word);
    }
    unknown.add(word);
    return UNKNOWN;
  }

  /** Number of words that were asked for and have no id. */
  public int numUnknown() {
    return unknown.size();
  }

  /** Those words, or the first of them. */
  public String unknownNames() {
    String names = String.join(" ", unknown.stream().limit(MOST_NAMED).toList());
    return unknown.size() > MOST_NAMED ? names + " …" : names;
  }
}
