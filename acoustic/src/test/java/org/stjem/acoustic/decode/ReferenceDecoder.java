package org.stjem.acoustic.decode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * The search as plainly as it can be written: a map from states to costs for each frame, every link
 * kept until the end, all pruned at once. {@link LatticeDecoder} must find exactly the same.
 */
final class ReferenceDecoder {
  private final Fst graph;
  private final DecoderOptions options;
  private final FloatMatrix loglikes;
  private final int[] pdfs;
  private final float scale;

  /** Costs of the states reached after so many frames. */
  private final List<Map<Integer, Float>> costs = new ArrayList<>();

  /** Links that leave the states of a frame, then those that stay in it. */
  private final List<List<Link>> emitting = new ArrayList<>();

  private final List<List<Link>> epsilon = new ArrayList<>();
  private float limit;

  /** Surviving states, one map of extra costs per frame. */
  final List<Map<Integer, Float>> extraCosts = new ArrayList<>();

  /** Number of links that survive. */
  int links;

  boolean reachedFinal;

  private record Link(int arc, int from, int to, float total) {}

  ReferenceDecoder(
      Fst graph, DecoderOptions options, FloatMatrix loglikes, int[] pdfs, float scale) {
    this.graph = graph;
    this.options = options;
    this.loglikes = loglikes;
    this.pdfs = pdfs;
    this.scale = scale;
    costs.add(new HashMap<>(Map.of(graph.start, 0f)));
    limit = options.beam();
    followEpsilons();
    for (int frame = 0; frame < loglikes.rows(); frame++) {
      consume(frame);
      followEpsilons();
    }
    prune();
  }

  int states() {
    return extraCosts.stream().mapToInt(Map::size).sum();
  }

  private void consume(int frame) {
    Map<Integer, Float> from = costs.get(frame);
    List<Float> sorted = from.values().stream().sorted().toList();
    float best = sorted.get(0);
    float cutoff = best + options.beam();
    float beam = options.beam();
    float atMost =
        sorted.size() > options.maxActive() ? sorted.get(options.maxActive()) : Float.MAX_VALUE;
    float atLeast =
        sorted.size() > options.minActive()
            ? sorted.get(options.minActive())
            : Float.POSITIVE_INFINITY;
    if (atMost < cutoff) {
      cutoff = atMost;
      beam = cutoff - best + options.beamDelta();
    } else if (atLeast > cutoff) {
      cutoff = atLeast;
      beam = cutoff - best + options.beamDelta();
    }
    List<Link> found = new ArrayList<>();
    limit = Float.POSITIVE_INFINITY;
    for (Map.Entry<Integer, Float> token : from.entrySet()) {
      int state = token.getKey();
      if (token.getValue() > cutoff) {
        continue;
      }
      for (int arc = graph.firstEmitting[state]; arc < graph.firstArc[state + 1]; arc++) {
        float acoustic = -best - scale * loglikes.get(frame, pdfs[graph.inputLabel(arc)]);
        float total = token.getValue() + acoustic + graph.costs[arc];
        limit = Math.min(limit, total + beam);
        found.add(new Link(arc, state, graph.nextState(arc), total));
      }
    }
    found.removeIf(link -> !(link.total < limit));
    Map<Integer, Float> next = new HashMap<>();
    found.forEach(link -> next.merge(link.to, link.total, Math::min));
    emitting.add(found);
    costs.add(next);
  }

  private void followEpsilons() {
    Map<Integer, Float> newest = costs.get(costs.size() - 1);
    Map<Integer, Link> found = new LinkedHashMap<>();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int state : List.copyOf(newest.keySet())) {
        for (int arc = graph.firstArc[state]; arc < graph.firstEmitting[state]; arc++) {
          float total = newest.get(state) + graph.costs[arc];
          int next = graph.nextState(arc);
          if (total < limit) {
            found.put(arc, new Link(arc, state, next, total));
            changed |= total < newest.getOrDefault(next, Float.POSITIVE_INFINITY);
            newest.merge(next, total, Math::min);
          }
        }
      }
    }
    epsilon.add(List.copyOf(found.values()));
  }

  private void prune() {
    int last = costs.size() - 1;
    Map<Integer, Float> ends = new HashMap<>();
    costs
        .get(last)
        .forEach(
            (state, cost) -> {
              if (graph.finalCosts[state] < Float.POSITIVE_INFINITY) {
                ends.put(state, cost + graph.finalCosts[state]);
              }
            });
    reachedFinal = !ends.isEmpty();
    if (!reachedFinal) {
      ends.putAll(costs.get(last));
    }
    float best = ends.values().stream().min(Float::compare).orElseThrow();
    ends.replaceAll((state, cost) -> cost - best);
    ends.values().removeIf(extra -> extra > options.latticeBeam());
    Map<Integer, Float> later = Map.of();
    for (int frame = last; frame >= 0; frame--) {
      Map<Integer, Float> extra = frame == last ? ends : new HashMap<>();
      if (frame < last) {
        for (Link link : emitting.get(frame)) {
          relax(link, frame + 1, later, extra);
        }
      }
      int before = links;
      Map<Integer, Float> old;
      do {
        old = new HashMap<>(extra);
        links = before;
        for (Link link : epsilon.get(frame)) {
          relax(link, frame, extra, extra);
        }
      } while (!old.equals(extra));
      extraCosts.add(0, extra);
      later = extra;
    }
  }

  private void relax(
      Link link, int frame, Map<Integer, Float> targets, Map<Integer, Float> sources) {
    Float extra = targets.get(link.to);
    if (extra != null) {
      extra = Math.max(0, extra + (link.total - costs.get(frame).get(link.to)));
      if (extra <= options.latticeBeam()) {
        links++;
        sources.merge(link.from, extra, Math::min);
      }
    }
  }
}
