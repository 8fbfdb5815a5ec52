package org.stjem.acoustic.lattice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.stjem.acoustic.lattice.CompactLattice.Weight;

/**
 * Makes a lattice in which each sequence of words has one path, that with the least cost, and drops
 * what is beyond a beam: the pruned determinization of Kaldi's lat/determinize-lattice-pruned.cc,
 * without the pass over phones that makes it faster there.
 *
 * <p>A state of the result is a subset of the lattice's states, each with the cost and the
 * transition-ids by which it is behind the others. Since the arcs of the result are made in the
 * order of the best path that each belongs to, what is made first is best, and nothing is lost but
 * the worst if the limit of memory is met.
 */
public final class LatticeDeterminizer {
  /** Costs closer than this are the same, as in Kaldi. */
  private static final double DELTA = 1.0 / 1024;

  /** Most memory for subsets and sequences of transition-ids, as the next two count it. */
  private static final long MAX_BYTES = 64L << 20;

  private static final int ELEMENT_BYTES = 48;
  private static final int STRING_BYTES = 20;

  private static final int FINAL = -1;

  /** A subset, equal to others with the same states and strings and nearly the same costs. */
  private final class Subset {
    final LatticeElement[] elements;
    private final int hash;

    Subset(LatticeElement[] elements) {
      this.elements = elements;
      int code = 1;
      for (LatticeElement element : elements) {
        code = 31 * (31 * code + element.state()) + element.string();
      }
      hash = code;
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object object) {
      if (!(object instanceof Subset other) || other.elements.length != elements.length) {
        return false;
      }
      for (int i = 0; i < elements.length; i++) {
        LatticeElement a = elements[i];
        LatticeElement b = other.elements[i];
        if (a.state() != b.state()
            || a.string() != b.string()
            || Math.abs(order.cost(a) - order.cost(b)) > DELTA) {
          return false;
        }
      }
      return true;
    }
  }

  /** What a subset becomes when epsilons are followed: a state, and what all its elements share. */
  private record Reached(int state, LatticeElement shared) {}

  /** An arc to be made: {@code priority} is the cost of the best path that it belongs to. */
  private record Task(
      double priority, int number, int source, int word, List<LatticeElement> elements) {}

  private final StateLattice lattice;
  private final CostOrder order;
  private final long maxBytes;
  private final double[] backward;
  private final LabelStrings strings = new LabelStrings();
  private final CompactLattice.Builder result = new CompactLattice.Builder();
  private final List<Double> forward = new ArrayList<>();
  private final Map<Subset, Integer> states = new HashMap<>();
  private final Map<Subset, Reached> reached = new HashMap<>();
  private final PriorityQueue<Task> queue =
      new PriorityQueue<>(
          (a, b) -> {
            int comparison = Double.compare(a.priority, b.priority);
            return comparison != 0 ? comparison : Integer.compare(a.number, b.number);
          });
  private final double cutoff;
  private long elements;
  private int tasks;

  /** Whether the best path is complete. */
  private boolean hasBestPath;

  private final EpsilonClosure closure;

  private LatticeDeterminizer(
      StateLattice lattice, double acousticScale, double beam, long maxBytes) {
    this.lattice = lattice;
    this.order = new CostOrder(acousticScale);
    this.maxBytes = maxBytes;
    this.closure = new EpsilonClosure(lattice, strings, order);
    this.backward = new double[lattice.numStates];
    for (int state = lattice.numStates - 1; state >= 0; state--) {
      backward[state] = lattice.finalCosts[state];
      for (int arc = lattice.firstArc[state]; arc < lattice.firstArc[state + 1]; arc++) {
        backward[state] = Math.min(backward[state], arcCost(arc) + backward[lattice.target[arc]]);
      }
    }
    this.cutoff = backward[0] + beam;
  }

  /**
   * A determinized lattice.
   *
   * @param beam how much worse than the best path an alternative may be: what was asked for, or
   *     less where that would have taken too much memory
   */
  public record Determinized(CompactLattice lattice, double beam) {}

  /**
   * Determinizes a lattice.
   *
   * @param acousticScale factor of the acoustic costs when paths are compared; those of the result
   *     are unscaled all the same
   * @param beam how much worse than the best path an alternative may be
   */
  public static Determinized determinize(StateLattice lattice, double acousticScale, double beam) {
    return determinize(lattice, acousticScale, beam, MAX_BYTES);
  }

  static Determinized determinize(
      StateLattice lattice, double acousticScale, double beam, long maxBytes) {
    return new LatticeDeterminizer(lattice, acousticScale, beam, maxBytes).run(beam);
  }

  private Determinized run(double beam) {
    // Not normalized, or there would be nowhere for what its elements share.
    stateOf(closure.of(new LatticeElement[] {new LatticeElement(0, LabelStrings.EMPTY, 0, 0)}), 0);
    while (!queue.isEmpty()) {
      Task task = queue.poll();
      long bytes = ELEMENT_BYTES * elements + STRING_BYTES * (long) strings.count();
      if (bytes > maxBytes && hasBestPath) {
        return new Determinized(result.build(), Math.max(0, task.priority - backward[0]));
      }
      follow(task);
    }
    return new Determinized(result.build(), beam);
  }

  private double arcCost(int arc) {
    return lattice.graphCost[arc] + order.acousticScale() * lattice.acousticCost[arc];
  }

  /** Makes the arc of a task and, if it is new, the state that it leads to. */
  private void follow(Task task) {
    LatticeElement[] subset = unique(task.elements);
    LatticeElement shared = normalize(subset);
    Reached next = reach(subset, forward.get(task.source) + order.cost(shared));
    int string = strings.append(shared.string(), strings.labels(next.shared.string(), 0));
    result.addArc(
        task.source,
        next.state,
        task.word,
        new Weight(
            (float) (shared.graphCost() + next.shared.graphCost()),
            (float) (shared.acousticCost() + next.shared.acousticCost()),
            strings.labels(string, 0)));
  }

  private Reached reach(LatticeElement[] elementsBefore, double forwardCost) {
    Subset before = new Subset(elementsBefore);
    Reached known = reached.get(before);
    if (known != null) {
      return known;
    }
    LatticeElement[] after = closure.of(elementsBefore);
    LatticeElement shared = normalize(after);
    Reached next = new Reached(stateOf(after, forwardCost + order.cost(shared)), shared);
    reached.put(before, next);
    elements += elementsBefore.length;
    return next;
  }

  private int stateOf(LatticeElement[] members, double forwardCost) {
    Subset subset = new Subset(members);
    Integer known = states.get(subset);
    if (known != null) {
      return known;
    }
    int state = result.addState();
    forward.add(forwardCost);
    states.put(subset, state);
    elements += members.length;
    makeFinal(state, members, forwardCost);
    addTasks(state, members, forwardCost);
    return state;
  }

  private void makeFinal(int state, LatticeElement[] members, double forwardCost) {
    LatticeElement best = null;
    for (LatticeElement element : members) {
      LatticeElement end =
          new LatticeElement(
              FINAL,
              element.string(),
              element.graphCost() + lattice.finalCosts[element.state()],
              element.acousticCost());
      if (end.graphCost() < Double.POSITIVE_INFINITY
          && (best == null || order.isBetter(end, best))) {
        best = end;
      }
    }
    // A little more, since rounding may find the best path a little above what it was before.
    if (best != null && forwardCost + order.cost(best) <= cutoff + DELTA) {
      hasBestPath |= forwardCost + order.cost(best) <= backward[0] + DELTA;
      result.setFinal(
          state,
          new Weight(
              (float) best.graphCost(),
              (float) best.acousticCost(),
              strings.labels(best.string(), 0)));
    }
  }

  /** Queues the arcs of a state whose best path is within the beam, one for each word. */
  private void addTasks(int source, LatticeElement[] members, double forwardCost) {
    Map<Integer, List<LatticeElement>> byWord = new HashMap<>();
    for (LatticeElement element : members) {
      int end = lattice.firstArc[element.state() + 1];
      for (int arc = lattice.firstArc[element.state()]; arc < end; arc++) {
        if (lattice.word[arc] != 0) {
          byWord
              .computeIfAbsent(lattice.word[arc], word -> new ArrayList<>())
              .add(along(element, arc));
        }
      }
    }
    int[] words = byWord.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
    for (int word : words) {
      double best = Double.POSITIVE_INFINITY;
      for (LatticeElement element : byWord.get(word)) {
        best = Math.min(best, order.cost(element) + backward[element.state()]);
      }
      if (forwardCost + best <= cutoff + DELTA) {
        queue.add(new Task(forwardCost + best, tasks++, source, word, byWord.get(word)));
      }
    }
  }

  private LatticeElement along(LatticeElement element, int arc) {
    return new LatticeElement(
        lattice.target[arc],
        appended(element.string(), arc),
        element.graphCost() + lattice.graphCost[arc],
        element.acousticCost() + lattice.acousticCost[arc]);
  }

  private int appended(int string, int arc) {
    int id = lattice.transitionId[arc];
    return id == 0 ? string : strings.append(string, id);
  }

  /** The best element of each state, ordered by states. */
  private LatticeElement[] unique(List<LatticeElement> some) {
    LatticeElement[] sorted = some.toArray(new LatticeElement[0]);
    Arrays.sort(sorted, (a, b) -> Integer.compare(a.state(), b.state()));
    int count = 0;
    for (LatticeElement element : sorted) {
      if (count == 0 || sorted[count - 1].state() != element.state()) {
        sorted[count++] = element;
      } else if (order.isBetter(element, sorted[count - 1])) {
        sorted[count - 1] = element;
      }
    }
    return Arrays.copyOf(sorted, count);
  }

  /** Takes off the elements, and returns, the least cost and the transition-ids that all share. */
  private LatticeElement normalize(LatticeElement[] members) {
    LatticeElement best = members[0];
    int prefix = members[0].string();
    for (LatticeElement element : members) {
      prefix = strings.commonPrefix(prefix, element.string());
      if (order.isBetter(element, best)) {
        best = element;
      }
    }
    for (int i = 0; i < members.length; i++) {
      LatticeElement element = members[i];
      members[i] =
          new LatticeElement(
              element.state(),
              strings.withoutPrefix(element.string(), strings.length(prefix)),
              element.graphCost() - best.graphCost(),
              element.acousticCost() - best.acousticCost());
    }
    return new LatticeElement(FINAL, prefix, best.graphCost(), best.acousticCost());
  }
}
