package org.stjem.acoustic.fst;

import java.util.Arrays;
import org.stjem.frontend.kaldi.MutableFst;

/**
 * Makes a transducer deterministic and removes its input epsilons at the same time (Kaldi's
 * fstdeterminizestar with {@code --use-log=true}, fstext/determinize-star.h): for each sequence of
 * inputs there is one path, whose probability is the sum of those of all paths that there were.
 *
 * <p>A state of the result is a set of states that the same inputs lead to. Each of them keeps what
 * it has put out, and what it costs, beyond what all of them have in common. An arc that puts out
 * several labels becomes a chain, whose other arcs have no input. Takes about 40 bytes per state
 * beside the result.
 */
public final class Determinization {
  /** Costs that differ by no more are the same. */
  static final float DELTA = 1f / 1024;

  private final MutableFst fst;
  private final MutableFst result = new MutableFst();
  private final LabelStrings strings = new LabelStrings();
  private final Subsets subsets = new Subsets();
  private final EpsilonClosure closure;

  /** State of the result by number of subset. */
  private int[] stateOfSubset = new int[16];

  /** Subsets to expand; the last one is next. */
  private int[] stack = new int[16];

  private int depth;

  /** Arcs of the subset that is expanded: where they lead, what is put out, costs. */
  private int[] nextStates = new int[16];

  private int[] outputs = new int[16];
  private float[] costs = new float[16];

  /** The same arcs: input label, and in the lower half the number. */
  private long[] byLabel = new long[16];

  private int arcs;

  private Determinization(MutableFst fst) {
    this.fst = fst;
    this.closure = new EpsilonClosure(fst, strings);
  }

  /**
   * Determinises.
   *
   * @param fst its arcs become sorted by input label
   * @return a new transducer
   * @throws AmbiguityException if there is no deterministic one. There may also be no end, until
   *     memory is exhausted, if cycles with the same inputs have different costs
   */
  public static MutableFst determinize(MutableFst fst) {
    if (fst.numStates() == 0) {
      return new MutableFst();
    }
    fst.sortByInputLabel();
    Determinization determinization = new Determinization(fst);
    determinization.run();
    return determinization.result;
  }

  private void run() {
    state(new int[] {fst.start(), LabelStrings.EMPTY, Float.floatToIntBits(0)});
    while (depth > 0) {
      int subset = stack[--depth];
      int state = stateOfSubset[subset];
      closure.close(subsets.get(subset));
      addFinal(state);
      collectArcs();
      Arrays.sort(byLabel, 0, arcs);
      for (int begin = 0; begin < arcs; ) {
        long label = byLabel[begin] >> 32;
        int end = begin + 1;
        while (end < arcs && byLabel[end] >> 32 == label) {
          end++;
        }
        addArc(state, (int) label, begin, end);
        begin = end;
      }
    }
  }

  private int state(int[] subset) {
    int known = subsets.size();
    int number = subsets.number(subset);
    if (number < known) {
      return stateOfSubset[number];
    }
    if (number == stateOfSubset.length) {
      stateOfSubset = Arrays.copyOf(stateOfSubset, 2 * number);
    }
    stateOfSubset[number] = result.addState();
    if (depth == stack.length) {
      stack = Arrays.copyOf(stack, 2 * depth);
    }
    stack[depth++] = number;
    return stateOfSubset[number];
  }

  private void addFinal(int state) {
    float cost = Float.POSITIVE_INFINITY;
    int output = -1;
    for (int place = 0; place < closure.size(); place++) {
      if (fst.isFinal(closure.state(place))) {
        requireSame(output, closure.output(place));
        output = closure.output(place);
        cost = LogSum.of(cost, closure.cost(place) + fst.finalCost(closure.state(place)));
      }
    }
    if (output < 0) {
      return;
    }
    int last = state;
    for (int label : strings.labels(output)) {
      int next = result.addState();
      result.addArc(last, 0, label, cost, next);
      last = next;
      cost = 0;
    }
    result.setFinal(last, cost);
  }

  private void requireSame(int known, int output) {
    if (known >= 0 && known != output) {
      throw AmbiguityException.of(strings.labels(known), strings.labels(output));
    }
  }

  private void collectArcs() {
    arcs = 0;
    for (int place = 0; place < closure.size(); place++) {
      int state = closure.state(place);
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        if (fst.inputLabel(arc) == 0) {
          continue;
        }
        if (arcs == costs.length) {
          nextStates = Arrays.copyOf(nextStates, 2 * arcs);
          outputs = Arrays.copyOf(outputs, 2 * arcs);
          costs = Arrays.copyOf(costs, 2 * arcs);
          byLabel = Arrays.copyOf(byLabel, 2 * arcs);
        }
        nextStates[arcs] = fst.nextState(arc);
        outputs[arcs] = strings.append(closure.output(place), fst.outputLabel(arc));
        costs[arcs] = closure.cost(place) + fst.cost(arc);
        byLabel[arcs] = (long) fst.inputLabel(arc) << 32 | arcs;
        arcs++;
      }
    }
  }

  /** Adds the arc of an input label, which stands {@code [begin, end)} in {@link #byLabel}. */
  private void addArc(int state, int label, int begin, int end) {
    int[] subset = merge(begin, end);
    int prefix = subset[1];
    float total = Float.POSITIVE_INFINITY;
    for (int i = 0; i < subset.length; i += Subsets.WIDTH) {
      prefix = strings.commonPrefix(prefix, subset[i + 1]);
      total = LogSum.of(total, Float.intBitsToFloat(subset[i + 2]));
    }
    int prefixLength = strings.length(prefix);
    for (int i = 0; i < subset.length; i += Subsets.WIDTH) {
      subset[i + 1] = strings.withoutPrefix(subset[i + 1], prefixLength);
      subset[i + 2] = Float.floatToIntBits(Float.intBitsToFloat(subset[i + 2]) - total);
    }
    int input = label;
    int last = state;
    int[] labels = strings.labels(prefix);
    for (int i = 0; i + 1 < labels.length; i++) {
      int next = result.addState();
      result.addArc(last, input, labels[i], total, next);
      last = next;
      input = 0;
      total = 0;
    }
    int output = labels.length == 0 ? 0 : labels[labels.length - 1];
    result.addArc(last, input, output, total, state(subset));
  }

  /** The states that arcs lead to, ascending, each once. */
  private int[] merge(int begin, int end) {
    long[] byState = new long[end - begin];
    for (int i = 0; i < byState.length; i++) {
      int arc = (int) byLabel[begin + i];
      byState[i] = (long) nextStates[arc] << 32 | arc;
    }
    Arrays.sort(byState);
    int[] subset = new int[Subsets.WIDTH * byState.length];
    int length = 0;
    for (long entry : byState) {
      int state = (int) (entry >> 32);
      int arc = (int) entry;
      if (length > 0 && subset[length - Subsets.WIDTH] == state) {
        requireSame(subset[length - 2], outputs[arc]);
        float cost = LogSum.of(Float.intBitsToFloat(subset[length - 1]), costs[arc]);
        subset[length - 1] = Float.floatToIntBits(cost);
      } else {
        subset[length++] = state;
        subset[length++] = outputs[arc];
        subset[length++] = Float.floatToIntBits(costs[arc]);
      }
    }
    return length == subset.length ? subset : Arrays.copyOf(subset, length);
  }
}
