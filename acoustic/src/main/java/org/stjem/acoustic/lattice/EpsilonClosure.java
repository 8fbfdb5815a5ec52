package org.stjem.acoustic.lattice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Follows arcs without word. Only the sequences of those elements are made that are found at last:
 * most of the states on the way are passed by better paths or lead nowhere.
 */
final class EpsilonClosure {
  private static final int UNKNOWN = -1;

  private final StateLattice lattice;
  private final LabelStrings strings;
  private final CostOrder order;

  /** Whether a state is final or an arc with a word leaves it, {@code [states]}. */
  private final boolean[] matters;

  /** States whose arcs are still to be followed. */
  private final BitSet waiting = new BitSet();

  /** States that were reached. */
  private final BitSet seen = new BitSet();

  private final double[] graphCosts;
  private final double[] acousticCosts;

  /** The state and the arc by which the best path comes, unless it begins there. */
  private final int[] from;

  private final int[] by;
  private final int[] string;

  EpsilonClosure(StateLattice lattice, LabelStrings strings, CostOrder order) {
    int states = lattice.numStates;
    this.lattice = lattice;
    this.strings = strings;
    this.order = order;
    this.matters = new boolean[states];
    this.graphCosts = new double[states];
    this.acousticCosts = new double[states];
    this.from = new int[states];
    this.by = new int[states];
    this.string = new int[states];
    for (int state = 0; state < states; state++) {
      matters[state] = lattice.finalCosts[state] < Float.POSITIVE_INFINITY;
      for (int arc = lattice.firstArc[state]; arc < lattice.firstArc[state + 1]; arc++) {
        matters[state] |= lattice.word[arc] != 0;
      }
    }
  }

  /**
   * The best element of each state that is final or that an arc with a word leaves, ordered by
   * states.
   */
  LatticeElement[] of(LatticeElement[] some) {
    for (LatticeElement element : some) {
      reach(element.state(), element.graphCost(), element.acousticCost());
      string[element.state()] = element.string();
    }
    List<LatticeElement> found = new ArrayList<>();
    // Arcs lead to higher states alone, so that no path improves after its turn.
    for (int state = waiting.nextSetBit(0); state >= 0; state = waiting.nextSetBit(state + 1)) {
      follow(state);
      if (matters[state]) {
        found.add(
            new LatticeElement(state, string(state), graphCosts[state], acousticCosts[state]));
      }
    }
    waiting.clear();
    seen.clear();
    return found.toArray(new LatticeElement[0]);
  }

  private void reach(int state, double graphCost, double acousticCost) {
    graphCosts[state] = graphCost;
    acousticCosts[state] = acousticCost;
    seen.set(state);
    waiting.set(state);
  }

  private void follow(int state) {
    for (int arc = lattice.firstArc[state]; arc < lattice.firstArc[state + 1]; arc++) {
      if (lattice.word[arc] == 0) {
        int next = lattice.target[arc];
        double graphCost = graphCosts[state] + lattice.graphCost[arc];
        double acousticCost = acousticCosts[state] + lattice.acousticCost[arc];
        if (!seen.get(next)
            || order.isBetter(graphCost, acousticCost, graphCosts[next], acousticCosts[next])) {
          reach(next, graphCost, acousticCost);
          from[next] = state;
          by[next] = arc;
          string[next] = UNKNOWN;
        }
      }
    }
  }

  /** The sequence of the best path to {@code state}, and of those on the way. */
  private int string(int state) {
    Deque<Integer> behind = new ArrayDeque<>();
    int known = state;
    while (string[known] == UNKNOWN) {
      behind.push(known);
      known = from[known];
    }
    int sequence = string[known];
    for (int passed : behind) {
      int id = lattice.transitionId[by[passed]];
      sequence = id == 0 ? sequence : strings.append(sequence, id);
      string[passed] = sequence;
    }
    return sequence;
  }
}
