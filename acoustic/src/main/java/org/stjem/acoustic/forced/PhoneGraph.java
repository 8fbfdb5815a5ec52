package org.stjem.acoustic.forced;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.stjem.acoustic.decode.Fst;
import org.stjem.frontend.kaldi.EntryException;

/**
 * All phone sequences of a transcript: the lexicon composed with its words, without arcs that have
 * no phone. Node 0 is the start.
 */
final class PhoneGraph {
  /**
   * A phone.
   *
   * @param cost from the lexicon
   */
  record Arc(int phone, float cost, int next) {}

  /** Dearer than any way around. */
  private static final double DETOUR = 1e6;

  private final List<List<Arc>> arcs = new ArrayList<>();
  private float[] finalCosts;

  private PhoneGraph() {}

  /**
   * Composes.
   *
   * @param words word ids
   * @param name says what a word is called
   * @throws EntryException if there is no way through; names the word that has no pronunciation
   */
  static PhoneGraph compose(WordArcs lexicon, int[] words, IntFunction<String> name) {
    return new Composition(lexicon, words).compose(name).withoutEpsilons();
  }

  /** Number of nodes. */
  int size() {
    return arcs.size();
  }

  List<Arc> arcs(int node) {
    return arcs.get(node);
  }

  /** Cost of ending in a node; infinite if that is not possible. */
  float finalCost(int node) {
    return finalCosts[node];
  }

  /**
   * The phones of the cheapest way through.
   *
   * @param avoided a phone that is taken only where there is no way around it
   */
  List<Integer> cheapest(int avoided) {
    double[] costs = new double[size()];
    Arrays.fill(costs, Double.POSITIVE_INFINITY);
    costs[0] = 0;
    int[] sources = new int[size()];
    Arc[] taken = new Arc[size()];
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int node = 0; node < size(); node++) {
        for (Arc arc : arcs.get(node)) {
          double cost = costs[node] + arc.cost + (arc.phone == avoided ? DETOUR : 0);
          if (cost < costs[arc.next]) {
            costs[arc.next] = cost;
            sources[arc.next] = node;
            taken[arc.next] = arc;
            changed = true;
          }
        }
      }
    }
    int best = 0;
    for (int node = 0; node < size(); node++) {
      best = costs[node] + finalCosts[node] < costs[best] + finalCosts[best] ? node : best;
    }
    List<Integer> phones = new ArrayList<>();
    for (int node = best; taken[node] != null; node = sources[node]) {
      phones.add(taken[node].phone);
    }
    Collections.reverse(phones);
    return phones;
  }

  /** Replaces arcs without a phone by those that follow them. */
  private PhoneGraph withoutEpsilons() {
    PhoneGraph graph = new PhoneGraph();
    graph.finalCosts = new float[size()];
    for (int node = 0; node < size(); node++) {
      List<Arc> phones = new ArrayList<>();
      graph.finalCosts[node] = follow(node, 0, phones);
      graph.arcs.add(phones);
    }
    return graph;
  }

  /** Adds the phones behind a node; returns the lowest cost of ending without one. */
  private float follow(int node, float cost, List<Arc> phones) {
    float end = cost + finalCosts[node];
    for (Arc arc : arcs.get(node)) {
      if (arc.phone == 0) {
        end = Math.min(end, follow(arc.next, cost + arc.cost, phones));
      } else {
        phones.add(new Arc(arc.phone, cost + arc.cost, arc.next));
      }
    }
    return end;
  }

  /** Nodes are pairs of a state of the lexicon and the number of words that were spoken. */
  private static final class Composition {
    private final WordArcs lexicon;
    private final Fst fst;
    private final int[] words;
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final List<long[]> nodes = new ArrayList<>();

    Composition(WordArcs lexicon, int[] words) {
      this.lexicon = lexicon;
      this.fst = lexicon.fst();
      this.words = words;
    }

    private int number(int state, int spoken) {
      return numbers.computeIfAbsent(
          (long) spoken << 32 | state,
          key -> {
            nodes.add(new long[] {state, spoken});
            return nodes.size() - 1;
          });
    }

    PhoneGraph compose(IntFunction<String> name) {
      PhoneGraph graph = new PhoneGraph();
      number(fst.start(), 0);
      int furthest = 0;
      for (int node = 0; node < nodes.size(); node++) {
        int state = (int) nodes.get(node)[0];
        int spoken = (int) nodes.get(node)[1];
        furthest = Math.max(furthest, spoken);
        List<Arc> out = new ArrayList<>();
        add(out, lexicon.arcs(state, 0), spoken);
        if (spoken < words.length) {
          add(out, lexicon.arcs(state, words[spoken]), spoken + 1);
        }
        graph.arcs.add(out);
      }
      graph.finalCosts = new float[nodes.size()];
      boolean ends = false;
      for (int node = 0; node < nodes.size(); node++) {
        boolean all = nodes.get(node)[1] == words.length;
        graph.finalCosts[node] =
            all ? fst.finalCost((int) nodes.get(node)[0]) : Float.POSITIVE_INFINITY;
        ends |= graph.finalCosts[node] < Float.POSITIVE_INFINITY;
      }
      if (!ends) {
        throw new EntryException(
            furthest < words.length
                ? "the lexicon has no pronunciation of " + name.apply(words[furthest])
                : "the lexicon does not let the transcript end");
      }
      graph.trim();
      return graph;
    }

    private void add(List<Arc> out, int[] arcs, int spoken) {
      for (int arc : arcs) {
        out.add(new Arc(fst.inputLabel(arc), fst.cost(arc), number(fst.nextState(arc), spoken)));
      }
    }
  }

  /** Takes away arcs from which the end cannot be reached. */
  private void trim() {
    List<List<Integer>> sources = new ArrayList<>();
    arcs.forEach(unused -> sources.add(new ArrayList<>()));
    for (int node = 0; node < size(); node++) {
      for (Arc arc : arcs.get(node)) {
        sources.get(arc.next).add(node);
      }
    }
    boolean[] useful = new boolean[size()];
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    for (int node = 0; node < size(); node++) {
      if (finalCosts[node] < Float.POSITIVE_INFINITY) {
        useful[node] = true;
        queue.add(node);
      }
    }
    while (!queue.isEmpty()) {
      for (int source : sources.get(queue.remove())) {
        if (!useful[source]) {
          useful[source] = true;
          queue.add(source);
        }
      }
    }
    arcs.forEach(list -> list.removeIf(arc -> !useful[arc.next]));
  }
}
