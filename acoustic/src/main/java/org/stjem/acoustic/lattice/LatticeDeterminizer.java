package org.stjem.acoustic.lattice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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

  /** Most elements of subsets and of sequences of transition-ids; each takes some 50 bytes. */
  private static final int MAX_ELEMENTS = 1_000_000;

  private static final int FINAL = -1;

  /** A state of the lattice in a subset. */
  private record Element(int state, int string, double graphCost, double acousticCost) {}

  /** A subset, equal to others with the same states and strings and nearly the same costs. */
  private final class Subset {
    final Element[] elements;
    private final int hash;

    Subset(Element[] elements) {
      this.elements = elements;
      int code = 1;
      for (Element element : elements) {
        code = 31 * (31 * code + element.state) + element.string;
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
        Element a = elements[i];
        Element b = other.elements[i];
        if (a.state != b.state || a.string != b.string || Math.abs(cost(a) - cost(b)) > DELTA) {
          return false;
        }
      }
      return true;
    }
  }

  /** What a subset becomes when epsilons are followed: a state, and what all its elements share. */
  private record Reached(int state, Element shared) {}

  /** An arc to be made: {@code priority} is the cost of the best path that it belongs to. */
  private record Task(double priority, int number, int source, int word, List<Element> elements) {}

  private final StateLattice lattice;
  private final double acousticScale;
  private final int maxElements;
  private final double[] backward;
  private final boolean[] matters;
  private final LabelStrings strings = new LabelStrings();
  private final CompactLattice.Builder result = new CompactLattice.Builder();
  private final List<Double> forward = new ArrayList<>();
  private final Map<Subset, Integer> states = new HashMap<>();
  private final Map<Subset, Reached> reached = new HashMap<>();
  private final PriorityQueue<Task> queue =
      new PriorityQueue<>(
          (a, b) -> {
            int order = Double.compare(a.priority, b.priority);
            return order != 0 ? order : Integer.compare(a.number, b.number);
          });
  private final double cutoff;
  private long elements;
  private int tasks;

  /** Whether the best path is complete. */
  private boolean hasBestPath;

  /** Elements by state while epsilons are followed. */
  private final Element[] closure;

  private final BitSet waiting = new BitSet();

  private LatticeDeterminizer(
      StateLattice lattice, double acousticScale, double beam, int maxElements) {
    this.lattice = lattice;
    this.acousticScale = acousticScale;
    this.maxElements = maxElements;
    this.closure = new Element[lattice.numStates];
    this.backward = new double[lattice.numStates];
    this.matters = new boolean[lattice.numStates];
    for (int state = lattice.numStates - 1; state >= 0; state--) {
      backward[state] = lattice.finalCosts[state];
      matters[state] = backward[state] < Double.POSITIVE_INFINITY;
      for (int arc = lattice.firstArc[state]; arc < lattice.firstArc[state + 1]; arc++) {
        matters[state] |= lattice.word[arc] != 0;
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
    return determinize(lattice, acousticScale, beam, MAX_ELEMENTS);
  }

  static Determinized determinize(
      StateLattice lattice, double acousticScale, double beam, int maxElements) {
    return new LatticeDeterminizer(lattice, acousticScale, beam, maxElements).run(beam);
  }

  private Determinized run(double beam) {
    // Not normalized, or there would be nowhere for what its elements share.
    stateOf(closure(new Element[] {new Element(0, LabelStrings.EMPTY, 0, 0)}), 0);
    while (!queue.isEmpty()) {
      Task task = queue.poll();
      if (elements + strings.count() > maxElements && hasBestPath) {
        return new Determinized(result.build(), Math.max(0, task.priority - backward[0]));
      }
      follow(task);
    }
    return new Determinized(result.build(), beam);
  }

  private double cost(Element element) {
    return element.graphCost + acousticScale * element.acousticCost;
  }

  private double arcCost(int arc) {
    return lattice.graphCost[arc] + acousticScale * lattice.acousticCost[arc];
  }

  /** Makes the arc of a task and, if it is new, the state that it leads to. */
  private void follow(Task task) {
    Element[] subset = unique(task.elements);
    Element shared = normalize(subset);
    Reached next = reach(subset, forward.get(task.source) + cost(shared));
    int string = strings.append(shared.string, strings.labels(next.shared.string, 0));
    result.addArc(
        task.source,
        next.state,
        task.word,
        new Weight(
            (float) (shared.graphCost + next.shared.graphCost),
            (float) (shared.acousticCost + next.shared.acousticCost),
            strings.labels(string, 0)));
  }

  private Reached reach(Element[] elementsBefore, double forwardCost) {
    Subset before = new Subset(elementsBefore);
    Reached known = reached.get(before);
    if (known != null) {
      return known;
    }
    Element[] after = closure(elementsBefore);
    Element shared = normalize(after);
    Reached next = new Reached(stateOf(after, forwardCost + cost(shared)), shared);
    reached.put(before, next);
    elements += elementsBefore.length;
    return next;
  }

  private int stateOf(Element[] members, double forwardCost) {
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

  private void makeFinal(int state, Element[] members, double forwardCost) {
    Element best = null;
    for (Element element : members) {
      Element end =
          new Element(
              FINAL,
              element.string,
              element.graphCost + lattice.finalCosts[element.state],
              element.acousticCost);
      if (end.graphCost < Double.POSITIVE_INFINITY && (best == null || isBetter(end, best))) {
        best = end;
      }
    }
    // A little more, since rounding may find the best path a little above what it was before.
    if (best != null && forwardCost + cost(best) <= cutoff + DELTA) {
      hasBestPath |= forwardCost + cost(best) <= backward[0] + DELTA;
      result.setFinal(
          state,
          new Weight(
              (float) best.graphCost, (float) best.acousticCost, strings.labels(best.string, 0)));
    }
  }

  /** Queues the arcs of a state whose best path is within the beam, one for each word. */
  private void addTasks(int source, Element[] members, double forwardCost) {
    Map<Integer, List<Element>> byWord = new HashMap<>();
    for (Element element : members) {
      int end = lattice.firstArc[element.state + 1];
      for (int arc = lattice.firstArc[element.state]; arc < end; arc++) {
        if (lattice.word[arc] != 0) {
          byWord
              .computeIfAbsent(lattice.word[arc], word -> new ArrayList<>())
              .add(along(element, arc, null));
        }
      }
    }
    int[] words = byWord.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
    for (int word : words) {
      double best = Double.POSITIVE_INFINITY;
      for (Element element : byWord.get(word)) {
        best = Math.min(best, cost(element) + backward[element.state]);
      }
      if (forwardCost + best <= cutoff + DELTA) {
        queue.add(new Task(forwardCost + best, tasks++, source, word, byWord.get(word)));
      }
    }
  }

  /** What an element becomes along an arc, or null if {@code known}, there, is as good. */
  private Element along(Element element, int arc, Element known) {
    double graphCost = element.graphCost + lattice.graphCost[arc];
    double acousticCost = element.acousticCost + lattice.acousticCost[arc];
    if (known != null && !isBetter(graphCost, acousticCost, known)) {
      return null;
    }
    int id = lattice.transitionId[arc];
    int string = id == 0 ? element.string : strings.append(element.string, id);
    return new Element(lattice.target[arc], string, graphCost, acousticCost);
  }

  private boolean isBetter(Element a, Element b) {
    return isBetter(a.graphCost, a.acousticCost, b);
  }

  private boolean isBetter(double graphCost, double acousticCost, Element than) {
    double cost = graphCost + acousticScale * acousticCost;
    double other = cost(than);
    return cost < other || (cost == other && graphCost < than.graphCost);
  }

  /** The best element of each state, ordered by states. */
  private Element[] unique(List<Element> some) {
    Element[] sorted = some.toArray(new Element[0]);
    Arrays.sort(sorted, (a, b) -> Integer.compare(a.state, b.state));
    int count = 0;
    for (Element element : sorted) {
      if (count == 0 || sorted[count - 1].state != element.state) {
        sorted[count++] = element;
      } else if (isBetter(element, sorted[count - 1])) {
        sorted[count - 1] = element;
      }
    }
    return Arrays.copyOf(sorted, count);
  }

  /** Takes off the elements, and returns, the least cost and the transition-ids that all share. */
  private Element normalize(Element[] members) {
    Element best = members[0];
    int prefix = members[0].string;
    for (Element element : members) {
      prefix = strings.commonPrefix(prefix, element.string);
      if (isBetter(element, best)) {
        best = element;
      }
    }
    for (int i = 0; i < members.length; i++) {
      Element element = members[i];
      members[i] =
          new Element(
              element.state,
              strings.withoutPrefix(element.string, strings.length(prefix)),
              element.graphCost - best.graphCost,
              element.acousticCost - best.acousticCost);
    }
    return new Element(FINAL, prefix, best.graphCost, best.acousticCost);
  }

  /**
   * Follows arcs without word and returns the best element of each state that is final or that an
   * arc with a word leaves, ordered by states.
   */
  private Element[] closure(Element[] some) {
    List<Element> found = new ArrayList<>();
    for (Element element : some) {
      closure[element.state] = element;
      waiting.set(element.state);
    }
    // Arcs lead to higher states alone, so that no element improves after its turn.
    for (int state = waiting.nextSetBit(0); state >= 0; state = waiting.nextSetBit(state + 1)) {
      Element element = closure[state];
      if (matters[state]) {
        found.add(element);
      }
      for (int arc = lattice.firstArc[state]; arc < lattice.firstArc[state + 1]; arc++) {
        if (lattice.word[arc] == 0) {
          Element next = along(element, arc, closure[lattice.target[arc]]);
          if (next != null) {
            closure[next.state] = next;
            waiting.set(next.state);
          }
        }
      }
      closure[state] = null;
    }
    waiting.clear();
    return found.toArray(new Element[0]);
  }
}
