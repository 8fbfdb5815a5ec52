package org.stjem.acoustic.decode;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Token-passing beam search over a decoding graph that keeps the alternatives within a lattice
 * beam: the algorithm of Kaldi's {@code LatticeFasterDecoder} (decoder/lattice-faster-decoder.cc),
 * with the same pruning by beam, max-active and min-active. Decodes one utterance at a time; every
 * thread needs its own, the graph may be shared.
 */
public final class LatticeDecoder {
  /** Part of the lattice beam by which extra costs may be off in past frames while searching. */
  private static final float PRUNE_SCALE = 0.1f;

  private final Fst graph;
  private final int[] pdfs;
  private final DecoderOptions options;
  private final TokenGraph tokens;

  /** Token of each graph state in the newest list, {@code [states]}. */
  private final int[] tokenOfState;

  /** Tokens of the newest list, in the order they were made. */
  private int[] active = new int[256];

  private int activeCount;
  private int[] previous = new int[256];
  private int[] queue = new int[256];
  private boolean improved;

  private float cutoff;
  private float adaptiveBeam;
  private int bestToken;

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
    this.tokens = new TokenGraph(graph, options.latticeBeam());
    this.tokenOfState = new int[graph.numStates()];
    Arrays.fill(tokenOfState, TokenGraph.NONE);
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
    check(loglikes);
    tokens.clear();
    tokens.addList();
    activate(graph.start, 0);
    followEpsilons(options.beam());
    for (int frame = 0; frame < loglikes.rows(); frame++) {
      if (frame % options.pruneInterval() == 0) {
        tokens.prune(options.latticeBeam() * PRUNE_SCALE);
      }
      float nextCutoff = consumeFrame(loglikes, frame, acousticScale);
      if (activeCount == 0) {
        throw new StjemException("no path survives frame " + frame);
      }
      followEpsilons(nextCutoff);
    }
    boolean reachedFinal = finish();
    return Lattice.of(graph, tokens, reachedFinal, pdfs, loglikes);
  }

  /** The most tokens in memory at the same time in the last utterance. */
  int peakTokens() {
    return tokens.peakTokens();
  }

  private static void check(FloatMatrix loglikes) {
    if (loglikes.rows() == 0) {
      throw new StjemException("it has no frames");
    }
    float[] data = loglikes.data();
    for (int i = 0; i < data.length; i++) {
      if (Float.isNaN(data[i]) || data[i] == Float.POSITIVE_INFINITY) {
        throw new StjemException(
            "the log-likelihood of pdf "
                + i % loglikes.cols()
                + " in frame "
                + i / loglikes.cols()
                + " is "
                + data[i]);
      }
    }
  }

  /**
   * Follows the arcs that consume {@code frame}; returns the cost above which tokens are pruned.
   */
  private float consumeFrame(FloatMatrix loglikes, int frame, float acousticScale) {
    int[] from = active;
    int fromCount = activeCount;
    active = previous;
    previous = from;
    activeCount = 0;
    for (int i = 0; i < fromCount; i++) {
      tokenOfState[tokens.state[from[i]]] = TokenGraph.NONE;
    }
    tokens.addList();
    chooseCutoff(from, fromCount);

    float[] scores = loglikes.data();
    int row = frame * loglikes.cols();
    // Costs are kept relative to the best token, so that floats stay exact in long utterances.
    float offset = -tokens.cost[bestToken];
    float nextCutoff = Float.POSITIVE_INFINITY;
    int bestState = tokens.state[bestToken];
    int bestEnd = graph.firstArc[bestState + 1];
    for (int arc = graph.firstEmitting[bestState]; arc < bestEnd; arc++) {
      float acoustic = -acousticScale * scores[row + pdfs[graph.inputLabels[arc]]];
      nextCutoff = Math.min(nextCutoff, graph.costs[arc] + acoustic + adaptiveBeam);
    }
    for (int i = 0; i < fromCount; i++) {
      int token = from[i];
      float cost = tokens.cost[token];
      if (cost > cutoff) {
        continue;
      }
      int state = tokens.state[token];
      int end = graph.firstArc[state + 1];
      for (int arc = graph.firstEmitting[state]; arc < end; arc++) {
        float acoustic = offset - acousticScale * scores[row + pdfs[graph.inputLabels[arc]]];
        float total = cost + acoustic + graph.costs[arc];
        if (total < nextCutoff) {
          nextCutoff = Math.min(nextCutoff, total + adaptiveBeam);
          int next = activate(graph.nextStates[arc], total);
          tokens.addLink(token, next, arc, acoustic);
        }
      }
    }
    return nextCutoff;
  }

  /** Follows epsilon arcs from the newest tokens whose cost is below {@code limit}. */
  private void followEpsilons(float limit) {
    int waiting = 0;
    for (int i = 0; i < activeCount; i++) {
      waiting = enqueueIfEpsilon(active[i], waiting);
    }
    while (waiting > 0) {
      int token = queue[--waiting];
      float cost = tokens.cost[token];
      if (cost >= limit) {
        continue;
      }
      // The token may have been here before with a higher cost.
      tokens.removeLinks(token);
      int state = tokens.state[token];
      int end = graph.firstEmitting[state];
      for (int arc = graph.firstArc[state]; arc < end; arc++) {
        float total = cost + graph.costs[arc];
        if (total < limit) {
          int next = activate(graph.nextStates[arc], total);
          boolean again = improved;
          tokens.addLink(token, next, arc, 0);
          if (again) {
            waiting = enqueueIfEpsilon(next, waiting);
          }
        }
      }
    }
  }

  private int enqueueIfEpsilon(int token, int waiting) {
    if (!graph.hasEpsilonArcs(tokens.state[token])) {
      return waiting;
    }
    if (waiting == queue.length) {
      queue = Arrays.copyOf(queue, 2 * waiting);
    }
    queue[waiting] = token;
    return waiting + 1;
  }

  /**
   * Returns the newest list's token for {@code state}, made if need be, with at most this cost;
   * sets {@link #improved} if it is new or its cost fell.
   */
  private int activate(int state, float cost) {
    int token = tokenOfState[state];
    if (token == TokenGraph.NONE) {
      token = tokens.addToken(state, cost);
      tokenOfState[state] = token;
      if (activeCount == active.length) {
        active = Arrays.copyOf(active, 2 * activeCount);
      }
      active[activeCount++] = token;
      improved = true;
    } else {
      improved = cost < tokens.cost[token];
      if (improved) {
        tokens.cost[token] = cost;
      }
    }
    return token;
  }

  /** Sets {@link #cutoff}, {@link #adaptiveBeam} and {@link #bestToken} from the tokens' costs. */
  private void chooseCutoff(int[] from, int count) {
    bestToken = from[0];
    for (int i = 1; i < count; i++) {
      if (tokens.cost[from[i]] < tokens.cost[bestToken]) {
        bestToken = from[i];
      }
    }
    float best = tokens.cost[bestToken];
    float beamCutoff = best + options.beam();
    int below = 0;
    int within = 0;
    for (int i = 0; i < count; i++) {
      float cost = tokens.cost[from[i]];
      below += cost < beamCutoff ? 1 : 0;
      within += cost <= beamCutoff ? 1 : 0;
    }
    if (below > options.maxActive()) {
      adaptCutoff(best, costAt(options.maxActive(), from, count));
    } else if (count <= options.minActive()) {
      adaptCutoff(best, Float.POSITIVE_INFINITY);
    } else if (within <= options.minActive()) {
      adaptCutoff(best, costAt(options.minActive(), from, count));
    } else {
      cutoff = beamCutoff;
      adaptiveBeam = options.beam();
    }
  }

  private void adaptCutoff(float best, float newCutoff) {
    cutoff = newCutoff;
    adaptiveBeam = newCutoff - best + options.beamDelta();
  }

  /** The cost that would stand at {@code index} if the tokens were sorted by cost. */
  private float costAt(int index, int[] from, int count) {
    float[] sorted = new float[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = tokens.cost[from[i]];
    }
    Arrays.sort(sorted);
    return sorted[index];
  }

  /** Prunes with final costs; returns whether a final state was reached. */
  private boolean finish() {
    float best = Float.POSITIVE_INFINITY;
    float bestFinal = Float.POSITIVE_INFINITY;
    for (int i = 0; i < activeCount; i++) {
      int token = active[i];
      int state = tokens.state[token];
      best = Math.min(best, tokens.cost[token]);
      bestFinal = Math.min(bestFinal, tokens.cost[token] + graph.finalCosts[state]);
      tokenOfState[state] = TokenGraph.NONE;
    }
    activeCount = 0;
    boolean reachedFinal = bestFinal < Float.POSITIVE_INFINITY;
    tokens.pruneFinal(reachedFinal, reachedFinal ? bestFinal : best);
    return reachedFinal;
  }
}
