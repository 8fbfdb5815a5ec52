package org.stjem.acoustic.decode;

import java.util.Arrays;

/** Gathers the states and arcs of a graph in arrays that grow. */
final class FstBuilder {
  /** Two numbers of each arc share an array. */
  static final int MAX_ARCS = (Integer.MAX_VALUE - 8) / 2;

  static final int MAX_STATES = Integer.MAX_VALUE - 9;

  private int numStates;
  private float[] finalCosts = new float[0];
  private int[] firstArc = new int[1];

  private int numArcs;
  private int[] arcs = new int[0];
  private float[] costs = new float[0];
  private int[] outputLabels = new int[0];

  /** Makes room for so many states and arcs in all. */
  void reserve(int states, int arcCount) {
    if (states > finalCosts.length) {
      finalCosts = Arrays.copyOf(finalCosts, states);
      firstArc = Arrays.copyOf(firstArc, states + 1);
    }
    if (arcCount > costs.length) {
      arcs = Arrays.copyOf(arcs, 2 * arcCount);
      costs = Arrays.copyOf(costs, arcCount);
      outputLabels = Arrays.copyOf(outputLabels, arcCount);
    }
  }

  int numStates() {
    return numStates;
  }

  int numArcs() {
    return numArcs;
  }

  /**
   * Adds a state.
   *
   * @param arcsEnd number of the arc after its last one; its first one is that after the last one
   *     of the state before
   */
  void addState(float finalCost, int arcsEnd) {
    if (numStates == finalCosts.length) {
      reserve(grown(numStates, MAX_STATES), 0);
    }
    finalCosts[numStates++] = finalCost;
    firstArc[numStates] = arcsEnd;
  }

  void addArc(int inputLabel, int outputLabel, float cost, int nextState) {
    if (numArcs == costs.length) {
      reserve(0, grown(numArcs, MAX_ARCS));
    }
    arcs[2 * numArcs] = inputLabel;
    arcs[2 * numArcs + 1] = nextState;
    costs[numArcs] = cost;
    outputLabels[numArcs] = outputLabel;
    numArcs++;
  }

  private static int grown(int size, int limit) {
    return (int) Math.min(limit, Math.max(16, size * 3L / 2));
  }

  /**
   * Makes the graph; nothing can be added any more.
   *
   * @throws IllegalArgumentException if it cannot be searched
   */
  Fst build(long start) {
    return new Fst(
        start,
        fitted(finalCosts, numStates),
        fitted(firstArc, numStates + 1),
        fitted(arcs, 2 * numArcs),
        fitted(costs, numArcs),
        fitted(outputLabels, numArcs));
  }

  private static float[] fitted(float[] values, int length) {
    return values.length == length ? values : Arrays.copyOf(values, length);
  }

  private static int[] fitted(int[] values, int length) {
    return values.length == length ? values : Arrays.copyOf(values, length);
  }
}
