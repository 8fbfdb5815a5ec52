package org.stjem.acoustic.lattice;

import java.util.Arrays;

/**
 * A lattice as a search leaves it: states are states of the decoding graph at a frame, and each arc
 * has at most one transition-id and at most one word. Its states are in topological order.
 */
public final class StateLattice {
  final int numStates;

  /** Graph cost of ending in a state, infinite where it is not final, {@code [states]}. */
  final float[] finalCosts;

  /** Number of the first arc that leaves a state, {@code [states + 1]}. */
  final int[] firstArc;

  final int[] target;

  /** Word, or 0. */
  final int[] word;

  /** Transition-id, or 0. */
  final int[] transitionId;

  final float[] graphCost;

  /** Unscaled. */
  final float[] acousticCost;

  /**
   * Sorts arcs by the states that they leave.
   *
   * @param finalCosts graph cost of ending in a state, infinite where it is not final, {@code
   *     [states]}; state 0 is the start
   * @param source state that an arc leaves, {@code [arcs]}; the arcs that lead to a state come
   *     before those that leave it
   * @param target state that an arc leads to, {@code [arcs]}
   * @param word word of an arc, or 0, {@code [arcs]}
   * @param transitionId transition-id of an arc, or 0, {@code [arcs]}
   * @param graphCost {@code [arcs]}
   * @param acousticCost unscaled, {@code [arcs]}
   */
  public StateLattice(
      float[] finalCosts,
      int[] source,
      int[] target,
      int[] word,
      int[] transitionId,
      float[] graphCost,
      float[] acousticCost) {
    int arcs = source.length;
    numStates = finalCosts.length;
    int[] rank = ranks(numStates, target);
    this.finalCosts = new float[numStates];
    for (int state = 0; state < numStates; state++) {
      this.finalCosts[rank[state]] = finalCosts[state];
    }
    firstArc = new int[numStates + 1];
    for (int arc = 0; arc < arcs; arc++) {
      firstArc[rank[source[arc]] + 1]++;
    }
    for (int state = 0; state < numStates; state++) {
      firstArc[state + 1] += firstArc[state];
    }
    this.target = new int[arcs];
    this.word = new int[arcs];
    this.transitionId = new int[arcs];
    this.graphCost = new float[arcs];
    this.acousticCost = new float[arcs];
    int[] next = Arrays.copyOf(firstArc, numStates);
    for (int arc = 0; arc < arcs; arc++) {
      int to = next[rank[source[arc]]]++;
      this.target[to] = rank[target[arc]];
      this.word[to] = word[arc];
      this.transitionId[to] = transitionId[arc];
      this.graphCost[to] = graphCost[arc];
      this.acousticCost[to] = acousticCost[arc];
    }
  }

  /** Places of the states in the order in which the last arc that leads to each of them comes. */
  private static int[] ranks(int states, int[] target) {
    int[] lastArc = new int[states];
    Arrays.fill(lastArc, -1);
    for (int arc = 0; arc < target.length; arc++) {
      lastArc[target[arc]] = arc;
    }
    long[] keyed = new long[states];
    for (int state = 0; state < states; state++) {
      // The start, to which no arc leads, comes first.
      keyed[state] = (long) (lastArc[state] + 1) << 32 | state;
    }
    Arrays.sort(keyed);
    int[] rank = new int[states];
    for (int i = 0; i < states; i++) {
      rank[(int) keyed[i]] = i;
    }
    return rank;
  }
}
