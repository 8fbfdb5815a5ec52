package org.stjem.acoustic.forced;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.kaldi.EntryException;

/**
 * The graph of a transcript in HMMs: every arc is a phone in its context. A phone is known by its
 * context only when the phones to its right are read, so nodes are those of the {@link PhoneGraph}
 * with the last phones before them.
 */
final class HmmGraph {
  /** An HMM and where it leads. */
  record Arc(PhoneHmm hmm, float cost, int next) {}

  /**
   * Where paths begin.
   *
   * @param cost before the first phone
   */
  record Start(int node, float cost) {}

  /**
   * A node while the graph is made.
   *
   * @param node of the phone graph; behind those follow the ends, by the number of phones that are
   *     still to be put out
   * @param history the last phones, 0 before the first and behind the last one
   */
  private record Place(int node, List<Integer> history) {}

  private final PhoneHmms hmms;
  private final PhoneGraph phones;
  private final int rightContext;
  private final Map<Place, Integer> numbers = new HashMap<>();
  private final List<Place> places = new ArrayList<>();
  private final List<List<Arc>> arcs = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();
  private float[] finalCosts;

  HmmGraph(PhoneHmms hmms, PhoneGraph phones) {
    this.hmms = hmms;
    this.phones = phones;
    int width = hmms.tree().width();
    this.rightContext = width - 1 - hmms.tree().centralPosition();
    Integer[] beginning = new Integer[width - 1];
    Arrays.fill(beginning, 0);
    number(new Place(0, List.of(beginning)));
    for (int node = 0; node < places.size(); node++) {
      arcs.add(expand(places.get(node)));
    }
    finalCosts = new float[places.size()];
    for (int node = 0; node < finalCosts.length; node++) {
      finalCosts[node] = endCost(places.get(node).node);
    }
    begin(0, 0);
    arcs.forEach(list -> list.removeIf(arc -> arc.hmm == null));
  }

  private int number(Place place) {
    return numbers.computeIfAbsent(
        place,
        added -> {
          places.add(added);
          return places.size() - 1;
        });
  }

  private float endCost(int node) {
    if (rightContext == 0) {
      return phones.finalCost(node);
    }
    return node == phones.size() + rightContext - 1 ? 0 : Float.POSITIVE_INFINITY;
  }

  private List<Arc> expand(Place place) {
    List<Arc> out = new ArrayList<>();
    if (place.node >= phones.size()) {
      if (place.node < phones.size() + rightContext - 1) {
        add(out, place, 0, 0, place.node + 1);
      }
      return out;
    }
    for (PhoneGraph.Arc arc : phones.arcs(place.node)) {
      if (!hmms.knows(arc.phone())) {
        throw new EntryException(
            "the lexicon has the phone "
                + arc.phone()
                + ", which the model has not; if it is a disambiguation symbol, take L.fst");
      }
      add(out, place, arc.phone(), arc.cost(), arc.next());
    }
    if (rightContext > 0 && phones.finalCost(place.node) < Float.POSITIVE_INFINITY) {
      add(out, place, 0, phones.finalCost(place.node), phones.size());
    }
    return out;
  }

  private void add(List<Arc> out, Place from, int phone, float cost, int next) {
    int history = from.history.size();
    int[] window = new int[history + 1];
    for (int i = 0; i < history; i++) {
      window[i] = from.history.get(i);
    }
    window[history] = phone;
    List<Integer> last = new ArrayList<>();
    for (int i = 1; i <= history; i++) {
      last.add(window[i]);
    }
    PhoneHmm hmm = window[hmms.tree().centralPosition()] == 0 ? null : hmms.of(window);
    out.add(new Arc(hmm, cost, number(new Place(next, last))));
  }

  /** Follows arcs that only read the context of the first phone; no others have no HMM. */
  private void begin(int node, float cost) {
    starts.add(new Start(node, cost));
    for (Arc arc : arcs.get(node)) {
      if (arc.hmm == null) {
        begin(arc.next, cost + arc.cost);
      }
    }
  }

  /** Number of nodes. */
  int size() {
    return arcs.size();
  }

  List<Start> starts() {
    return starts;
  }

  List<Arc> arcs(int node) {
    return arcs.get(node);
  }

  /** Cost of ending in a node; infinite if that is not possible. */
  float finalCost(int node) {
    return finalCosts[node];
  }

  /** Fewest frames that a path through the graph takes. */
  int fewestFrames() {
    int[] frames = new int[size()];
    Arrays.fill(frames, Integer.MAX_VALUE / 2);
    starts.forEach(start -> frames[start.node] = 0);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int node = 0; node < size(); node++) {
        for (Arc arc : arcs.get(node)) {
          int through = frames[node] + arc.hmm.fewestFrames();
          if (through < frames[arc.next]) {
            frames[arc.next] = through;
            changed = true;
          }
        }
      }
    }
    int fewest = Integer.MAX_VALUE / 2;
    for (int node = 0; node < size(); node++) {
      if (finalCosts[node] < Float.POSITIVE_INFINITY) {
        fewest = Math.min(fewest, frames[node]);
      }
    }
    return fewest;
  }
}
