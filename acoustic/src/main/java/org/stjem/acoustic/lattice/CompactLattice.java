package org.stjem.acoustic.lattice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A lattice of words, Kaldi's {@code CompactLattice}: an arc has a word, a graph cost, an unscaled
 * acoustic cost and a sequence of transition-ids. Costs are floats, as in Kaldi's files. States are
 * in topological order, state 0 is the start, and every state lies on a path from it to a final
 * state. Immutable.
 */
public final class CompactLattice {
  /**
   * What a path gathers on an arc, or where it ends.
   *
   * @param graphCost negative log-probability of the graph
   * @param acousticCost negative log-likelihood, unscaled
   * @param transitionIds one per frame
   */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  public record Weight(float graphCost, float acousticCost, int[] transitionIds) {}

  /**
   * An arc.
   *
   * @param source state that it leaves
   * @param target state that it leads to
   * @param word word id, or 0
   */
  public record Arc(int source, int target, int word, Weight weight) {}

  private final Weight[] finals;
  private final List<Arc> arcs;

  private CompactLattice(Weight[] finals, List<Arc> arcs) {
    this.finals = finals;
    this.arcs = arcs;
  }

  /** Number of states. */
  public int numStates() {
    return finals.length;
  }

  /** The arcs, ordered by the states that they leave. */
  public List<Arc> arcs() {
    return arcs;
  }

  /** What a path gathers that ends in {@code state}, or null if it is not final. */
  public Weight finalWeight(int state) {
    return finals[state];
  }

  /** Gathers states and arcs in any order. */
  public static final class Builder {
    private final List<Weight> finals = new ArrayList<>();
    private final List<Arc> arcs = new ArrayList<>();

    /** Adds a state and returns its number; the first one is the start. */
    public int addState() {
      finals.add(null);
      return finals.size() - 1;
    }

    public void addArc(int source, int target, int word, Weight weight) {
      arcs.add(new Arc(source, target, word, weight));
    }

    public void setFinal(int state, Weight weight) {
      finals.set(state, weight);
    }

    /**
     * Sorts the states and drops those that are on no path from the start to a final state.
     *
     * @return null if no path leads from the start to a final state
     * @throws IllegalArgumentException if the arcs form a cycle
     */
    public CompactLattice build() {
      int[] number = topologicalNumbers();
      boolean[] useful = useful(number);
      if (finals.isEmpty() || !useful[0]) {
        return null;
      }
      int[] renumbered = new int[number.length];
      int[] byNumber = inverse(number);
      int count = 0;
      for (int state : byNumber) {
        renumbered[state] = useful[state] ? count++ : -1;
      }
      Weight[] kept = new Weight[count];
      for (int state = 0; state < renumbered.length; state++) {
        if (renumbered[state] >= 0) {
          kept[renumbered[state]] = finals.get(state);
        }
      }
      List<Arc> keptArcs = new ArrayList<>();
      for (Arc arc : arcs) {
        if (useful[arc.source] && useful[arc.target]) {
          keptArcs.add(
              new Arc(renumbered[arc.source], renumbered[arc.target], arc.word, arc.weight));
        }
      }
      keptArcs.sort((a, b) -> Integer.compare(a.source, b.source));
      return new CompactLattice(kept, List.copyOf(keptArcs));
    }

    private static int[] inverse(int[] number) {
      int[] inverse = new int[number.length];
      for (int state = 0; state < number.length; state++) {
        inverse[number[state]] = state;
      }
      return inverse;
    }

    /** Kahn's algorithm. */
    private int[] topologicalNumbers() {
      int states = finals.size();
      int[] incoming = new int[states];
      int[] firstArc = new int[states + 1];
      for (Arc arc : arcs) {
        incoming[arc.target]++;
        firstArc[arc.source + 1]++;
      }
      for (int state = 0; state < states; state++) {
        firstArc[state + 1] += firstArc[state];
      }
      int[] targets = new int[arcs.size()];
      int[] next = Arrays.copyOf(firstArc, states);
      for (Arc arc : arcs) {
        targets[next[arc.source]++] = arc.target;
      }
      int[] order = new int[states];
      int ready = 0;
      for (int state = 0; state < states; state++) {
        if (incoming[state] == 0) {
          order[ready++] = state;
        }
      }
      for (int i = 0; i < ready; i++) {
        for (int arc = firstArc[order[i]]; arc < firstArc[order[i] + 1]; arc++) {
          if (--incoming[targets[arc]] == 0) {
            order[ready++] = targets[arc];
          }
        }
      }
      if (ready < states) {
        throw new IllegalArgumentException("the arcs of the lattice form a cycle");
      }
      return inverse(order);
    }

    /** Whether a state lies on a path from the start to a final state, {@code [states]}. */
    private boolean[] useful(int[] number) {
      int states = finals.size();
      List<Arc> sorted = new ArrayList<>(arcs);
      sorted.sort((a, b) -> Integer.compare(number[a.source], number[b.source]));
      boolean[] reached = new boolean[states];
      if (states > 0) {
        reached[0] = true;
      }
      for (Arc arc : sorted) {
        reached[arc.target] |= reached[arc.source];
      }
      boolean[] ends = new boolean[states];
      for (int state = 0; state < states; state++) {
        ends[state] = finals.get(state) != null;
      }
      for (int i = sorted.size() - 1; i >= 0; i--) {
        ends[sorted.get(i).source] |= ends[sorted.get(i).target];
      }
      for (int state = 0; state < states; state++) {
        reached[state] &= ends[state];
      }
      return reached;
    }
  }
}
