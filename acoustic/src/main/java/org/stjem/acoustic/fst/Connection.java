package org.stjem.acoustic.fst;

import java.util.Arrays;
import org.stjem.frontend.kaldi.MutableFst;

/** Drops states and arcs that are on no path from the start to a final state (fstconnect). */
public final class Connection {
  private Connection() {}

  /**
   * The connected part.
   *
   * @return a new transducer whose states keep their order; it has none if there is no path
   */
  public static MutableFst connect(MutableFst fst) {
    int[] numbers = new int[fst.numStates()];
    MutableFst connected = new MutableFst();
    if (fst.numStates() == 0) {
      return connected;
    }
    boolean[] accessible = accessible(fst);
    boolean[] coaccessible = coaccessible(fst);
    for (int state = 0; state < numbers.length; state++) {
      boolean useful = accessible[state] && coaccessible[state];
      numbers[state] = useful ? connected.addState() : -1;
    }
    for (int state = 0; state < numbers.length; state++) {
      if (numbers[state] < 0) {
        continue;
      }
      connected.setFinal(numbers[state], fst.finalCost(state));
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        int next = fst.nextState(arc);
        if (next >= 0 && numbers[next] >= 0) {
          connected.addArc(
              numbers[state],
              fst.inputLabel(arc),
              fst.outputLabel(arc),
              fst.cost(arc),
              numbers[next]);
        }
      }
    }
    connected.setStart(Math.max(0, numbers[fst.start()]));
    return connected;
  }

  private static boolean[] accessible(MutableFst fst) {
    boolean[] reached = new boolean[fst.numStates()];
    int[] stack = new int[fst.numStates()];
    int depth = 0;
    reached[fst.start()] = true;
    stack[depth++] = fst.start();
    while (depth > 0) {
      int state = stack[--depth];
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        int next = fst.nextState(arc);
        if (next >= 0 && !reached[next]) {
          reached[next] = true;
          stack[depth++] = next;
        }
      }
    }
    return reached;
  }

  private static boolean[] coaccessible(MutableFst fst) {
    Predecessors predecessors = new Predecessors(fst);
    boolean[] reached = new boolean[fst.numStates()];
    int[] stack = new int[fst.numStates()];
    int depth = 0;
    for (int state = 0; state < reached.length; state++) {
      if (fst.isFinal(state)) {
        reached[state] = true;
        stack[depth++] = state;
      }
    }
    while (depth > 0) {
      int state = stack[--depth];
      for (int i = predecessors.begin(state); i < predecessors.end(state); i++) {
        int before = predecessors.state(i);
        if (!reached[before]) {
          reached[before] = true;
          stack[depth++] = before;
        }
      }
    }
    return reached;
  }

  /** The states from which arcs lead to each state, as often as they do. */
  static final class Predecessors {
    private final int[] ends;
    private final int[] states;

    /** Arcs whose next state is negative do not count. */
    Predecessors(MutableFst fst) {
      int[] begins = new int[fst.numStates() + 1];
      for (int state = 0; state < fst.numStates(); state++) {
        for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
          if (fst.nextState(arc) >= 0) {
            begins[fst.nextState(arc) + 1]++;
          }
        }
      }
      for (int state = 0; state < fst.numStates(); state++) {
        begins[state + 1] += begins[state];
      }
      states = new int[begins[fst.numStates()]];
      ends = Arrays.copyOf(begins, fst.numStates());
      for (int state = 0; state < fst.numStates(); state++) {
        for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
          if (fst.nextState(arc) >= 0) {
            states[ends[fst.nextState(arc)]++] = state;
          }
        }
      }
    }

    int begin(int state) {
      return state == 0 ? 0 : ends[state - 1];
    }

    int end(int state) {
      return ends[state];
    }

    int state(int i) {
      return states[i];
    }
  }
}
