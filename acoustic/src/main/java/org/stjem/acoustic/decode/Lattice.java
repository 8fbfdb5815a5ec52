package org.stjem.acoustic.decode;

import java.util.Arrays;
import org.stjem.acoustic.lattice.StateLattice;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * The alternatives of one utterance that survived the search: Kaldi's raw, state-level lattice,
 * with graph costs and unscaled acoustic costs kept apart, so that the best path can be asked for
 * at any acoustic scale and word insertion penalty. Immutable.
 */
public final class Lattice {
  private static final int NONE = -1;

  private final Fst graph;
  private final boolean reachedFinal;
  private final int frames;

  /** {@code [states]}; state 0 is the start. */
  private final float[] finalCosts;

  /**
   * Links between states, {@code [links]}: backwards, those that leave a state come before those
   * that lead to it.
   */
  private final int[] source;

  private final int[] target;
  private final int[] graphArc;
  private final float[] acousticCost;
  private final float[] graphCost;
  private final boolean[] hasWord;

  /**
   * Copies what is left after the last pruning.
   *
   * @param pdfs pdf per transition-id
   * @param loglikes {@code [frames, pdfs]}, unscaled
   */
  Lattice(Fst graph, TokenGraph tokens, boolean reachedFinal, int[] pdfs, FloatMatrix loglikes) {
    int links = tokens.links();
    this.graph = graph;
    this.reachedFinal = reachedFinal;
    this.frames = tokens.lists() - 1;
    this.finalCosts = new float[tokens.tokens()];
    Arrays.fill(finalCosts, Float.POSITIVE_INFINITY);
    for (int token = tokens.begin(frames); token < tokens.end(frames); token++) {
      finalCosts[token] = reachedFinal ? graph.finalCosts[tokens.state[token]] : 0;
    }
    source = new int[links];
    target = new int[links];
    graphArc = new int[links];
    acousticCost = new float[links];
    graphCost = new float[links];
    hasWord = new boolean[links];
    for (int list = 0; list <= frames; list++) {
      addEpsilonLinks(tokens, list);
      for (int i = tokens.emittingLinksBegin(list); i < tokens.emittingLinksEnd(list); i++) {
        copyLink(tokens, i, i);
        acousticCost[i] = -loglikes.get(list, pdfs[graph.inputLabel(graphArc[i])]);
      }
    }
  }

  /** Copies the links so that epsilon arcs lead forward. */
  private void addEpsilonLinks(TokenGraph tokens, int list) {
    int begin = tokens.epsilonLinksBegin(list);
    long[] ranked = new long[tokens.epsilonLinksEnd(list) - begin];
    for (int i = 0; i < ranked.length; i++) {
      int state = tokens.state[tokens.source[begin + i]];
      ranked[i] = (long) graph.epsilonRank[state] << 32 | begin + i;
    }
    Arrays.sort(ranked);
    for (int i = 0; i < ranked.length; i++) {
      copyLink(tokens, (int) ranked[i], begin + i);
    }
  }

  private void copyLink(TokenGraph tokens, int from, int to) {
    int arc = tokens.arc[from];
    source[to] = tokens.source[from];
    target[to] = tokens.target[from];
    graphArc[to] = arc;
    graphCost[to] = graph.costs[arc];
    hasWord[to] = graph.outputLabels[arc] != 0;
  }

  /**
   * Whether some path ends in a final state of the graph; if not, all last states count as final.
   */
  public boolean reachedFinal() {
    return reachedFinal;
  }

  /** Number of states. */
  public int numStates() {
    return finalCosts.length;
  }

  /** Number of arcs. */
  public int numArcs() {
    return target.length;
  }

  /**
   * Finds the path with the least graph cost + {@code acousticScale} · acoustic cost + {@code
   * wordInsertionPenalty} · words, as Kaldi's {@code lattice-scale --acoustic-scale |
   * lattice-add-penalty | lattice-best-path} do.
   *
   * @param acousticScale 1/LMWT in Kaldi's scoring scripts
   * @param wordInsertionPenalty cost per word, in units of the graph's costs
   */
  public BestPath bestPath(double acousticScale, double wordInsertionPenalty) {
    return bestPath(acousticScale, wordInsertionPenalty, 0, 0);
  }

  /**
   * The same for what follows a state.
   *
   * @param first the state
   * @param firstFrame its frame
   */
  BestPath bestPath(double acousticScale, double wordInsertionPenalty, int first, int firstFrame) {
    // Least cost from a state to the end, and the link by which it goes on.
    double[] best = new double[numStates()];
    int[] next = new int[numStates()];
    for (int state = 0; state < best.length; state++) {
      best[state] = finalCosts[state];
    }
    Arrays.fill(next, NONE);
    for (int link = source.length - 1; link >= 0; link--) {
      double total = best[target[link]] + graphCost[link] + acousticScale * acousticCost[link];
      if (hasWord[link]) {
        total += wordInsertionPenalty;
      }
      if (total < best[source[link]]) {
        best[source[link]] = total;
        next[source[link]] = link;
      }
    }
    return trace(next, first, firstFrame);
  }

  /** The lattice by itself, without the graph. */
  public StateLattice stateLattice() {
    int links = source.length;
    int[] words = new int[links];
    int[] transitionIds = new int[links];
    for (int link = 0; link < links; link++) {
      words[link] = graph.outputLabels[graphArc[link]];
      transitionIds[link] = graph.inputLabel(graphArc[link]);
    }
    return new StateLattice(
        finalCosts, source, target, words, transitionIds, graphCost, acousticCost);
  }

  private BestPath trace(int[] next, int first, int firstFrame) {
    int[] transitionIds = new int[frames - firstFrame];
    int[] words = new int[16];
    int wordCount = 0;
    int frame = 0;
    double totalGraphCost = 0;
    double totalAcousticCost = 0;
    int state = first;
    for (int link = next[first]; link != NONE; link = next[state]) {
      int arc = graphArc[link];
      totalGraphCost += graphCost[link];
      totalAcousticCost += acousticCost[link];
      if (graph.inputLabel(arc) != 0) {
        transitionIds[frame++] = graph.inputLabel(arc);
      }
      if (hasWord[link]) {
        if (wordCount == words.length) {
          words = Arrays.copyOf(words, 2 * wordCount);
        }
        words[wordCount++] = graph.outputLabels[arc];
      }
      state = target[link];
    }
    return new BestPath(
        Arrays.copyOf(words, wordCount),
        transitionIds,
        totalGraphCost + finalCosts[state],
        totalAcousticCost);
  }
}
