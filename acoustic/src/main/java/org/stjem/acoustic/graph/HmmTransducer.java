package org.stjem.acoustic.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.HmmTopology;
import org.stjem.frontend.kaldi.MutableFst;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * The transducer from transition-ids to phones in context, without self-loops (Kaldi's
 * make-h-transducer, GetHTransducer in hmm/hmm-utils.h). State 0 is between phones; contexts in
 * which a phone has the same pdfs share the states of its HMM.
 */
final class HmmTransducer {
  private static final int BETWEEN = 0;

  private final TransitionModel model;
  private final HmmTopology topology;
  private final ContextDependency tree;
  private final float transitionScale;
  private final MutableFst fst = new MutableFst();
  private final List<Integer> disambiguation = new ArrayList<>();

  /** By phone and pdfs, the state of each state of the HMM. */
  private final Map<List<Integer>, int[]> hmms = new HashMap<>();

  /**
   * The transducer.
   *
   * @param disambiguation input labels, ascending, of disambiguation symbols; they stand behind the
   *     transition-ids
   */
  record Result(MutableFst fst, int[] disambiguation) {}

  private HmmTransducer(TransitionModel model, ContextDependency tree, float transitionScale) {
    this.model = model;
    this.topology = model.topology();
    this.tree = tree;
    this.transitionScale = transitionScale;
    fst.setFinal(fst.addState(), 0);
  }

  /**
   * Makes the transducer.
   *
   * @param labels meaning of its output labels, see {@link ContextExpansion.Result#labels}
   * @param transitionScale factor of the logarithms of transition probabilities
   * @throws StjemException if model and tree do not fit
   */
  static Result make(
      List<int[]> labels, TransitionModel model, ContextDependency tree, float transitionScale) {
    HmmTransducer maker = new HmmTransducer(model, tree, transitionScale);
    for (int label = 1; label < labels.size(); label++) {
      int[] meaning = labels.get(label);
      if (meaning.length == 1 && meaning[0] <= 0) {
        int input = model.numTransitionIds() + 1 + maker.disambiguation.size();
        maker.disambiguation.add(input);
        maker.fst.addArc(BETWEEN, input, label, 0, maker.end());
      } else {
        maker.addPhone(label, meaning);
      }
    }
    return new Result(
        maker.fst, maker.disambiguation.stream().mapToInt(Integer::intValue).toArray());
  }

  private void addPhone(int label, int[] window) {
    int phone = window[tree.centralPosition()];
    int[][] destinations = topology.destinations(phone);
    int size = destinations.length - 1;
    int[] pdfs = new int[size];
    int[] loopPdfs = new int[size];
    List<Integer> key = new ArrayList<>(List.of(phone));
    for (int state = 0; state < size; state++) {
      if (topology.pdfClass(phone, state) < 0) {
        throw new StjemException(
            "state "
                + state
                + " of phone "
                + phone
                + " consumes no frame though it is not the last; graphs cannot have such topologies");
      }
      pdfs[state] = tree.pdf(window, topology.pdfClass(phone, state));
      loopPdfs[state] = tree.pdf(window, topology.selfLoopPdfClass(phone, state));
      key.add(pdfs[state]);
      key.add(loopPdfs[state]);
    }
    int[] states = hmms.get(key);
    boolean startsBetween = startsBetween(destinations);
    if (states == null) {
      states = new int[size + 1];
      int first = startsBetween ? 1 : 0;
      for (int state = first; state < size; state++) {
        states[state] = fst.addState();
      }
      states[size] = end();
      hmms.put(key, states);
      for (int state = first; state < size; state++) {
        addArcs(phone, state, pdfs[state], loopPdfs[state], states, 0);
      }
    }
    if (startsBetween) {
      addArcs(phone, 0, pdfs[0], loopPdfs[0], states, label);
    } else {
      fst.addArc(BETWEEN, 0, label, 0, states[0]);
    }
  }

  /** A state from which an epsilon leads back. */
  private int end() {
    int state = fst.addState();
    fst.addArc(state, 0, 0, 0, BETWEEN);
    return state;
  }

  /** Whether the first state of an HMM needs no state of its own: one way out and none back. */
  private static boolean startsBetween(int[][] destinations) {
    int ways = 0;
    for (int state = 0; state < destinations.length; state++) {
      for (int destination : destinations[state]) {
        ways += state == 0 && destination != 0 ? 1 : 0;
        if (state != 0 && destination == 0) {
          return false;
        }
      }
    }
    return ways == 1;
  }

  private void addArcs(int phone, int state, int pdf, int loopPdf, int[] states, int output) {
    int first = model.firstTransitionId(phone, state, pdf, loopPdf);
    int[] destinations = topology.destinations(phone)[state];
    for (int i = 0; i < destinations.length; i++) {
      if (destinations[i] != state) {
        float cost = -transitionScale * model.logProbIgnoringSelfLoop(first + i);
        fst.addArc(states[state], first + i, output, cost, states[destinations[i]]);
      }
    }
  }
}
