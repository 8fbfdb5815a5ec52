package org.stjem.acoustic.fst;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.kaldi.MutableFst;

/**
 * Moves costs along paths so that the probabilities that leave a state have the same sum in every
 * state; paths keep their costs (Kaldi's fstpushspecial, fstext/push-special.h). Ordinary pushing
 * has no solution where, by back-off, sentences have several paths and probabilities sum to more
 * than one.
 *
 * <p>With {@code p(i, j)} for the probability of the arcs from state i to state j, ending counted
 * as an arc to the start, the dominant eigenvector {@code λ v = p v} is found by iteration. Then
 * {@code p(i, j) v(j) / v(i)} sums to λ over all j.
 */
public final class WeightPushing {
  private static final Logger LOG = LoggerFactory.getLogger(WeightPushing.class);
  private static final int MOST_ROUNDS = 200;
  private static final int ROUNDS_BETWEEN_CHECKS = 5;

  /** By this the sums may differ, as a cost. */
  private static final double DELTA = 1.0 / 1024;

  /** Part of the old vector that is kept, without which vectors of cycles would go round. */
  private static final double KEPT = 0.1;

  private final MutableFst fst;
  private double[] vector;

  private WeightPushing(MutableFst fst) {
    this.fst = fst;
    this.vector = new double[fst.numStates()];
    Arrays.fill(vector, 1 / Math.sqrt(vector.length));
  }

  /** Pushes, in place. */
  public static void push(MutableFst fst) {
    if (fst.numStates() == 0) {
      return;
    }
    WeightPushing pushing = new WeightPushing(fst);
    pushing.iterate();
    pushing.reweight();
  }

  private void iterate() {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      double[] sums = sums();
      if (round > 1 && round % ROUNDS_BETWEEN_CHECKS == 1 && isEven(sums)) {
        return;
      }
      double norm = 0;
      for (int state = 0; state < sums.length; state++) {
        sums[state] += KEPT * vector[state];
        norm += sums[state] * sums[state];
      }
      norm = Math.sqrt(norm);
      for (int state = 0; state < sums.length; state++) {
        sums[state] /= norm;
      }
      vector = sums;
    }
    LOG.warn("Costs could not be spread evenly in {} rounds.", MOST_ROUNDS);
  }

  /** {@code p v}. */
  private double[] sums() {
    double[] sums = new double[vector.length];
    for (int state = 0; state < sums.length; state++) {
      double sum = Math.exp(-fst.finalCost(state)) * vector[fst.start()];
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        sum += Math.exp(-fst.cost(arc)) * vector[fst.nextState(arc)];
      }
      sums[state] = sum;
    }
    return sums;
  }

  private boolean isEven(double[] sums) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int state = 0; state < sums.length; state++) {
      least = Math.min(least, sums[state] / vector[state]);
      most = Math.max(most, sums[state] / vector[state]);
    }
    return Math.log(most / least) <= DELTA;
  }

  private void reweight() {
    double[] potentials = new double[vector.length];
    for (int state = 0; state < potentials.length; state++) {
      potentials[state] = -Math.log(vector[state]);
    }
    for (int state = 0; state < potentials.length; state++) {
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        int next = fst.nextState(arc);
        float cost = (float) (fst.cost(arc) + potentials[next] - potentials[state]);
        fst.setArc(arc, fst.inputLabel(arc), fst.outputLabel(arc), cost, next);
      }
      float cost = (float) (potentials[fst.start()] - potentials[state]);
      fst.setFinal(state, fst.finalCost(state) + cost);
    }
  }
}
