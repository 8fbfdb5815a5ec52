package org.stjem.acoustic.decode;

import java.io.IOException;
import java.util.Arrays;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.KaldiInput;

/**
 * A weighted finite-state transducer over the tropical semiring, held in arrays: Kaldi's decoding
 * graph {@code HCLG.fst}, with transition-ids as input labels, word ids as output labels, 0 for
 * epsilon, and costs (negative natural logarithms) as weights. Immutable, so that threads can share
 * it; takes 16 bytes per arc and 16 per state.
 */
public final class Fst {
  final int start;

  /** Cost of ending in a state, {@code [states]}; infinite where the state is not final. */
  final float[] finalCosts;

  /** Number of the first arc of a state, {@code [states + 1]}; arcs with input epsilon first. */
  final int[] firstArc;

  /** Number of the first arc of a state that consumes a frame, {@code [states]}. */
  final int[] firstEmitting;

  /**
   * Input label and next state of each arc, {@code [arcs, 2]}: what the search asks for is close
   * together.
   */
  final int[] arcs;

  /** {@code [arcs]}. */
  final float[] costs;

  /** {@code [arcs]}. */
  final int[] outputLabels;

  /** Position of a state in an order in which all epsilon arcs lead forward, {@code [states]}. */
  final int[] epsilonRank;

  private final int maxInputLabel;

  /**
   * Takes over the arrays; the arcs of each state are reordered so that epsilon arcs come first.
   *
   * @throws IllegalArgumentException if the start or the end of an arc is no state, or if epsilon
   *     arcs form a cycle, which would let the search run forever
   */
  Fst(
      long start,
      float[] finalCosts,
      int[] firstArc,
      int[] arcs,
      float[] costs,
      int[] outputLabels) {
    this.start = (int) start;
    this.finalCosts = finalCosts;
    this.firstArc = firstArc;
    this.arcs = arcs;
    this.costs = costs;
    this.outputLabels = outputLabels;
    checkStates(start);
    this.firstEmitting = new int[finalCosts.length];
    moveEpsilonArcsToTheFront();
    this.epsilonRank = sortByEpsilonArcs();
    int max = 0;
    for (int arc = 0; arc < numArcs(); arc++) {
      max = Math.max(max, inputLabel(arc));
    }
    this.maxInputLabel = max;
  }

  /**
   * Reads an OpenFst binary file of type {@code vector} or {@code const}.
   *
   * @param rxfilename file, {@code -} or {@code command |}
   * @throws StjemException if it cannot be read or searched; names the file and the byte offset
   */
  public static Fst read(String rxfilename) {
    try (KaldiInput in = KaldiInput.open(rxfilename)) {
      return FstReader.read(in, rxfilename, in.remaining());
    } catch (IOException e) {
      throw new StjemException(
          "graph " + rxfilename + " cannot be read: " + StjemException.reason(e), e);
    }
  }

  /** The same graph where each word costs so much more, in units of its costs. */
  public Fst withWordPenalty(double penalty) {
    float[] dearer = costs.clone();
    for (int arc = 0; arc < dearer.length; arc++) {
      dearer[arc] += outputLabels[arc] == 0 ? 0 : (float) penalty;
    }
    return new Fst(start, finalCosts, firstArc, arcs, dearer, outputLabels);
  }

  /** Number of states. */
  public int numStates() {
    return finalCosts.length;
  }

  /** Number of arcs. */
  public int numArcs() {
    return costs.length;
  }

  /** The largest input label: the largest transition-id that the graph asks scores for. */
  public int maxInputLabel() {
    return maxInputLabel;
  }

  /**
   * The output labels other than epsilon: the ids of all words that the graph can emit, ascending.
   */
  public int[] words() {
    int[] words = new int[numArcs()];
    int count = 0;
    for (int label : outputLabels) {
      if (label != 0) {
        words[count++] = label;
      }
    }
    Arrays.sort(words, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || words[i] != words[i - 1]) {
        words[distinct++] = words[i];
      }
    }
    return Arrays.copyOf(words, distinct);
  }

  /** The state in which paths begin. */
  public int start() {
    return start;
  }

  /** Cost of ending in a state; infinite if it is not final. */
  public float finalCost(int state) {
    return finalCosts[state];
  }

  /** Number of the first arc of a state; its others follow, up to the first of the next state. */
  public int firstArc(int state) {
    return firstArc[state];
  }

  /** Input label of an arc. */
  public int inputLabel(int arc) {
    return arcs[2 * arc];
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
    return arcs[2 * arc + 1];
  }

  /** Whether arcs that consume no frame leave {@code state}. */
  boolean hasEpsilonArcs(int state) {
    return firstArc[state] != firstEmitting[state];
  }

  private void checkStates(long startState) {
    int states = numStates();
    if (startState < 0 || startState >= states) {
      throw new IllegalArgumentException(
          "its start state is " + startState + ", but it has " + states + " states");
    }
    for (int arc = 0; arc < numArcs(); arc++) {
      int next = nextState(arc);
      if (next < 0 || next >= states) {
        throw new IllegalArgumentException(
            "arc " + arc + " leads to state " + next + " of " + states + " states");
      }
    }
  }

  private void moveEpsilonArcsToTheFront() {
    int[] emitting = new int[16];
    for (int state = 0; state < numStates(); state++) {
      int end = firstArc[state + 1];
      if (end - firstArc[state] > emitting.length) {
        emitting = new int[Math.max(2 * emitting.length, end - firstArc[state])];
      }
      int front = firstArc[state];
      int count = 0;
      boolean ordered = true;
      for (int arc = firstArc[state]; arc < end; arc++) {
        if (inputLabel(arc) == 0) {
          ordered &= count == 0;
          front++;
        } else {
          emitting[count++] = arc;
        }
      }
      firstEmitting[state] = front;
      if (!ordered) {
        partition(firstArc[state], end, emitting, count);
      }
    }
  }

  /** Stable partition of the arcs {@code [begin, end)}; those in {@code emitting} go last. */
  private void partition(int begin, int end, int[] emitting, int count) {
    int[] labelsAndStates = new int[2 * count];
    int[] outputs = new int[count];
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      labelsAndStates[2 * i] = inputLabel(emitting[i]);
      labelsAndStates[2 * i + 1] = nextState(emitting[i]);
      outputs[i] = outputLabels[emitting[i]];
      weights[i] = costs[emitting[i]];
    }
    int front = begin;
    for (int arc = begin; arc < end; arc++) {
      if (inputLabel(arc) == 0) {
        arcs[2 * front] = 0;
        arcs[2 * front + 1] = nextState(arc);
        outputLabels[front] = outputLabels[arc];
        costs[front] = costs[arc];
        front++;
      }
    }
    System.arraycopy(labelsAndStates, 0, arcs, 2 * front, 2 * count);
    System.arraycopy(outputs, 0, outputLabels, front, count);
    System.arraycopy(weights, 0, costs, front, count);
  }

  /** Kahn's algorithm over the epsilon arcs. */
  private int[] sortByEpsilonArcs() {
    int[] incoming = new int[numStates()];
    for (int state = 0; state < numStates(); state++) {
      for (int arc = firstArc[state]; arc < firstEmitting[state]; arc++) {
        incoming[nextState(arc)]++;
      }
    }
    int[] order = new int[numStates()];
    int ready = 0;
    for (int state = 0; state < numStates(); state++) {
      if (incoming[state] == 0) {
        order[ready++] = state;
      }
    }
    int[] rank = incoming;
    for (int i = 0; i < ready; i++) {
      int state = order[i];
      for (int arc = firstArc[state]; arc < firstEmitting[state]; arc++) {
        if (--incoming[nextState(arc)] == 0) {
          order[ready++] = nextState(arc);
        }
      }
    }
    if (ready < numStates()) {
      throw new IllegalArgumentException("its epsilon arcs form a cycle");
    }
    for (int i = 0; i < ready; i++) {
      rank[order[i]] = i;
    }
    return rank;
  }
}
