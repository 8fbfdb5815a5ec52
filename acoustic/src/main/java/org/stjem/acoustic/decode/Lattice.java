package org.stjem.acoustic.decode;

import java.util.Arrays;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * The alternatives of one utterance that survived the search: Kaldi's raw, state-level lattice,
 * with graph costs and unscaled acoustic costs kept apart, so that the best path can be asked for
 * at any acoustic scale and word insertion penalty. Immutable.
 */
public final class Lattice {
  private final Fst graph;
  private final boolean reachedFinal;
  private final int frames;

  /** States are numbered so that all arcs lead forward; state 0 is the start. */
  private final int[] firstArc;

  private final float[] finalCosts;
  private final int[] target;
  private final int[] graphArc;
  private final float[] acousticCost;

  private Lattice(
      Fst graph,
      boolean reachedFinal,
      int frames,
      int[] firstArc,
      float[] finalCosts,
      int[] target,
      int[] graphArc,
      float[] acousticCost) {
    this.graph = graph;
    this.reachedFinal = reachedFinal;
    this.frames = frames;
    this.firstArc = firstArc;
    this.finalCosts = finalCosts;
    this.target = target;
    this.graphArc = graphArc;
    this.acousticCost = acousticCost;
  }

  /**
   * Copies pruned tokens and links.
   *
   * @param pdfs pdf per transition-id
   * @param loglikes {@code [frames, pdfs]}, unscaled
   */
  static Lattice of(
      Fst graph, TokenGraph tokens, boolean reachedFinal, int[] pdfs, FloatMatrix loglikes) {
    int[] latticeState = new int[tokens.peakTokens()];
    int[] order = new int[16];
    int[] listOf = new int[16];
    int states = 0;
    int links = 0;
    for (int list = 0; list < tokens.lists(); list++) {
      long[] ranked = tokensByRank(graph, tokens, list);
      if (states + ranked.length > order.length) {
        int capacity = Math.max(2 * order.length, states + ranked.length);
        order = Arrays.copyOf(order, capacity);
        listOf = Arrays.copyOf(listOf, capacity);
      }
      for (long entry : ranked) {
        int token = (int) entry;
        latticeState[token] = states;
        order[states] = token;
        listOf[states] = list;
        states++;
        for (int link = tokens.firstLink[token];
            link != TokenGraph.NONE;
            link = tokens.nextLink[link]) {
          links++;
        }
      }
    }
    int[] firstArc = new int[states + 1];
    float[] finalCosts = new float[states];
    int[] target = new int[links];
    int[] graphArc = new int[links];
    float[] acousticCost = new float[links];
    int arc = 0;
    for (int from = 0; from < states; from++) {
      int token = order[from];
      boolean last = listOf[from] == tokens.lists() - 1;
      finalCosts[from] = Float.POSITIVE_INFINITY;
      if (last) {
        finalCosts[from] = reachedFinal ? graph.finalCosts[tokens.state[token]] : 0;
      }
      for (int link = tokens.firstLink[token];
          link != TokenGraph.NONE;
          link = tokens.nextLink[link]) {
        target[arc] = latticeState[tokens.target[link]];
        graphArc[arc] = tokens.graphArc[link];
        int transitionId = graph.inputLabels[graphArc[arc]];
        acousticCost[arc] = transitionId == 0 ? 0 : -loglikes.get(listOf[from], pdfs[transitionId]);
        arc++;
      }
      firstArc[from + 1] = arc;
    }
    return new Lattice(
        graph,
        reachedFinal,
        tokens.lists() - 1,
        firstArc,
        finalCosts,
        target,
        graphArc,
        acousticCost);
  }

  /** The tokens of a list (low 32 bits), so ordered that epsilon links lead forward. */
  private static long[] tokensByRank(Fst graph, TokenGraph tokens, int list) {
    int count = 0;
    for (int t = tokens.firstToken(list); t != TokenGraph.NONE; t = tokens.nextToken[t]) {
      count++;
    }
    long[] ranked = new long[count];
    for (int t = tokens.firstToken(list); t != TokenGraph.NONE; t = tokens.nextToken[t]) {
      ranked[--count] = (long) graph.epsilonRank[tokens.state[t]] << 32 | t;
    }
    Arrays.sort(ranked);
    return ranked;
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
    int states = numStates();
    double[] best = new double[states];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    best[0] = 0;
    int[] bestSource = new int[states];
    int[] bestArc = new int[states];
    double bestTotal = Double.POSITIVE_INFINITY;
    int end = 0;
    for (int from = 0; from < states; from++) {
      for (int arc = firstArc[from]; arc < firstArc[from + 1]; arc++) {
        double total = best[from] + graph.costs[graphArc[arc]] + acousticScale * acousticCost[arc];
        if (graph.outputLabels[graphArc[arc]] != 0) {
          total += wordInsertionPenalty;
        }
        if (total < best[target[arc]]) {
          best[target[arc]] = total;
          bestSource[target[arc]] = from;
          bestArc[target[arc]] = arc;
        }
      }
      if (best[from] + finalCosts[from] < bestTotal) {
        bestTotal = best[from] + finalCosts[from];
        end = from;
      }
    }
    return trace(end, bestSource, bestArc);
  }

  private BestPath trace(int end, int[] bestSource, int[] bestArc) {
    int[] transitionIds = new int[frames];
    int[] words = new int[16];
    int wordCount = 0;
    int frame = frames;
    double graphCost = finalCosts[end];
    double acoustic = 0;
    for (int at = end; at != 0; at = bestSource[at]) {
      int arc = graphArc[bestArc[at]];
      graphCost += graph.costs[arc];
      acoustic += acousticCost[bestArc[at]];
      if (graph.inputLabels[arc] != 0) {
        transitionIds[--frame] = graph.inputLabels[arc];
      }
      if (graph.outputLabels[arc] != 0) {
        if (wordCount == words.length) {
          words = Arrays.copyOf(words, 2 * wordCount);
        }
        words[wordCount++] = graph.outputLabels[arc];
      }
    }
    int[] inOrder = new int[wordCount];
    for (int i = 0; i < wordCount; i++) {
      inOrder[i] = words[wordCount - 1 - i];
    }
    return new BestPath(inOrder, transitionIds, graphCost, acoustic);
  }
}
