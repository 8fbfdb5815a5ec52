package org.stjem.acoustic.graph;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
 * no n-gram itself, and those with {@code <s>} behind or {@code </s>} before another word. Of an
 * n-gram that stands there twice, both probabilities count.
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

  /** Histories, each as the number of the one without its last word and that word; 0 is empty. */
  private final LongNumbers histories = new LongNumbers();

  private int[] states = new int[16];
  private int start = NONE;
  private boolean ends;
  private int unknownNgrams;
  private int orphans;
  private int misplaced;
  private int repeated;

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
   * @param warnings what else was left out or is odd, in whole sentences
   */
  public record Result(MutableFst fst, int unknownNgrams, List<String> warnings) {}

  /**
   * Reads an ARPA file.
   *
   * @param backoffSymbol id of {@code #0} in the table of words
   * @throws StjemException if it cannot be read or is malformed; names the file and the line
   */
  public static Result read(Path path, GrammarWords table, int backoffSymbol) {
    ArpaGrammar grammar = new ArpaGrammar(table, backoffSymbol);
    List<String> warnings = ArpaFile.read(path, grammar::take);
    if (grammar.start == NONE || !grammar.ends) {
      throw new StjemException(
          path
              + " has no "
              + (grammar.start == NONE ? BEGIN_WORD : END_WORD)
              + " among its 1-grams");
    }
    grammar.fst.setStart(grammar.start);
    note(warnings, grammar.orphans, "left out, since no n-gram has the words before the last");
    note(
        warnings,
        grammar.misplaced,
        "left out, since <s> is not the first or </s> not the last word");
    note(warnings, grammar.repeated, "there more than once, so that their probabilities add up");
    return new Result(grammar.withoutRedundantStates(), grammar.unknownNgrams, warnings);
  }

  private static void note(List<String> warnings, int count, String what) {
    if (count > 0) {
      warnings.add((count == 1 ? "1 n-gram is " : count + " n-grams are ") + what);
    }
  }

  private int id(String word) {
    int id =
        switch (word) {
          case BEGIN_WORD -> BEGIN;
          case END_WORD -> END;
          default -> table.id(word);
        };
    if (id == 0 || id == backoffSymbol) {
      throw new StjemException("the word " + word + " stands for something else in graphs");
    }
    return id;
  }

  private void take(String[] words, float cost, float backoffCost, boolean highest) {
    int[] ids = new int[words.length];
    boolean known = true;
    boolean placed = true;
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id(words[i]);
      known &= ids[i] != GrammarWords.UNKNOWN;
      placed &= (i == 0 || ids[i] != BEGIN) && (i == ids.length - 1 || ids[i] != END);
    }
    int history = find(ids, 0, ids.length - 1);
    int source = history == NONE ? NONE : states[history];
    if (!known) {
      unknownNgrams++;
    } else if (!placed) {
      misplaced++;
    } else if (source == NONE) {
      orphans++;
    } else {
      add(ids, history, cost, backoffCost, highest);
    }
  }

  private void add(int[] ids, int history, float cost, float backoffCost, boolean highest) {
    int source = states[history];
    int word = ids[ids.length - 1];
    int count = histories.size();
    int node = histories.number(key(history, word));
    if (node == count) {
      growStates();
    } else {
      repeated++;
    }
    boolean possible = Float.isFinite(cost);
    if (word == END) {
      if (possible) {
        fst.setFinal(source, cost);
        ends = true;
      }
      return;
    }
    int next = states[node];
    if (highest) {
      next = backoffState(ids);
    } else if (next == NONE) {
      next = fst.addState();
      states[node] = next;
      fst.addArc(next, backoffSymbol, 0, backoffCost, backoffState(ids));
    }
    if (word == BEGIN) {
      start = next;
    } else if (possible) {
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
