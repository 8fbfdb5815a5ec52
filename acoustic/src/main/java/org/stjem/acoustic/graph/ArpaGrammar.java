package org.stjem.acoustic.graph;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.stjem.acoustic.fst.EpsilonRemoval;
import org.stjem.acoustic.fst.LongNumbers;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.MutableFst;

/**
 * An n-gram model as an acceptor of words: a state for each history, and an arc with the
 * disambiguation symbol as input to the shorter history that it backs off to (Kaldi's {@code
 * arpa2fst --disambig-symbol=#0}, lm/arpa-lm-compiler.cc). {@code <s>} is the start, {@code </s>}
 * makes states final.
 *
 * <p>n-grams with words that are not in the table are left out, and so are those whose history is
 * no n-gram itself.
 */
public final class ArpaGrammar {
  private static final String BEGIN_WORD = "<s>";
  private static final String END_WORD = "</s>";

  /** Numbers of {@code <s>} and {@code </s>} in histories; no words have these. */
  private static final int BEGIN = Integer.MAX_VALUE;

  private static final int END = Integer.MAX_VALUE - 1;
  private static final int NONE = -1;

  private final GrammarWords table;
  private final int backoffSymbol;
  private final MutableFst fst = new MutableFst();
  private final Map<String, Integer> unigrams = new HashMap<>();

  /** Histories, each as the number of the one without its last word and that word; 0 is empty. */
  private final LongNumbers histories = new LongNumbers();

  private int[] states = new int[16];
  private int start = NONE;
  private boolean ends;
  private int unknownNgrams;
  private int orphans;

  private ArpaGrammar(GrammarWords table, int backoffSymbol) {
    this.table = table;
    this.backoffSymbol = backoffSymbol;
    Arrays.fill(states, NONE);
    histories.number(NONE);
    states[0] = fst.addState();
  }

  /**
   * What was made of a file.
   *
   * @param unknownNgrams that were left out since they have words that are not in the table
   * @param orphans n-grams that were left out since their first words are no n-gram
   */
  public record Result(MutableFst fst, int unknownNgrams, int orphans) {}

  /**
   * Reads an ARPA file.
   *
   * @param backoffSymbol id of {@code #0} in the table of words
   * @throws StjemException if it cannot be read or is malformed; names the file and the line
   */
  public static Result read(Path path, GrammarWords table, int backoffSymbol) {
    ArpaGrammar grammar = new ArpaGrammar(table, backoffSymbol);
    ArpaFile.read(path, grammar::take);
    if (grammar.start == NONE || !grammar.ends) {
      throw new StjemException(
          path
              + " has no "
              + (grammar.start == NONE ? BEGIN_WORD : END_WORD)
              + " among its 1-grams");
    }
    grammar.fst.setStart(grammar.start);
    return new Result(grammar.withoutRedundantStates(), grammar.unknownNgrams, grammar.orphans);
  }

  private int id(String word, boolean unigram) {
    if (!unigram) {
      Integer known = unigrams.get(word);
      if (known == null) {
        throw new StjemException("the word " + word + " is not among the 1-grams");
      }
      return known;
    }
    int id =
        switch (word) {
          case BEGIN_WORD -> BEGIN;
          case END_WORD -> END;
          default -> table.id(word);
        };
    if (id == 0 || id == backoffSymbol) {
      throw new StjemException("the word " + word + " stands for something else in graphs");
    }
    unigrams.put(word, id);
    return id;
  }

  private void take(String[] words, float cost, float backoffCost, boolean highest) {
    int[] ids = new int[words.length];
    boolean known = true;
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id(words[i], ids.length == 1);
      known &= ids[i] != GrammarWords.UNKNOWN;
      if ((i > 0 && ids[i] == BEGIN) || (i < ids.length - 1 && ids[i] == END)) {
        throw new StjemException(
            words[i] + " stands " + (ids[i] == BEGIN ? "behind" : "before") + " another word");
      }
    }
    if (!known) {
      unknownNgrams++;
      return;
    }
    int history = find(ids, 0, ids.length - 1);
    int source = history == NONE ? NONE : states[history];
    if (source == NONE) {
      orphans++;
      return;
    }
    int word = ids[ids.length - 1];
    int count = histories.size();
    int node = histories.number(key(history, word));
    if (node == count) {
      growStates();
    } else {
      throw new StjemException("the n-gram '" + String.join(" ", words) + "' stands there twice");
    }
    if (word == END) {
      fst.setFinal(source, cost);
      ends = true;
      return;
    }
    int next;
    if (highest) {
      next = backoffState(ids);
    } else {
      next = fst.addState();
      states[node] = next;
      fst.addArc(next, backoffSymbol, 0, backoffCost, backoffState(ids));
    }
    if (word == BEGIN) {
      start = next;
    } else {
      fst.addArc(source, word, word, cost, next);
    }
  }

  private void growStates() {
    if (histories.size() > states.length) {
      int length = states.length;
      states = Arrays.copyOf(states, 2 * length);
      Arrays.fill(states, length, 2 * length, NONE);
    }
  }

  private static long key(int history, int word) {
    return (long) history << 32 | word;
  }

  /** The number of the history of the words {@code [begin, end)}. */
  private int find(int[] ids, int begin, int end) {
    int history = 0;
    for (int i = begin; i < end && history != NONE; i++) {
      history = histories.find(key(history, ids[i]));
    }
    return history;
  }

  /** The state of the longest history that an n-gram ends with and that is not all of it. */
  private int backoffState(int[] ids) {
    for (int begin = 1; begin < ids.length; begin++) {
      int history = find(ids, begin, ids.length);
      if (history != NONE && states[history] != NONE) {
        return states[history];
      }
    }
    return states[0];
  }

  /** A state that can do nothing but back off is left out. */
  private MutableFst withoutRedundantStates() {
    for (int state = 0; state < fst.numStates(); state++) {
      int arc = fst.firstArc(state);
      if (fst.numArcs(state) == 1 && !fst.isFinal(state) && fst.inputLabel(arc) == backoffSymbol) {
        fst.setArc(arc, 0, 0, fst.cost(arc), fst.nextState(arc));
      }
    }
    return EpsilonRemoval.remove(fst, false);
  }
}
