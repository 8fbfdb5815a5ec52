package org.stjem.frontend.lang;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Disambiguation symbols {@code #1}, {@code #2}, … at the ends of pronunciations that several words
 * share or that begin a longer one, without which a graph could not be determinised
 * (utils/add_lex_disambig.pl).
 */
final class Disambiguation {
  private final List<Pronunciation> entries = new ArrayList<>();
  private int largest;

  Disambiguation(List<Pronunciation> lexicon) {
    Map<List<String>, Integer> count = new HashMap<>();
    Set<List<String>> beginnings = new HashSet<>();
    for (Pronunciation entry : lexicon) {
      List<String> phones = entry.phones();
      count.merge(phones, 1, Integer::sum);
      for (int length = phones.size() - 1; length > 0; length--) {
        if (!beginnings.add(phones.subList(0, length))) {
          break;
        }
      }
    }
    Map<List<String>, Integer> last = new HashMap<>();
    for (Pronunciation entry : lexicon) {
      List<String> phones = entry.phones();
      if (count.get(phones) == 1 && !beginnings.contains(phones)) {
        entries.add(entry);
        continue;
      }
      int symbol = last.merge(phones, 1, Integer::sum);
      largest = Math.max(largest, symbol);
      List<String> marked = new ArrayList<>(phones);
      marked.add("#" + symbol);
      entries.add(entry.with(marked));
    }
  }

  /** The lexicon with the symbols, in the same order. */
  List<Pronunciation> entries() {
    return entries;
  }

  /** The number of the largest symbol, or 0 for none. */
  int largest() {
    return largest;
  }
}
