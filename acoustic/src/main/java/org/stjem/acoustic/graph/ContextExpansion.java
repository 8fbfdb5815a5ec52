package org.stjem.acoustic.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.stjem.acoustic.fst.LongNumbers;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.MutableFst;

/**
 * Makes phones in context of the phones that a transducer takes in (Kaldi's fstcomposecontext,
 * fstext/context-fst.h).
 *
 * <p>A phone is put out when those to its right have been read; behind the last one, a symbol for
 * the end is read as often as it takes. Disambiguation symbols pass through and are no context.
 * Where there is context to the right, the beginnings, at which nothing can be put out yet, have a
 * disambiguation symbol of their own: otherwise one at the beginning could not be told from one
 * behind the first phone.
 */
final class ContextExpansion {
  private static final int NO_ARC = -1;

  private final MutableFst fst;
  private final IntPredicate isDisambiguation;
  private final int width;
  private final int central;
  private final int endSymbol;
  private final int beginningLabel;
  private final MutableFst result = new MutableFst();
  private final List<int[]> labels = new ArrayList<>();
  private final Map<List<Integer>, Integer> labelNumbers = new HashMap<>();

  /** The last phones, one less than the width; 0 before the first. */
  private final List<int[]> contexts = new ArrayList<>();

  private final Map<List<Integer>, Integer> contextNumbers = new HashMap<>();

  /** Context and symbol that is read next. */
  private final LongNumbers moves = new LongNumbers();

  private int[] nextContexts = new int[16];
  private int[] outputs = new int[16];

  /** Context and state of {@link #fst}. */
  private final LongNumbers places = new LongNumbers();

  /**
   * A transducer that takes in phones in context.
   *
   * @param labels by input label: the phone among its neighbours, 0 beyond the utterance; for a
   *     disambiguation symbol its negative id in the table of phones, or 0 for that of beginnings;
   *     label 0 has none
   */
  record Result(MutableFst fst, List<int[]> labels) {}

  private ContextExpansion(MutableFst fst, IntPredicate isDisambiguation, int width, int central) {
    this.fst = fst;
    this.isDisambiguation = isDisambiguation;
    this.width = width;
    this.central = central;
    int unused = largestInput() + 1;
    while (isDisambiguation.test(unused)) {
      unused++;
    }
    this.endSymbol = unused;
    label(new int[0]);
    this.beginningLabel = central < width - 1 ? label(new int[] {0}) : 0;
    context(new int[width - 1]);
  }

  /**
   * Expands.
   *
   * @param fst gets a state and arcs for the end; of no use afterwards
   * @param isDisambiguation which input labels are disambiguation symbols
   * @param isPhone which input labels are phones
   * @param width number of phones of a context, the phone itself included
   * @param central where that stands, from 0 on
   * @throws StjemException if an input label is neither
   */
  static Result expand(
      MutableFst fst, IntPredicate isDisambiguation, IntPredicate isPhone, int width, int central) {
    ContextExpansion expansion = new ContextExpansion(fst, isDisambiguation, width, central);
    expansion.requirePhones(isPhone);
    if (central < width - 1) {
      expansion.addEnd();
    }
    expansion.place(0, fst.start());
    for (int place = 0; place < expansion.places.size(); place++) {
      expansion.follow(place);
    }
    return new Result(expansion.result, expansion.labels);
  }

  private int largestInput() {
    int largest = 0;
    for (int state = 0; state < fst.numStates(); state++) {
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        largest = Math.max(largest, fst.inputLabel(arc));
      }
    }
    return largest;
  }

  private void requirePhones(IntPredicate isPhone) {
    for (int state = 0; state < fst.numStates(); state++) {
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        int label = fst.inputLabel(arc);
        if (label != 0 && !isDisambiguation.test(label) && !isPhone.test(label)) {
          throw new StjemException(
              "L_disambig.fst has the phone "
                  + label
                  + ", which is neither in the model nor a disambiguation symbol");
        }
      }
    }
  }

  /** Behind every final state, symbols for the end may be read. */
  private void addEnd() {
    int end = fst.addState();
    for (int state = 0; state < end; state++) {
      if (fst.isFinal(state)) {
        fst.addArc(state, endSymbol, 0, fst.finalCost(state), end);
      }
    }
    fst.addArc(end, endSymbol, 0, 0, end);
    fst.setFinal(end, 0);
  }

  private int place(int context, int state) {
    int known = places.size();
    int number = places.number((long) context << 32 | state);
    if (number == known) {
      result.addState();
    }
    return number;
  }

  private void follow(int place) {
    int context = (int) (places.key(place) >> 32);
    int state = (int) places.key(place);
    int[] last = contexts.get(context);
    if (central == width - 1 || last[central] == endSymbol) {
      result.setFinal(place, fst.finalCost(state));
    }
    for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
      int input = 0;
      int next = context;
      if (fst.inputLabel(arc) != 0) {
        int move = move(context, fst.inputLabel(arc));
        input = outputs[move];
        next = nextContexts[move];
      }
      if (input != NO_ARC) {
        int target = place(next, fst.nextState(arc));
        result.addArc(place, input, fst.outputLabel(arc), fst.cost(arc), target);
      }
    }
  }

  private int move(int context, int symbol) {
    int known = moves.size();
    int move = moves.number((long) context << 32 | symbol);
    if (move < known) {
      return move;
    }
    if (move == outputs.length) {
      outputs = Arrays.copyOf(outputs, 2 * move);
      nextContexts = Arrays.copyOf(nextContexts, 2 * move);
    }
    int[] last = contexts.get(context);
    if (isDisambiguation.test(symbol)) {
      outputs[move] = label(new int[] {-symbol});
      nextContexts[move] = context;
    } else if (isOver(last, symbol)) {
      outputs[move] = NO_ARC;
    } else {
      int[] window = Arrays.copyOf(last, width);
      window[width - 1] = symbol;
      nextContexts[move] = context(Arrays.copyOfRange(window, 1, width));
      for (int i = central + 1; i < width; i++) {
        window[i] = window[i] == endSymbol ? 0 : window[i];
      }
      outputs[move] = window[central] == 0 ? beginningLabel : label(window);
    }
    return move;
  }

  /** No phone may follow the end, and no more ends than put out the last phone. */
  private boolean isOver(int[] last, int symbol) {
    return symbol == endSymbol
        ? last[central] == endSymbol
        : width > 1 && last[width - 2] == endSymbol;
  }

  private int label(int[] meaning) {
    return number(meaning, labels, labelNumbers);
  }

  private int context(int[] phones) {
    return number(phones, contexts, contextNumbers);
  }

  private static int number(int[] values, List<int[]> all, Map<List<Integer>, Integer> numbers) {
    List<Integer> key = Arrays.stream(values).boxed().toList();
    return numbers.computeIfAbsent(
        key,
        unused -> {
          all.add(values);
          return all.size() - 1;
        });
  }
}
