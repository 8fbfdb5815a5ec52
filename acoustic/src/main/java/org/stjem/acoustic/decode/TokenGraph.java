package org.stjem.acoustic.decode;

import java.util.Arrays;

/**
 * The tokens of all frames and the links between them, pruned as the search goes on: a token stays
 * only while it lies on a path that ends within the lattice beam of the best one. Tokens and links
 * are rows of parallel arrays whose freed rows are used again.
 *
 * <p>Token list {@code f} holds the states reached after {@code f} frames. Rule of pruning as in
 * Kaldi's decoder/lattice-faster-decoder.cc, where {@code extra cost} is explained.
 */
final class TokenGraph {
  static final int NONE = -1;

  private final Fst graph;
  private final float latticeBeam;

  private int tokenCapacity = 1 << 10;
  private int tokenRows;
  private int freeToken = NONE;
  int[] state = new int[tokenCapacity];
  float[] cost = new float[tokenCapacity];
  private float[] extraCost = new float[tokenCapacity];
  int[] firstLink = new int[tokenCapacity];
  int[] nextToken = new int[tokenCapacity];

  private int linkCapacity = 1 << 11;
  private int linkRows;
  private int freeLink = NONE;
  int[] target = new int[linkCapacity];
  int[] graphArc = new int[linkCapacity];
  private float[] acousticCost = new float[linkCapacity];
  int[] nextLink = new int[linkCapacity];

  private int lists;
  private int[] firstToken = new int[256];
  private boolean[] linksUnpruned = new boolean[256];
  private boolean[] tokensUnpruned = new boolean[256];

  /** The list after the last frame, once it is known, and how its tokens may end. */
  private int finalList = NONE;

  private boolean useFinalCosts;
  private float bestFinalCost;

  /** Tokens of the list being pruned whose states have epsilon arcs. */
  private int[] epsilonTokens = new int[256];

  /** Set when a link is pruned. */
  private boolean linkPruned;

  TokenGraph(Fst graph, float latticeBeam) {
    this.graph = graph;
    this.latticeBeam = latticeBeam;
  }

  /** Forgets all tokens. */
  void clear() {
    tokenRows = 0;
    freeToken = NONE;
    linkRows = 0;
    freeLink = NONE;
    lists = 0;
    finalList = NONE;
  }

  /** Opens the token list of the next frame. */
  void addList() {
    if (lists == firstToken.length) {
      firstToken = Arrays.copyOf(firstToken, 2 * lists);
      linksUnpruned = Arrays.copyOf(linksUnpruned, 2 * lists);
      tokensUnpruned = Arrays.copyOf(tokensUnpruned, 2 * lists);
    }
    firstToken[lists] = NONE;
    linksUnpruned[lists] = true;
    tokensUnpruned[lists] = true;
    lists++;
  }

  /** Number of token lists: one more than the frames decoded. */
  int lists() {
    return lists;
  }

  /** First token of list {@code list}; the others follow by {@link #nextToken}. */
  int firstToken(int list) {
    return firstToken[list];
  }

  /** Rows ever in use at the same time: the most tokens this utterance needed. */
  int peakTokens() {
    return tokenRows;
  }

  /** Adds a token to the newest list. */
  int addToken(int graphState, float totalCost) {
    int token = freeToken;
    if (token != NONE) {
      freeToken = nextToken[token];
    } else {
      if (tokenRows == tokenCapacity) {
        growTokens();
      }
      token = tokenRows++;
    }
    state[token] = graphState;
    cost[token] = totalCost;
    extraCost[token] = 0;
    firstLink[token] = NONE;
    nextToken[token] = firstToken[lists - 1];
    firstToken[lists - 1] = token;
    return token;
  }

  /**
   * Adds a link along a graph arc.
   *
   * @param linkAcousticCost scaled acoustic cost plus the frame's cost offset; 0 for epsilon arcs
   */
  void addLink(int from, int to, int arc, float linkAcousticCost) {
    int link = freeLink;
    if (link != NONE) {
      freeLink = nextLink[link];
    } else {
      if (linkRows == linkCapacity) {
        growLinks();
      }
      link = linkRows++;
    }
    target[link] = to;
    graphArc[link] = arc;
    acousticCost[link] = linkAcousticCost;
    nextLink[link] = firstLink[from];
    firstLink[from] = link;
  }

  /** Removes all links that leave {@code token}. */
  void removeLinks(int token) {
    int link = firstLink[token];
    while (link != NONE) {
      int next = nextLink[link];
      free(link);
      link = next;
    }
    firstLink[token] = NONE;
  }

  /**
   * Prunes the past of the newest list, going back only as far as extra costs still change by more
   * than {@code delta}.
   */
  void prune(float delta) {
    for (int list = lists - 2; list >= 0; list--) {
      if (linksUnpruned[list]) {
        pruneLinks(list, delta);
      }
      if (list + 2 < lists && tokensUnpruned[list + 1]) {
        pruneTokens(list + 1);
      }
    }
  }

  /**
   * Prunes everything after the last frame, exactly.
   *
   * @param useFinalCosts whether some token is in a final state; if not, every token may end
   * @param bestFinalCost lowest cost of the last tokens, with their final costs if used
   */
  void pruneFinal(boolean useFinalCosts, float bestFinalCost) {
    finalList = lists - 1;
    this.useFinalCosts = useFinalCosts;
    this.bestFinalCost = bestFinalCost;
    pruneLinks(finalList, 0);
    for (int list = finalList - 1; list >= 0; list--) {
      pruneLinks(list, 0);
      pruneTokens(list + 1);
    }
    pruneTokens(0);
  }

  /** Prunes the links of a list's tokens and brings their extra costs up to date. */
  private void pruneLinks(int list, float delta) {
    linkPruned = false;
    boolean extraCostChanged = false;
    int waiting = 0;
    for (int token = firstToken[list]; token != NONE; token = nextToken[token]) {
      if (graph.hasEpsilonArcs(state[token])) {
        if (waiting == epsilonTokens.length) {
          epsilonTokens = Arrays.copyOf(epsilonTokens, 2 * waiting);
        }
        epsilonTokens[waiting++] = token;
      } else {
        extraCostChanged |= updateExtraCost(token, list) > delta;
      }
    }
    // Links between tokens of the same list are in no order, so repeat until nothing changes.
    float change;
    do {
      change = 0;
      for (int i = 0; i < waiting; i++) {
        change = Math.max(change, updateExtraCost(epsilonTokens[i], list));
      }
      extraCostChanged |= change > delta;
    } while (change > 0);
    if (extraCostChanged && list > 0) {
      linksUnpruned[list - 1] = true;
    }
    if (linkPruned) {
      tokensUnpruned[list] = true;
    }
    linksUnpruned[list] = false;
  }

  /** Prunes the token's links; returns by how much its extra cost changed. */
  private float updateExtraCost(int token, int list) {
    float extra = Float.POSITIVE_INFINITY;
    if (list == finalList) {
      float finalCost = useFinalCosts ? graph.finalCosts[state[token]] : 0;
      extra = cost[token] + finalCost - bestFinalCost;
    }
    extra = pruneLinksOf(token, extra);
    if (extra > latticeBeam) {
      extra = Float.POSITIVE_INFINITY;
    }
    float change = extra == extraCost[token] ? 0 : Math.abs(extra - extraCost[token]);
    extraCost[token] = extra;
    return change;
  }

  /** The token's new extra cost: the least of {@code ending} and those of the links it keeps. */
  private float pruneLinksOf(int token, float ending) {
    float extra = ending;
    int previous = NONE;
    int link = firstLink[token];
    while (link != NONE) {
      int next = nextLink[link];
      int to = target[link];
      float linkExtra =
          extraCost[to]
              + (cost[token] + acousticCost[link] + graph.costs[graphArc[link]] - cost[to]);
      if (linkExtra > latticeBeam) {
        if (previous == NONE) {
          firstLink[token] = next;
        } else {
          nextLink[previous] = next;
        }
        free(link);
        linkPruned = true;
      } else {
        // Rounding can make the best link a little better than its target.
        extra = Math.min(extra, Math.max(0, linkExtra));
        previous = link;
      }
      link = next;
    }
    return extra;
  }

  /** Frees the tokens of a list that no path within the beam goes through. */
  private void pruneTokens(int list) {
    int previous = NONE;
    int token = firstToken[list];
    while (token != NONE) {
      int next = nextToken[token];
      if (extraCost[token] == Float.POSITIVE_INFINITY) {
        if (previous == NONE) {
          firstToken[list] = next;
        } else {
          nextToken[previous] = next;
        }
        nextToken[token] = freeToken;
        freeToken = token;
      } else {
        previous = token;
      }
      token = next;
    }
    tokensUnpruned[list] = false;
  }

  private void free(int link) {
    nextLink[link] = freeLink;
    freeLink = link;
  }

  private void growTokens() {
    tokenCapacity = Math.multiplyExact(tokenCapacity, 2);
    state = Arrays.copyOf(state, tokenCapacity);
    cost = Arrays.copyOf(cost, tokenCapacity);
    extraCost = Arrays.copyOf(extraCost, tokenCapacity);
    firstLink = Arrays.copyOf(firstLink, tokenCapacity);
    nextToken = Arrays.copyOf(nextToken, tokenCapacity);
  }

  private void growLinks() {
    linkCapacity = Math.multiplyExact(linkCapacity, 2);
    target = Arrays.copyOf(target, linkCapacity);
    graphArc = Arrays.copyOf(graphArc, linkCapacity);
    acousticCost = Arrays.copyOf(acousticCost, linkCapacity);
    nextLink = Arrays.copyOf(nextLink, linkCapacity);
  }
}
