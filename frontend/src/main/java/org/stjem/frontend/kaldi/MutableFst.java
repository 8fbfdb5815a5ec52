package org.stjem.frontend.kaldi;

import java.util.Arrays;

/**
 * A weighted finite-state transducer that can be changed. Labels are symbol ids, 0 for epsilon;
 * costs are negative natural logarithms. State 0 is the start unless another one is set.
 *
 * <p>Arcs lie in arrays, 16 bytes each, those of a state behind each other: from {@link #firstArc}
 * on there are {@link #numArcs(int)}. An arc that is added to a state may move all arcs of that
 * state, and of no other, to other numbers.
 */
public final class MutableFst {
  /** States with fewer arcs are sorted in place. */
  private static final int FEW_ARCS = 32;

  private int numStates;
  private int start;
  private float[] finalCosts = new float[16];
  private int[] firstArc = new int[16];
  private int[] arcCounts = new int[16];
  private int[] arcRooms = new int[16];

  /** Arcs are at numbers below this one. */
  private int arcsEnd;

  private int[] inputLabels = new int[16];
  private int[] outputLabels = new int[16];
  private float[] costs = new float[16];
  private int[] nextStates = new int[16];

  /** Adds a state, not final, and returns its number. */
  public int addState() {
    if (numStates == finalCosts.length) {
      int size = grown(numStates);
      finalCosts = Arrays.copyOf(finalCosts, size);
      firstArc = Arrays.copyOf(firstArc, size);
      arcCounts = Arrays.copyOf(arcCounts, size);
      arcRooms = Arrays.copyOf(arcRooms, size);
    }
    finalCosts[numStates] = Float.POSITIVE_INFINITY;
    return numStates++;
  }

  /** Makes a state final. */
  public void setFinal(int state, float cost) {
    finalCosts[state] = cost;
  }

  /** Sets the state in which paths begin. */
  public void setStart(int state) {
    start = state;
  }

  /** Adds an arc. */
  public void addArc(int state, int inputLabel, int outputLabel, float cost, int nextState) {
    if (arcCounts[state] == arcRooms[state]) {
      makeRoom(state);
    }
    setArc(firstArc[state] + arcCounts[state]++, inputLabel, outputLabel, cost, nextState);
  }

  /** Arcs at the end grow where they are; others move to the end and get room for as many again. */
  private void makeRoom(int state) {
    int count = arcCounts[state];
    int from = firstArc[state];
    boolean atEnd = count > 0 && from + count == arcsEnd;
    int to = atEnd ? from : arcsEnd;
    int room = atEnd ? count + 1 : Math.max(1, 2 * count);
    reserve(Math.addExact(to, room));
    if (to != from) {
      move(inputLabels, from, to, count);
      move(outputLabels, from, to, count);
      System.arraycopy(costs, from, costs, to, count);
      move(nextStates, from, to, count);
    }
    firstArc[state] = to;
    arcRooms[state] = room;
    arcsEnd = to + room;
  }

  private static void move(int[] values, int from, int to, int count) {
    System.arraycopy(values, from, values, to, count);
  }

  private void reserve(int arcs) {
    if (arcs > costs.length) {
      int size = Math.max(arcs, grown(costs.length));
      inputLabels = Arrays.copyOf(inputLabels, size);
      outputLabels = Arrays.copyOf(outputLabels, size);
      costs = Arrays.copyOf(costs, size);
      nextStates = Arrays.copyOf(nextStates, size);
    }
  }

  private static int grown(int size) {
    return (int) Math.min(Integer.MAX_VALUE - 8, size * 3L / 2 + 1);
  }

  /** Replaces an arc. */
  public void setArc(int arc, int inputLabel, int outputLabel, float cost, int nextState) {
    inputLabels[arc] = inputLabel;
    outputLabels[arc] = outputLabel;
    costs[arc] = cost;
    nextStates[arc] = nextState;
  }

  /** Keeps the first {@code count} arcs of a state and drops the others. */
  public void truncateArcs(int state, int count) {
    arcCounts[state] = count;
  }

  /** Number of states. */
  public int numStates() {
    return numStates;
  }

  /** The state in which paths begin. */
  public int start() {
    return start;
  }

  /** The cost of ending in a state; infinite if it is not final. */
  public float finalCost(int state) {
    return finalCosts[state];
  }

  /** Whether paths may end in a state. */
  public boolean isFinal(int state) {
    return finalCosts[state] < Float.POSITIVE_INFINITY;
  }

  /** Number of arcs of all states. */
  public int numArcs() {
    int count = 0;
    for (int state = 0; state < numStates; state++) {
      count += arcCounts[state];
    }
    return count;
  }

  /** Number of arcs that leave a state. */
  public int numArcs(int state) {
    return arcCounts[state];
  }

  /** Number of the first arc of a state. */
  public int firstArc(int state) {
    return firstArc[state];
  }

  /** Number behind that of the last arc of a state. */
  public int endArc(int state) {
    return firstArc[state] + arcCounts[state];
  }

  /** Input label of an arc. */
  public int inputLabel(int arc) {
    return inputLabels[arc];
  }

  /** Output label of an arc. */
  public int outputLabel(int arc) {
    return outputLabels[arc];
  }

  /** Cost of an arc. */
  public float cost(int arc) {
    return costs[arc];
  }

  /** The state that an arc leads to. */
  public int nextState(int arc) {
    return nextStates[arc];
  }

  /** Sorts the arcs of each state by output label, those with the same one by input label. */
  public void sortByOutputLabel() {
    sort(outputLabels, inputLabels);
  }

  /** Sorts the arcs of each state by input label, those with the same one by output label. */
  public void sortByInputLabel() {
    sort(inputLabels, outputLabels);
  }

  private void sort(int[] major, int[] minor) {
    for (int state = 0; state < numStates; state++) {
      if (arcCounts[state] < FEW_ARCS) {
        sortFew(firstArc[state], endArc(state), major, minor);
      } else {
        sortMany(firstArc[state], arcCounts[state], major, minor);
      }
    }
  }

  /** By insertion: arcs are often sorted already. */
  private void sortFew(int begin, int end, int[] major, int[] minor) {
    for (int arc = begin + 1; arc < end; arc++) {
      for (int i = arc; i > begin && compare(i - 1, i, major, minor) > 0; i--) {
        int input = inputLabels[i];
        int output = outputLabels[i];
        float cost = costs[i];
        int next = nextStates[i];
        setArc(i, inputLabels[i - 1], outputLabels[i - 1], costs[i - 1], nextStates[i - 1]);
        setArc(i - 1, input, output, cost, next);
      }
    }
  }

  private void sortMany(int begin, int count, int[] major, int[] minor) {
    Integer[] order = new Integer[count];
    Arrays.setAll(order, i -> begin + i);
    Arrays.sort(order, (a, b) -> compare(a, b, major, minor));
    int[] inputs = Arrays.copyOfRange(inputLabels, begin, begin + count);
    int[] outputs = Arrays.copyOfRange(outputLabels, begin, begin + count);
    float[] weights = Arrays.copyOfRange(costs, begin, begin + count);
    int[] states = Arrays.copyOfRange(nextStates, begin, begin + count);
    for (int i = 0; i < count; i++) {
      int from = order[i] - begin;
      setArc(begin + i, inputs[from], outputs[from], weights[from], states[from]);
    }
  }

  private static int compare(int a, int b, int[] major, int[] minor) {
    int order = Integer.compare(major[a], major[b]);
    return order != 0 ? order : Integer.compare(minor[a], minor[b]);
  }
}
