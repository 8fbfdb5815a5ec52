package org.stjem.acoustic.decode;

import java.util.Arrays;

/**
 * The tokens of all frames, that is what it costs to reach a state of the graph after some frames,
 * and the links between them. Token list {@code f} holds the states reached after {@code f} frames.
 *
 * <p>Tokens and links are rows of parallel arrays, in the order in which they come: the tokens of a
 * list, its epsilon links, which stay within the list, and its emitting links, which lead to the
 * next one. So the search writes and the pruning reads one row after the other.
 */
final class TokenGraph {
  static final int NONE = -1;

  int[] state = new int[1 << 12];
  float[] cost = new float[1 << 12];

  /**
   * By how much the best path through a token is worse than the best of all, where it is known;
   * infinite if it is beyond the lattice beam.
   */
  float[] extraCost = new float[1 << 12];

  private int tokens;
  private int peakTokens;

  /** The token that a link leaves. */
  int[] source = new int[1 << 12];

  /** The token that a link leads to, {@link #NONE} if the link was pruned. */
  int[] target = new int[1 << 12];

  /** The arc of the graph that a link follows. */
  int[] arc = new int[1 << 12];

  /** What it costs to reach the target by a link. */
  float[] linkCost = new float[1 << 12];

  private int links;

  private int lists;
  private int[] firstToken = new int[256];
  private int[] firstEpsilonLink = new int[256];
  private int[] firstEmittingLink = new int[256];

  /** The newest token of each state, {@code [states]}; older ones count as none. */
  private final int[] tokenOfState;

  /** Whether the last {@link #activate} made a token or lowered its cost. */
  boolean improved;

  TokenGraph(int numStates) {
    tokenOfState = new int[numStates];
  }

  /** Forgets all tokens. */
  void clear() {
    tokens = 0;
    peakTokens = 0;
    links = 0;
    lists = 0;
    Arrays.fill(tokenOfState, NONE);
  }

  /** Opens the token list of the next frame. */
  void addList() {
    if (lists == firstToken.length) {
      firstToken = Arrays.copyOf(firstToken, 2 * lists);
      firstEpsilonLink = Arrays.copyOf(firstEpsilonLink, 2 * lists);
      firstEmittingLink = Arrays.copyOf(firstEmittingLink, 2 * lists);
    }
    firstToken[lists] = tokens;
    firstEpsilonLink[lists] = links;
    firstEmittingLink[lists] = links;
    lists++;
  }

  /** Declares that the links to come are the emitting ones of the newest list. */
  void endEpsilonLinks() {
    firstEmittingLink[lists - 1] = links;
  }

  /** Number of lists: one more than the frames decoded. */
  int lists() {
    return lists;
  }

  /** The first token of {@code list}. */
  int begin(int list) {
    return firstToken[list];
  }

  /** The token after the last one of {@code list}. */
  int end(int list) {
    return list == lists - 1 ? tokens : firstToken[list + 1];
  }

  int epsilonLinksBegin(int list) {
    return firstEpsilonLink[list];
  }

  int epsilonLinksEnd(int list) {
    return firstEmittingLink[list];
  }

  int emittingLinksBegin(int list) {
    return firstEmittingLink[list];
  }

  int emittingLinksEnd(int list) {
    return list == lists - 1 ? links : firstEpsilonLink[list + 1];
  }

  /** Number of tokens in all lists. */
  int tokens() {
    return tokens;
  }

  /** The most tokens in memory at the same time since all were forgotten. */
  int peakTokens() {
    return Math.max(peakTokens, tokens);
  }

  int links() {
    return links;
  }

  /** Makes room for {@code count} more tokens. */
  void reserveTokens(int count) {
    int needed = Math.addExact(tokens, count);
    if (needed > state.length) {
      int capacity = grown(needed);
      state = Arrays.copyOf(state, capacity);
      cost = Arrays.copyOf(cost, capacity);
      extraCost = Arrays.copyOf(extraCost, capacity);
    }
  }

  /** Makes room in the arrays for so many links in all. */
  void reserveLinks(int needed) {
    if (needed > source.length) {
      int capacity = grown(needed);
      source = Arrays.copyOf(source, capacity);
      target = Arrays.copyOf(target, capacity);
      arc = Arrays.copyOf(arc, capacity);
      linkCost = Arrays.copyOf(linkCost, capacity);
    }
  }

  private static int grown(int needed) {
    return (int) Math.max(needed, Math.min(Integer.MAX_VALUE - 8, needed * 3L / 2));
  }

  /**
   * The newest list's token of a state, made if need be, with at most this cost; there must be room
   * for it.
   */
  int activate(int graphState, float totalCost) {
    int token = tokenOfState[graphState];
    if (token < firstToken[lists - 1]) {
      token = tokens++;
      tokenOfState[graphState] = token;
      state[token] = graphState;
      cost[token] = totalCost;
      improved = true;
    } else {
      improved = totalCost < cost[token];
      if (improved) {
        cost[token] = totalCost;
      }
    }
    return token;
  }

  /** The newest list's token of a state that has one. */
  int tokenOf(int graphState) {
    return tokenOfState[graphState];
  }

  /**
   * Opens the list of the next frame with what the arcs lead to that consume a frame.
   *
   * @param end of the rows behind the last link, which hold the arcs, but states in place of target
   *     tokens
   * @param limit cost from which arcs are given up
   */
  void addList(int end, float limit) {
    reserveTokens(end - links);
    int kept = links;
    addList();
    for (int link = links; link < end; link++) {
      float total = linkCost[link];
      if (total < limit) {
        target[kept] = activate(target[link], total);
        source[kept] = source[link];
        arc[kept] = arc[link];
        linkCost[kept] = total;
        kept++;
      }
    }
    links = kept;
    firstEpsilonLink[lists - 1] = links;
    firstEmittingLink[lists - 1] = links;
  }

  /** Adds a link, for which there must be room. */
  void addLink(int from, int to, int graphArc, float totalCost) {
    source[links] = from;
    target[links] = to;
    arc[links] = graphArc;
    linkCost[links] = totalCost;
    links++;
  }

  /**
   * Removes, from {@code firstList} on, the links that were pruned and the tokens whose extra cost
   * is infinite.
   */
  void removePruned(int firstList) {
    peakTokens = peakTokens();
    int base = firstToken[firstList];
    int[] moved = new int[tokens - base];
    int keptTokens = base;
    int keptLinks = firstEpsilonLink[firstList];
    for (int list = firstList; list < lists; list++) {
      int end = end(list);
      int from = firstToken[list];
      firstToken[list] = keptTokens;
      for (int token = from; token < end; token++) {
        if (extraCost[token] < Float.POSITIVE_INFINITY) {
          moved[token - base] = keptTokens;
          state[keptTokens] = state[token];
          cost[keptTokens] = cost[token];
          extraCost[keptTokens] = extraCost[token];
          keptTokens++;
        }
      }
    }
    for (int list = firstList; list < lists; list++) {
      int emitting = firstEmittingLink[list];
      int end = emittingLinksEnd(list);
      int link = firstEpsilonLink[list];
      firstEpsilonLink[list] = keptLinks;
      keptLinks = keepLinks(link, emitting, keptLinks, moved, base);
      firstEmittingLink[list] = keptLinks;
      keptLinks = keepLinks(emitting, end, keptLinks, moved, base);
    }
    tokens = keptTokens;
    links = keptLinks;
    Arrays.fill(tokenOfState, NONE);
  }

  /** Moves the links that are left in {@code [begin, end)} to {@code kept}; returns their end. */
  private int keepLinks(int begin, int end, int kept, int[] moved, int base) {
    int to = kept;
    for (int link = begin; link < end; link++) {
      if (target[link] != NONE) {
        source[to] = moved[source[link] - base];
        target[to] = moved[target[link] - base];
        arc[to] = arc[link];
        linkCost[to] = linkCost[link];
        to++;
      }
    }
    return to;
  }
}
