package org.stjem.acoustic.fst;

import java.util.Arrays;
import org.stjem.frontend.kaldi.MutableFst;

/** The states that a set of states reaches without input, with what they have put out by then. */
final class EpsilonClosure {
  private static final int ABSENT = -1;

  private final MutableFst fst;
  private final LabelStrings strings;

  /** Where a state stands in the closure. */
  private final int[] places;

  private int size;
  private int[] states = new int[16];
  private int[] outputs = new int[16];
  private float[] costs = new float[16];

  /** Costs that have come in since the arcs of the state were followed. */
  private float[] pending = new float[16];

  private boolean[] queued = new boolean[16];

  private int[] queue = new int[16];
  private int queueBegin;
  private int queueEnd;

  /**
   * Makes an empty closure.
   *
   * @param fst its arcs are sorted by input label
   */
  EpsilonClosure(MutableFst fst, LabelStrings strings) {
    this.fst = fst;
    this.strings = strings;
    this.places = new int[fst.numStates()];
    Arrays.fill(places, ABSENT);
  }

  /** Number of states. */
  int size() {
    return size;
  }

  int state(int place) {
    return states[place];
  }

  int output(int place) {
    return outputs[place];
  }

  float cost(int place) {
    return costs[place];
  }

  /**
   * Closes a subset, in place of the one before.
   *
   * @param subset as in {@link Subsets}
   * @throws AmbiguityException if a state is reached with two outputs
   */
  void close(int[] subset) {
    for (int place = 0; place < size; place++) {
      places[states[place]] = ABSENT;
    }
    size = 0;
    queueBegin = 0;
    queueEnd = 0;
    for (int i = 0; i < subset.length; i += Subsets.WIDTH) {
      add(subset[i], subset[i + 1], Float.intBitsToFloat(subset[i + 2]));
    }
    while (queueBegin < queueEnd) {
      int place = queue[queueBegin++];
      queued[place] = false;
      float added = pending[place];
      pending[place] = Float.POSITIVE_INFINITY;
      costs[place] = LogSum.of(costs[place], added);
      follow(place, added);
    }
    for (int place = 0; place < size; place++) {
      costs[place] = LogSum.of(costs[place], pending[place]);
    }
  }

  private void follow(int place, float cost) {
    int state = states[place];
    int output = outputs[place];
    int end = fst.endArc(state);
    for (int arc = fst.firstArc(state); arc < end && fst.inputLabel(arc) == 0; arc++) {
      add(fst.nextState(arc), strings.append(output, fst.outputLabel(arc)), cost + fst.cost(arc));
    }
  }

  private void add(int state, int output, float cost) {
    int place = places[state];
    if (place == ABSENT) {
      place = newPlace();
      places[state] = place;
      states[place] = state;
      outputs[place] = output;
      costs[place] = Float.POSITIVE_INFINITY;
      pending[place] = cost;
      enqueue(place);
      return;
    }
    if (outputs[place] != output) {
      throw AmbiguityException.of(strings.labels(outputs[place]), strings.labels(output));
    }
    pending[place] = LogSum.of(pending[place], cost);
    // What changes little is not passed on, or cycles would have no end.
    float change = costs[place] - LogSum.of(costs[place], pending[place]);
    if (!queued[place] && change > Determinization.DELTA) {
      enqueue(place);
    }
  }

  private int newPlace() {
    if (size == states.length) {
      states = Arrays.copyOf(states, 2 * size);
      outputs = Arrays.copyOf(outputs, 2 * size);
      costs = Arrays.copyOf(costs, 2 * size);
      pending = Arrays.copyOf(pending, 2 * size);
      queued = Arrays.copyOf(queued, 2 * size);
    }
    return size++;
  }

  private void enqueue(int place) {
    queued[place] = true;
    if (queueEnd == queue.length) {
      queue = Arrays.copyOf(queue, 2 * queueEnd);
    }
    queue[queueEnd++] = place;
  }
}
