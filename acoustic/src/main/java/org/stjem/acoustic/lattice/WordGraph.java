package org.stjem.acoustic.lattice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stjem.acoustic.lattice.CompactLattice.Arc;
import org.stjem.acoustic.lattice.CompactLattice.Weight;

/**
 * The words of a lattice with scaled log-probabilities, as arrays; the last state alone is final.
 */
final class WordGraph {
  final int states;
  final int[] source;
  final int[] word;
  final double[] logProbability;

  /** Number of the first arc that leads to a state, {@code [states + 1]}. */
  final int[] firstArc;

  /** Frame of each state. */
  final int[] time;

  /** Log-probability of the paths to a state. */
  private final double[] alpha;

  WordGraph(CompactLattice lattice, MinimumBayesRisk.Options options) {
    List<Arc> arcs = withOneFinalState(lattice);
    this.states = arcs.isEmpty() ? 1 : arcs.stream().mapToInt(Arc::target).max().getAsInt() + 1;
    arcs.sort((a, b) -> Integer.compare(a.target(), b.target()));
    this.source = new int[arcs.size()];
    this.word = new int[arcs.size()];
    this.logProbability = new double[arcs.size()];
    this.firstArc = new int[states + 1];
    this.time = new int[states];
    for (int i = 0; i < arcs.size(); i++) {
      Arc arc = arcs.get(i);
      Weight weight = arc.weight();
      source[i] = arc.source();
      word[i] = arc.word();
      double penalty = arc.word() == 0 ? 0 : options.wordInsertionPenalty();
      // Rounded as in Kaldi, since choices between equal distances can depend on the last bit.
      float graphCost = (float) (options.lmScale() * (float) (weight.graphCost() + penalty));
      float acousticCost = (float) options.acousticScale() * weight.acousticCost();
      logProbability[i] = -(graphCost + acousticCost);
      firstArc[arc.target() + 1] = i + 1;
      time[arc.target()] = time[arc.source()] + weight.transitionIds().length;
    }
    for (int state = 0; state < states; state++) {
      firstArc[state + 1] = Math.max(firstArc[state + 1], firstArc[state]);
    }
    this.alpha = forwardProbabilities();
  }

  /**
   * The arcs, and one without word from each final state to one state more, unless there is but one
   * and nothing to be gathered there.
   */
  private static List<Arc> withOneFinalState(CompactLattice lattice) {
    List<Arc> toEnd = new ArrayList<>();
    for (int state = 0; state < lattice.numStates(); state++) {
      Weight end = lattice.finalWeight(state);
      if (end != null) {
        toEnd.add(new Arc(state, lattice.numStates(), 0, end));
      }
    }
    List<Arc> arcs = new ArrayList<>(lattice.arcs());
    Weight end = toEnd.get(0).weight();
    if (toEnd.size() > 1
        || end.graphCost() != 0
        || end.acousticCost() != 0
        || end.transitionIds().length > 0) {
      arcs.addAll(toEnd);
    }
    return arcs;
  }

  private double[] forwardProbabilities() {
    double[] sums = new double[states];
    for (int state = 1; state < states; state++) {
      sums[state] = Double.NEGATIVE_INFINITY;
      for (int arc = firstArc[state]; arc < firstArc[state + 1]; arc++) {
        sums[state] = logAdd(sums[state], sums[source[arc]] + logProbability[arc]);
      }
    }
    return sums;
  }

  private static double logAdd(double a, double b) {
    double larger = Math.max(a, b);
    return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
  }

  /** Share of an arc in the paths to {@code state}. */
  double share(int arc, int state) {
    return Math.exp(alpha[source[arc]] + logProbability[arc] - alpha[state]);
  }

  /** The words of the most probable path, with zeros between. */
  int[] bestPath() {
    double[] best = new double[states];
    int[] by = new int[states];
    for (int state = 1; state < states; state++) {
      best[state] = Double.NEGATIVE_INFINITY;
      for (int arc = firstArc[state]; arc < firstArc[state + 1]; arc++) {
        double total = best[source[arc]] + logProbability[arc];
        if (total > best[state]) {
          best[state] = total;
          by[state] = arc;
        }
      }
    }
    int[] path = new int[states];
    int first = states;
    for (int state = states - 1; state > 0; state = source[by[state]]) {
      path[--first] = word[by[state]];
    }
    return Arrays.copyOfRange(path, first, states);
  }
}
