package org.stjem.acoustic.fst;

import org.stjem.frontend.kaldi.MutableFst;

/**
 * Joins two transducers: what the left one puts out, the right one takes in (fstcompose, Kaldi's
 * fsttablecompose).
 *
 * <p>Where both may move without the other, the left one goes first, so that no path is there
 * twice: a state of the result knows whether the right one has moved since (the sequence filter of
 * fst/compose-filter.h).
 */
public final class Composition {
  private final MutableFst left;
  private final MutableFst right;
  private final MutableFst result = new MutableFst();

  /** Pairs of states, and as the lowest bit whether the right one moved alone. */
  private final LongNumbers pairs = new LongNumbers();

  private Composition(MutableFst left, MutableFst right) {
    this.left = left;
    this.right = right;
  }

  /**
   * Composes and connects.
   *
   * @param left its arcs are sorted by output label
   * @param right its arcs are sorted by input label
   * @return a new transducer, without states if no path of one goes with any of the other
   */
  public static MutableFst compose(MutableFst left, MutableFst right) {
    if (left.numStates() == 0 || right.numStates() == 0) {
      return new MutableFst();
    }
    left.sortByOutputLabel();
    right.sortByInputLabel();
    Composition composition = new Composition(left, right);
    composition.state(left.start(), right.start(), 0);
    for (int state = 0; state < composition.pairs.size(); state++) {
      composition.expand(state);
    }
    return Connection.connect(composition.result);
  }

  private int state(int leftState, int rightState, int rightMoved) {
    int known = pairs.size();
    int number = pairs.number(((long) leftState << 31 | rightState) << 1 | rightMoved);
    if (number == known) {
      result.addState();
    }
    return number;
  }

  private void expand(int state) {
    long pair = pairs.key(state);
    int rightMoved = (int) (pair & 1);
    int rightState = (int) (pair >> 1) & Integer.MAX_VALUE;
    int leftState = (int) (pair >> 32);
    if (left.isFinal(leftState) && right.isFinal(rightState)) {
      result.setFinal(state, left.finalCost(leftState) + right.finalCost(rightState));
    }
    int leftBegin = left.firstArc(leftState);
    int leftEnd = left.endArc(leftState);
    int leftMatching = leftBegin;
    for (; leftMatching < leftEnd && left.outputLabel(leftMatching) == 0; leftMatching++) {
      if (rightMoved == 0) {
        int next = state(left.nextState(leftMatching), rightState, 0);
        result.addArc(state, left.inputLabel(leftMatching), 0, left.cost(leftMatching), next);
      }
    }
    boolean onlyAlone = leftMatching == leftEnd && !left.isFinal(leftState);
    int moved = leftMatching == leftBegin ? 0 : 1;
    int rightEnd = right.endArc(rightState);
    int rightMatching = right.firstArc(rightState);
    for (; rightMatching < rightEnd && right.inputLabel(rightMatching) == 0; rightMatching++) {
      if (!onlyAlone) {
        int next = state(leftState, right.nextState(rightMatching), moved);
        result.addArc(state, 0, right.outputLabel(rightMatching), right.cost(rightMatching), next);
      }
    }
    match(state, leftMatching, leftEnd, rightMatching, rightEnd);
  }

  /** Goes through the arcs of the side that has fewer and looks their labels up on the other. */
  private void match(int state, int leftBegin, int leftEnd, int rightBegin, int rightEnd) {
    if (leftEnd - leftBegin < rightEnd - rightBegin) {
      for (int i = leftBegin; i < leftEnd; i++) {
        int label = left.outputLabel(i);
        int j = lowerBound(right, true, rightBegin, rightEnd, label);
        for (; j < rightEnd && right.inputLabel(j) == label; j++) {
          add(state, i, j);
        }
      }
    } else {
      for (int j = rightBegin; j < rightEnd; j++) {
        int label = right.inputLabel(j);
        int i = lowerBound(left, false, leftBegin, leftEnd, label);
        for (; i < leftEnd && left.outputLabel(i) == label; i++) {
          add(state, i, j);
        }
      }
    }
  }

  private void add(int state, int leftArc, int rightArc) {
    int next = state(left.nextState(leftArc), right.nextState(rightArc), 0);
    float cost = left.cost(leftArc) + right.cost(rightArc);
    result.addArc(state, left.inputLabel(leftArc), right.outputLabel(rightArc), cost, next);
  }

  private static int lowerBound(MutableFst fst, boolean input, int begin, int end, int label) {
    int low = begin;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if ((input ? fst.inputLabel(middle) : fst.outputLabel(middle)) < label) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
