package org.stjem.acoustic.graph;

import java.util.Arrays;
import org.stjem.acoustic.fst.LongNumbers;
import org.stjem.frontend.kaldi.MutableFst;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Adds the self-loops of HMM states to a graph of the other transitions (Kaldi's {@code
 * add-self-loops --reorder=true}). The transition that leaves an HMM state comes before its
 * self-loop, so that the loop is at the state of the graph that the transition leads to.
 */
final class SelfLoops {
  /** Nothing enters the state. */
  private static final int NOTHING = -1;

  /** Epsilon enters the state, or paths begin there. */
  private static final int EPSILON = 0;

  private final MutableFst fst;
  private final TransitionModel model;

  private SelfLoops(MutableFst fst, TransitionModel model) {
    this.fst = fst;
    this.model = model;
  }

  /**
   * Adds the loops, in place.
   *
   * @param scale factor of the logarithms of the probabilities to stay and to leave
   */
  static void add(MutableFst fst, TransitionModel model, float scale) {
    if (fst.numStates() > 0) {
      SelfLoops loops = new SelfLoops(fst, model);
      loops.separate();
      loops.add(scale);
    }
  }

  private int transitionState(int label) {
    return label == 0 ? EPSILON : model.transitionState(label);
  }

  /** The transition-state by which a state is entered, of the last arc if there are several. */
  private int[] entering() {
    int[] entering = new int[fst.numStates()];
    Arrays.fill(entering, NOTHING);
    entering[fst.start()] = EPSILON;
    for (int state = 0; state < entering.length; state++) {
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        entering[fst.nextState(arc)] = transitionState(fst.inputLabel(arc));
      }
    }
    return entering;
  }

  /** Lets every state be entered by one transition-state, or by epsilons, alone. */
  private void separate() {
    int states = fst.numStates();
    int[] entering = entering();
    boolean[] mixed = new boolean[states];
    mixed[fst.start()] = entering[fst.start()] != EPSILON;
    for (int state = 0; state < states; state++) {
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        int next = fst.nextState(arc);
        mixed[next] |= entering[next] != transitionState(fst.inputLabel(arc));
      }
    }
    LongNumbers added = new LongNumbers();
    for (int state = 0; state < states; state++) {
      for (int i = 0; i < fst.numArcs(state); i++) {
        int arc = fst.firstArc(state) + i;
        int next = fst.nextState(arc);
        int input = fst.inputLabel(arc);
        if (input == 0 || !mixed[next]) {
          continue;
        }
        int known = added.size();
        int number = added.number((long) next << 32 | transitionState(input));
        if (number == known) {
          fst.addArc(fst.addState(), 0, 0, 0, next);
        }
        fst.setArc(arc, input, fst.outputLabel(arc), fst.cost(arc), states + number);
      }
    }
  }

  private void add(float scale) {
    int[] entering = entering();
    for (int state = 0; state < entering.length; state++) {
      if (entering[state] <= EPSILON) {
        continue;
      }
      float leaving = -scale * model.leavingLogProb(entering[state]);
      fst.setFinal(state, fst.finalCost(state) + leaving);
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        fst.setArc(
            arc,
            fst.inputLabel(arc),
            fst.outputLabel(arc),
            fst.cost(arc) + leaving,
            fst.nextState(arc));
      }
      int loop = model.selfLoop(entering[state]);
      if (loop != 0) {
        fst.addArc(state, loop, 0, -scale * model.logProb(loop), state);
      }
    }
  }
}
