package org.stjem.acoustic.forced;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.HmmTopology;
import org.stjem.frontend.kaldi.TransitionModel;

/** The HMMs of phones in context, with scaled costs; each is made once. Thread-safe. */
final class PhoneHmms {
  private final TransitionModel model;
  private final ContextDependency tree;
  private final float transitionScale;
  private final float selfLoopScale;

  /** By phone and pdfs of its states. */
  private final Map<List<Integer>, PhoneHmm> made = new HashMap<>();

  PhoneHmms(
      TransitionModel model, ContextDependency tree, float transitionScale, float selfLoopScale) {
    this.model = model;
    this.tree = tree;
    this.transitionScale = transitionScale;
    this.selfLoopScale = selfLoopScale;
  }

  ContextDependency tree() {
    return tree;
  }

  boolean knows(int phone) {
    return model.topology().destinations(phone) != null;
  }

  /**
   * The HMM of a phone.
   *
   * @param window the phone among its neighbours, as the tree wants them
   * @throws StjemException if model and tree do not fit
   */
  synchronized PhoneHmm of(int[] window) {
    int phone = window[tree.centralPosition()];
    HmmTopology topology = model.topology();
    int size = topology.destinations(phone).length - 1;
    List<Integer> key = new ArrayList<>(List.of(phone));
    int[] pdfs = new int[size];
    for (int state = 0; state < size; state++) {
      int pdfClass = topology.pdfClass(phone, state);
      if (pdfClass < 0) {
        throw new StjemException(
            "state "
                + state
                + " of phone "
                + phone
                + " consumes no frame though it is not the last; such topologies cannot be aligned");
      }
      pdfs[state] = tree.pdf(window, pdfClass);
      key.add(pdfs[state]);
    }
    return made.computeIfAbsent(key, unused -> make(phone, pdfs));
  }

  private PhoneHmm make(int phone, int[] pdfs) {
    int[][] transitions = model.topology().destinations(phone);
    int size = pdfs.length;
    int[] loopIds = new int[size];
    float[] loopCosts = new float[size];
    int[][] ids = new int[size][];
    int[][] destinations = new int[size][];
    float[][] costs = new float[size][];
    for (int state = 0; state < size; state++) {
      int first = model.firstTransitionId(phone, state, pdfs[state]);
      int loop = indexOf(transitions[state], state);
      int count = transitions[state].length - (loop < 0 ? 0 : 1);
      loopIds[state] = loop < 0 ? 0 : first + loop;
      loopCosts[state] =
          loop < 0 ? Float.POSITIVE_INFINITY : -selfLoopScale * model.logProb(first + loop);
      float leaving = loop < 0 ? 0 : (float) Math.log1p(-Math.exp(model.logProb(first + loop)));
      ids[state] = new int[count];
      destinations[state] = new int[count];
      costs[state] = new float[count];
      int n = 0;
      for (int i = 0; i < transitions[state].length; i++) {
        if (i != loop) {
          float logProb = model.logProb(first + i);
          ids[state][n] = first + i;
          destinations[state][n] = transitions[state][i];
          costs[state][n++] =
              transitionScale == selfLoopScale
                  ? -transitionScale * logProb
                  : -(selfLoopScale * leaving + transitionScale * (logProb - leaving));
        }
      }
    }
    return new PhoneHmm(pdfs, loopIds, loopCosts, ids, destinations, costs);
  }

  private static int indexOf(int[] destinations, int state) {
    for (int i = 0; i < destinations.length; i++) {
      if (destinations[i] == state) {
        return i;
      }
    }
    return -1;
  }
}
