package org.stjem.acoustic.decode;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
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

  /**
   * Index of the first arc of a state, {@code [states + 1]}; arcs with input epsilon come first.
   */
  final int[] firstArc;

  /** Index of the first arc of a state that consumes a frame, {@code [states]}. */
  final int[] firstEmitting;

  final int[] inputLabels;
  final int[] outputLabels;
  final float[] costs;
  final int[] nextStates;

  /** Position of a state in an order in which all epsilon arcs lead forward, {@code [states]}. */
  final int[] epsilonRank;

  private final int maxInputLabel;

  /**
   * Takes over the arrays; the arcs of each state are reordered so that epsilon arcs come first.
   *
   * @throws IllegalArgumentException if epsilon arcs form a cycle, which would let the search run
   *     forever
   */
  Fst(
      int start,
      float[] finalCosts,
      int[] firstArc,
      int[] inputLabels,
      int[] outputLabels,
      float[] costs,
      int[] nextStates) {
    this.start = start;
    this.finalCosts = finalCosts;
    this.firstArc = firstArc;
    this.inputLabels = inputLabels;
    this.outputLabels = outputLabels;
    this.costs = costs;
    this.nextStates = nextStates;
    this.firstEmitting = new int[finalCosts.length];
    moveEpsilonArcsToTheFront();
    this.epsilonRank = sortByEpsilonArcs();
    int max = 0;
    for (int label : inputLabels) {
      max = Math.max(max, label);
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
    try (InputStream in = KaldiInput.open(rxfilename)) {
      return FstReader.read(in, rxfilename);
    } catch (IOException e) {
      throw new StjemException(
          "graph " + rxfilename + " cannot be read: " + StjemException.reason(e), e);
    }
  }

  /** Number of states. */
  public int numStates() {
    return finalCosts.length;
  }

  /** Number of arcs. */
  public int numArcs() {
    return inputLabels.length;
  }

  /** The largest input label: the largest transition-id that the graph asks scores for. */
  public int maxInputLabel() {
    return maxInputLabel;
  }

  /**
   * The output labels other than epsilon: the ids of all words that the graph can emit, ascending.
   */
  public int[] words() {
    Set<Integer> words = new TreeSet<>();
    int last = 0;
    for (int label : outputLabels) {
      if (label != last) {
        words.add(label);
        last = label;
      }
    }
    words.remove(0);
    return words.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Whether arcs that consume no frame leave {@code state}. */
  boolean hasEpsilonArcs(int state) {
    return firstArc[state] != firstEmitting[state];
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
        if (inputLabels[arc] == 0) {
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
    int[] inputs = new int[count];
    int[] outputs = new int[count];
    float[] weights = new float[count];
    int[] targets = new int[count];
    for (int i = 0; i < count; i++) {
      inputs[i] = inputLabels[emitting[i]];
      outputs[i] = outputLabels[emitting[i]];
      weights[i] = costs[emitting[i]];
      targets[i] = nextStates[emitting[i]];
    }
    int front = begin;
    for (int arc = begin; arc < end; arc++) {
      if (inputLabels[arc] == 0) {
        inputLabels[front] = 0;
        outputLabels[front] = outputLabels[arc];
        costs[front] = costs[arc];
        nextStates[front] = nextStates[arc];
        front++;
      }
    }
    System.arraycopy(inputs, 0, inputLabels, front, count);
    System.arraycopy(outputs, 0, outputLabels, front, count);
    System.arraycopy(weights, 0, costs, front, count);
    System.arraycopy(targets, 0, nextStates, front, count);
  }

  /** Kahn's algorithm over the epsilon arcs. */
  private int[] sortByEpsilonArcs() {
    int[] incoming = new int[numStates()];
    for (int state = 0; state < numStates(); state++) {
      for (int arc = firstArc[state]; arc < firstEmitting[state]; arc++) {
        incoming[nextStates[arc]]++;
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
        if (--incoming[nextStates[arc]] == 0) {
          order[ready++] = nextStates[arc];
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
