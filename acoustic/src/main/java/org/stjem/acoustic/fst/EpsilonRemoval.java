package org.stjem.acoustic.fst;

import org.stjem.frontend.kaldi.MutableFst;

/**
 * Removes epsilons, on either side, where that takes no more states or arcs (Kaldi's fstrmepslocal,
 * fstext/remove-eps-local.h): an arc and the one behind it become one arc if not both have an input
 * and not both an output, provided that the state between them is entered or left only once. The
 * best path of any input and output keeps its cost.
 *
 * <p>Where some of the arcs behind a state are drawn forward, the others are made likelier and the
 * arc that leads to them less likely, so that probabilities that summed to one still do.
 */
public final class EpsilonRemoval {
  private static final int REMOVED = -1;

  private final MutableFst fst;
  private final boolean logSums;

  /** Number of arcs that enter a state; beginning there counts as one. */
  private final int[] entering;

  /** Number of arcs that leave a state; ending there counts as one. */
  private final int[] leaving;

  /** The arc that two arcs become. */
  private int joinedInput;

  private int joinedOutput;
  private float joinedCost;

  private EpsilonRemoval(MutableFst fst, boolean logSums) {
    this.fst = fst;
    this.logSums = logSums;
    this.entering = new int[fst.numStates()];
    this.leaving = new int[fst.numStates()];
    entering[fst.start()]++;
    for (int state = 0; state < leaving.length; state++) {
      leaving[state] = fst.numArcs(state) + (fst.isFinal(state) ? 1 : 0);
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        entering[fst.nextState(arc)]++;
      }
    }
  }

  /**
   * Removes epsilons.
   *
   * @param fst is changed, and of no use afterwards
   * @param logSums whether probabilities of arcs are summed to be kept; otherwise the best counts
   * @return a new transducer
   */
  public static MutableFst remove(MutableFst fst, boolean logSums) {
    if (fst.numStates() == 0) {
      return fst;
    }
    EpsilonRemoval removal = new EpsilonRemoval(fst, logSums);
    for (int state = 0; state < fst.numStates(); state++) {
      // Arcs that are added on the way are looked at as well.
      for (int i = 0; i < fst.numArcs(state); i++) {
        removal.follow(state, i);
      }
    }
    return Connection.connect(fst);
  }

  private void follow(int state, int index) {
    int next = fst.nextState(fst.firstArc(state) + index);
    if (next == REMOVED || next == state) {
      return;
    }
    if (entering[next] == 1 && leaving[next] > 1) {
      drawForward(state, index, next);
    } else if (leaving[next] == 1) {
      joinWithOnly(state, index, next);
    }
  }

  private boolean join(int arc, int behind) {
    int input = fst.inputLabel(arc);
    int output = fst.outputLabel(arc);
    if ((input != 0 && fst.inputLabel(behind) != 0)
        || (output != 0 && fst.outputLabel(behind) != 0)) {
      return false;
    }
    joinedInput = input != 0 ? input : fst.inputLabel(behind);
    joinedOutput = output != 0 ? output : fst.outputLabel(behind);
    joinedCost = fst.cost(arc) + fst.cost(behind);
    return true;
  }

  private void addJoined(int state, int next) {
    fst.addArc(state, joinedInput, joinedOutput, joinedCost, next);
    leaving[state]++;
    entering[next]++;
  }

  private void redirect(int arc, int next) {
    fst.setArc(arc, fst.inputLabel(arc), fst.outputLabel(arc), fst.cost(arc), next);
  }

  private void removeArc(int state, int arc) {
    leaving[state]--;
    entering[fst.nextState(arc)]--;
    redirect(arc, REMOVED);
  }

  /** The state may also end what the epsilon arc to the final {@code next} ended. */
  private void addFinal(int state, float cost) {
    if (!fst.isFinal(state)) {
      leaving[state]++;
    }
    fst.setFinal(state, Math.min(fst.finalCost(state), cost));
  }

  private void removeFinal(int state) {
    leaving[state]--;
    fst.setFinal(state, Float.POSITIVE_INFINITY);
  }

  private boolean isEpsilon(int arc) {
    return fst.inputLabel(arc) == 0 && fst.outputLabel(arc) == 0;
  }

  /** An arc to a state that only it enters: what it can be joined with moves to {@code state}. */
  private void drawForward(int state, int index, int next) {
    float drawn = Float.POSITIVE_INFINITY;
    float kept = Float.POSITIVE_INFINITY;
    int count = fst.numArcs(next);
    for (int i = 0; i < count; i++) {
      int arc = fst.firstArc(state) + index;
      int behind = fst.firstArc(next) + i;
      int target = fst.nextState(behind);
      if (target == REMOVED) {
        continue;
      }
      if (join(arc, behind)) {
        drawn = sum(drawn, fst.cost(behind));
        removeArc(next, behind);
        addJoined(state, target);
      } else {
        kept = sum(kept, fst.cost(behind));
      }
    }
    int arc = fst.firstArc(state) + index;
    if (fst.isFinal(next)) {
      if (isEpsilon(arc)) {
        drawn = sum(drawn, fst.finalCost(next));
        addFinal(state, fst.cost(arc) + fst.finalCost(next));
        removeFinal(next);
      } else {
        kept = sum(kept, fst.finalCost(next));
      }
    }
    if (drawn == Float.POSITIVE_INFINITY) {
      return;
    }
    if (kept == Float.POSITIVE_INFINITY) {
      removeArc(state, arc);
    } else {
      shiftCost(arc, next, kept - sum(drawn, kept));
    }
  }

  /** Adds a cost to an arc and takes it from all that leaves {@code next}. */
  private void shiftCost(int arc, int next, float cost) {
    setCost(arc, fst.cost(arc) + cost);
    for (int behind = fst.firstArc(next); behind < fst.endArc(next); behind++) {
      setCost(behind, fst.cost(behind) - cost);
    }
    if (fst.isFinal(next)) {
      fst.setFinal(next, fst.finalCost(next) - cost);
    }
  }

  private void setCost(int arc, float cost) {
    fst.setArc(arc, fst.inputLabel(arc), fst.outputLabel(arc), cost, fst.nextState(arc));
  }

  /** An arc to a state from which there is but one way, which others may share. */
  private void joinWithOnly(int state, int index, int next) {
    int arc = fst.firstArc(state) + index;
    boolean shared = entering[next] > 1;
    if (fst.isFinal(next)) {
      if (isEpsilon(arc)) {
        addFinal(state, fst.cost(arc) + fst.finalCost(next));
        if (!shared) {
          removeFinal(next);
        }
        removeArc(state, arc);
      }
      return;
    }
    int behind = fst.firstArc(next);
    while (fst.nextState(behind) == REMOVED) {
      behind++;
    }
    int target = fst.nextState(behind);
    if (join(arc, behind)) {
      if (!shared) {
        removeArc(next, behind);
      }
      removeArc(state, arc);
      addJoined(state, target);
    }
  }

  private float sum(float a, float b) {
    return logSums ? LogSum.of(a, b) : Math.min(a, b);
  }
}
