package org.stjem.acoustic.decode;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Token-passing beam search over a decoding graph that keeps the alternatives within a lattice
 * beam: the algorithm of Kaldi's {@code LatticeFasterDecoder} (decoder/lattice-faster-decoder.cc),
 * with the same pruning by beam, max-active and min-active. Where Kaldi's result depends on the
 * order in which it meets the tokens, since the cost from which arcs are given up falls meanwhile,
 * here the last and lowest one counts for all. Decodes one utterance at a time; every thread needs
 * its own, the graph may be shared.
 */
public final class LatticeDecoder {
  private final Fst graph;
  private final int[] pdfs;
  private final DecoderOptions options;
  private final TokenGraph tokens;
  private final LatticePruner pruner;
  private final CostSelection selection = new CostSelection();

  /** Factor of the utterance's log-likelihoods. */
  private float scale;

  /** Costs of the frame's log-likelihoods, {@code [pdfs]}. */
  private float[] acousticCosts = new float[0];

  /** Tokens of the newest list whose states have epsilon arcs. */
  private int[] epsilonTokens = new int[256];

  /** Those of them whose arcs are to be followed again. */
  private int[] queue = new int[256];

  /** Cost up to which the tokens of a list are followed. */
  private float cutoff;

  private float adaptiveBeam;

  /** Cost from which arcs are given up. */
  private float limit;

  /**
   * Makes a decoder.
   *
   * @param graph the decoding graph, whose input labels are transition-ids
   * @param pdfs column of the log-likelihoods per transition-id; entry 0 is not used
   * @throws StjemException if the graph has input labels beyond the transition-ids
   */
  public LatticeDecoder(Fst graph, int[] pdfs, DecoderOptions options) {
    check(graph, pdfs);
    this.graph = graph;
    this.pdfs = pdfs.clone();
    this.options = options;
    this.tokens = new TokenGraph(graph.numStates());
    this.pruner = new LatticePruner(tokens, options.latticeBeam());
  }

  /** Throws what the constructor throws, without making a decoder. */
  static void check(Fst graph, int[] pdfs) {
    if (graph.maxInputLabel() >= pdfs.length) {
      throw new StjemException(
          "the graph and the model do not fit: the graph has transition-id "
              + graph.maxInputLabel()
              + ", the model has "
              + (pdfs.length - 1)
              + " transition-ids");
    }
  }

  /**
   * Decodes one utterance.
   *
   * @param loglikes log-likelihoods {@code [frames, pdfs]}, unscaled
   * @param acousticScale factor of the log-likelihoods in the search
   * @throws StjemException if there are no frames, a log-likelihood is NaN or +infinity, or no path
   *     survives
   */
  public Lattice decode(FloatMatrix loglikes, float acousticScale) {
    check(loglikes, 0);
    begin(acousticScale);
    for (int frame = 0; frame < loglikes.rows(); frame++) {
      consume(loglikes, frame);
    }
    return finish(loglikes);
  }

  /** Goes to the start of an utterance, whose frames are to be consumed one by one. */
  void begin(float acousticScale) {
    scale = acousticScale;
    tokens.clear();
    pruner.clear();
    tokens.addList();
    tokens.reserveTokens(1);
    tokens.activate(graph.start, 0);
    limit = options.beam();
    followEpsilons();
  }

  /**
   * Goes on by a frame.
   *
   * @param loglikes holds, in row {@code row}, the log-likelihoods of the frame, which were checked
   * @throws StjemException if no path survives
   */
  void consume(FloatMatrix loglikes, int row) {
    int frame = tokens.lists() - 1;
    if (frame % options.pruneInterval() == 0 && pruner.isDue()) {
      pruner.prune();
    }
    consumeFrame(loglikes, row);
    if (tokens.begin(frame + 1) == tokens.tokens()) {
      throw new StjemException("no path survives frame " + frame);
    }
    followEpsilons();
  }

  /**
   * Ends the utterance.
   *
   * @param loglikes all that were consumed, {@code [frames, pdfs]}
   * @throws StjemException if there are none
   */
  Lattice finish(FloatMatrix loglikes) {
    if (loglikes.rows() == 0) {
      throw new StjemException("it has no frames");
    }
    boolean reachedFinal = reachesFinal();
    pruner.pruneFinal(reachedFinal ? graph.finalCosts : null);
    return new Lattice(graph, tokens, reachedFinal, pdfs, loglikes);
  }

  /** The tokens of the utterance so far. */
  TokenGraph tokens() {
    return tokens;
  }

  /** The most tokens in memory at the same time in the last utterance. */
  int peakTokens() {
    return tokens.peakTokens();
  }

  /**
   * Refuses log-likelihoods that no search can bear.
   *
   * @param firstFrame frame of the first row, for the message
   */
  static void check(FloatMatrix loglikes, int firstFrame) {
    float[] data = loglikes.data();
    for (int i = 0; i < data.length; i++) {
      // Neither of NaN nor of +infinity.
      if (!(data[i] < Float.POSITIVE_INFINITY)) {
        throw new StjemException(
            "the log-likelihood of pdf "
                + i % loglikes.cols()
                + " in frame "
                + (firstFrame + i / loglikes.cols())
                + " is "
                + data[i]);
      }
    }
  }

  /** Follows the arcs that consume a frame and sets the limit for what comes behind. */
  private void consumeFrame(FloatMatrix loglikes, int row) {
    int begin = tokens.begin(tokens.lists() - 1);
    int end = tokens.end(tokens.lists() - 1);
    int best = chooseCutoff(begin, end);
    // Costs are kept relative to the best token, so that floats stay exact in long utterances.
    scaleRow(loglikes, row, -tokens.cost[best]);
    // The best token first, so that the arcs of all others meet a low limit.
    limit = Float.POSITIVE_INFINITY;
    int first = tokens.links();
    expand(best, best + 1, first);
    int last = expand(begin, end, first);
    tokens.addList(last, limit);
  }

  private void scaleRow(FloatMatrix loglikes, int row, float offset) {
    int cols = loglikes.cols();
    if (acousticCosts.length < cols) {
      acousticCosts = new float[cols];
    }
    float[] scores = loglikes.data();
    int first = row * cols;
    for (int i = 0; i < cols; i++) {
      acousticCosts[i] = offset - scale * scores[first + i];
    }
  }

  /**
   * Writes the arcs of tokens that consume the frame to the rows behind the last link, from {@code
   * row} on, unless they reach the limit, which falls meanwhile; returns the row after the last.
   */
  private int expand(int begin, int end, int row) {
    int[] arcs = graph.arcs;
    float[] graphCosts = graph.costs;
    int[] states = tokens.state;
    float[] costs = tokens.cost;
    int[] sources = tokens.source;
    int[] targets = tokens.target;
    int[] linkArcs = tokens.arc;
    float[] linkCosts = tokens.linkCost;
    float lowest = limit;
    for (int token = begin; token < end; token++) {
      float cost = costs[token];
      if (cost > cutoff) {
        continue;
      }
      int state = states[token];
      int firstArc = graph.firstEmitting[state];
      int endArc = graph.firstArc[state + 1];
      if (row + endArc - firstArc > sources.length) {
        tokens.reserveLinks(row + endArc - firstArc);
        sources = tokens.source;
        targets = tokens.target;
        linkArcs = tokens.arc;
        linkCosts = tokens.linkCost;
      }
      for (int arc = firstArc; arc < endArc; arc++) {
        float total = cost + acousticCosts[pdfs[arcs[2 * arc]]] + graphCosts[arc];
        // Written in any case and kept if so: whether it is, no processor could foresee.
        sources[row] = token;
        targets[row] = arcs[2 * arc + 1];
        linkArcs[row] = arc;
        linkCosts[row] = total;
        row += total < lowest ? 1 : 0;
        if (total + adaptiveBeam < lowest) {
          lowest = total + adaptiveBeam;
        }
      }
    }
    limit = lowest;
    return row;
  }

  /** Follows epsilon arcs from the newest tokens whose cost is below the limit. */
  private void followEpsilons() {
    int list = tokens.lists() - 1;
    int count = 0;
    for (int token = tokens.begin(list); token < tokens.end(list); token++) {
      if (graph.hasEpsilonArcs(tokens.state[token])) {
        if (count == epsilonTokens.length) {
          epsilonTokens = Arrays.copyOf(epsilonTokens, 2 * count);
        }
        epsilonTokens[count++] = token;
        followEpsilons(token);
      }
    }
    for (int i = 0; i < count; i++) {
      addEpsilonLinks(epsilonTokens[i]);
    }
    tokens.endEpsilonLinks();
  }

  /** Follows the epsilon arcs of a token, and of those before it whose cost is lowered by that. */
  private void followEpsilons(int first) {
    queue[0] = first;
    int waiting = 1;
    while (waiting > 0) {
      int token = queue[--waiting];
      float cost = tokens.cost[token];
      int state = tokens.state[token];
      int end = graph.firstEmitting[state];
      tokens.reserveTokens(end - graph.firstArc[state]);
      for (int arc = graph.firstArc[state]; arc < end; arc++) {
        float total = cost + graph.costs[arc];
        if (total < limit) {
          int next = tokens.activate(graph.nextState(arc), total);
          // Those after the first one have their turn later.
          if (tokens.improved && next < first && graph.hasEpsilonArcs(tokens.state[next])) {
            if (waiting == queue.length) {
              queue = Arrays.copyOf(queue, 2 * waiting);
            }
            queue[waiting++] = next;
          }
        }
      }
    }
  }

  private void addEpsilonLinks(int token) {
    float cost = tokens.cost[token];
    int state = tokens.state[token];
    int end = graph.firstEmitting[state];
    tokens.reserveLinks(tokens.links() + end - graph.firstArc[state]);
    for (int arc = graph.firstArc[state]; arc < end; arc++) {
      float total = cost + graph.costs[arc];
      if (total < limit) {
        tokens.addLink(token, tokens.tokenOf(graph.nextState(arc)), arc, total);
      }
    }
  }

  /**
   * Sets {@link #cutoff} and {@link #adaptiveBeam} by the tokens' costs; returns the best token.
   */
  private int chooseCutoff(int begin, int end) {
    float[] costs = tokens.cost;
    int bestToken = begin;
    for (int i = begin + 1; i < end; i++) {
      if (costs[i] < costs[bestToken]) {
        bestToken = i;
      }
    }
    float best = costs[bestToken];
    float beamCutoff = best + options.beam();
    int below = 0;
    int within = 0;
    for (int i = begin; i < end; i++) {
      below += costs[i] < beamCutoff ? 1 : 0;
      within += costs[i] <= beamCutoff ? 1 : 0;
    }
    if (below > options.maxActive()) {
      adaptCutoff(best, selection.at(options.maxActive(), costs, begin, end));
    } else if (end - begin <= options.minActive()) {
      adaptCutoff(best, Float.POSITIVE_INFINITY);
    } else if (within <= options.minActive()) {
      adaptCutoff(best, selection.at(options.minActive(), costs, begin, end));
    } else {
      cutoff = beamCutoff;
      adaptiveBeam = options.beam();
    }
    return bestToken;
  }

  private void adaptCutoff(float best, float newCutoff) {
    cutoff = newCutoff;
    adaptiveBeam = newCutoff - best + options.beamDelta();
  }

  /** Whether a token of the newest list is in a final state. */
  private boolean reachesFinal() {
    return finalRelativeCost() < Float.POSITIVE_INFINITY;
  }

  /** By how much the best token in a final state, with its final cost, is worse than the best. */
  float finalRelativeCost() {
    int last = tokens.lists() - 1;
    float best = Float.POSITIVE_INFINITY;
    float bestFinal = Float.POSITIVE_INFINITY;
    for (int token = tokens.begin(last); token < tokens.end(last); token++) {
      best = Math.min(best, tokens.cost[token]);
      bestFinal = Math.min(bestFinal, tokens.cost[token] + graph.finalCosts[tokens.state[token]]);
    }
    return bestFinal == Float.POSITIVE_INFINITY ? bestFinal : bestFinal - best;
  }
}
