package org.stjem.acoustic.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Goes back from the newest tokens along the best link to each. Where the ways of all of them meet,
 * whatever comes later comes through that token, so that the way to it is settled. Tokens beyond
 * the beam, which {@code min-active} keeps, do not count.
 */
final class Traceback {
  private static final int NONE = TokenGraph.NONE;

  private final TokenGraph tokens;

  /** The best link to each token of the list that was looked at last. */
  private int[] bestLinks = new int[1 << 10];

  /** List and graph state of the token to which all is settled. */
  private int settledList;

  private int settledState;

  Traceback(TokenGraph tokens) {
    this.tokens = tokens;
  }

  /** Goes to the start of an utterance. */
  void begin(int startState) {
    settledList = 0;
    settledState = startState;
  }

  /** Frames to which all is settled. */
  int settledFrames() {
    return settledList;
  }

  /** The token to which all is settled. */
  int settledToken() {
    for (int token = tokens.begin(settledList); token < tokens.end(settledList); token++) {
      if (tokens.state[token] == settledState) {
        return token;
      }
    }
    throw new IllegalStateException("the search lost what was settled");
  }

  /**
   * Settles as much as can be by the newest tokens that are at most {@code beam} worse than the
   * best. If that adds a word, the others are given up, so that none of them comes back.
   *
   * @param wordOf output label of an arc, 0 for none
   * @return the arcs by which the settled way goes on, in order
   */
  List<Integer> settle(float beam, IntUnaryOperator wordOf) {
    int list = tokens.lists() - 1;
    int begin = tokens.begin(list);
    int end = tokens.end(list);
    float worst = tokens.cost[best(begin, end)] + beam;
    int[] members =
        IntStream.range(begin, end).filter(token -> tokens.cost[token] <= worst).toArray();
    boolean all = members.length == end - begin;
    for (int l = list; l > settledList; l--) {
      findBestLinks(l);
      members = withoutEpsilons(members, l);
      if (members.length == 1) {
        List<Integer> arcs = arcsTo(members[0], l);
        if (!all) {
          if (arcs.stream().noneMatch(arc -> wordOf.applyAsInt(arc) != 0)) {
            return List.of();
          }
          giveUp(begin, end, worst);
        }
        settledList = l;
        settledState = tokens.state[members[0]];
        return arcs;
      }
      for (int i = 0; i < members.length; i++) {
        members[i] = tokens.source[bestLink(members[i], l)];
      }
      members = distinct(members);
    }
    return List.of();
  }

  private void giveUp(int begin, int end, float worst) {
    for (int token = begin; token < end; token++) {
      if (tokens.cost[token] > worst) {
        tokens.cost[token] = Float.POSITIVE_INFINITY;
      }
    }
  }

  private int best(int begin, int end) {
    int best = begin;
    for (int token = begin + 1; token < end; token++) {
      best = tokens.cost[token] < tokens.cost[best] ? token : best;
    }
    return best;
  }

  /** The arcs from the settled token to the best of the newest ones, in order. */
  List<Integer> arcsToBest() {
    int list = tokens.lists() - 1;
    return arcsTo(best(tokens.begin(list), tokens.end(list)), list);
  }

  /**
   * Frames at the end of the way to the best of the newest tokens, back to the settled token at
   * most, whose arcs are such.
   */
  int trailingFrames(IntPredicate wanted) {
    int newest = tokens.lists() - 1;
    int token = best(tokens.begin(newest), tokens.end(newest));
    for (int list = newest; list > settledList; list--) {
      findBestLinks(list);
      int link = bestLink(token, list);
      while (isEpsilon(link, list)) {
        link = bestLink(tokens.source[link], list);
      }
      if (!wanted.test(tokens.arc[link])) {
        return newest - list;
      }
      token = tokens.source[link];
    }
    return newest - settledList;
  }

  private List<Integer> arcsTo(int last, int lastList) {
    List<Integer> arcs = new ArrayList<>();
    int token = last;
    int settled = settledToken();
    for (int list = lastList; list > settledList; list--) {
      findBestLinks(list);
      int link = bestLink(token, list);
      while (isEpsilon(link, list)) {
        arcs.add(tokens.arc[link]);
        token = tokens.source[link];
        link = bestLink(token, list);
      }
      arcs.add(tokens.arc[link]);
      token = tokens.source[link];
    }
    findBestLinks(settledList);
    while (token != settled) {
      int link = bestLink(token, settledList);
      arcs.add(tokens.arc[link]);
      token = tokens.source[link];
    }
    Collections.reverse(arcs);
    return arcs;
  }

  /**
   * The tokens of a list that consumed a frame just before, on the best ways to {@code members}.
   */
  private int[] withoutEpsilons(int[] members, int list) {
    for (int i = 0; i < members.length; i++) {
      int link = bestLink(members[i], list);
      while (isEpsilon(link, list)) {
        members[i] = tokens.source[link];
        link = bestLink(members[i], list);
      }
    }
    return distinct(members);
  }

  private static int[] distinct(int[] members) {
    return Arrays.stream(members).sorted().distinct().toArray();
  }

  private boolean isEpsilon(int link, int list) {
    return link >= tokens.epsilonLinksBegin(list);
  }

  private int bestLink(int token, int list) {
    int link = bestLinks[token - tokens.begin(list)];
    if (link == NONE) {
      throw new IllegalStateException("no link leads to a token of list " + list);
    }
    return link;
  }

  private void findBestLinks(int list) {
    int count = tokens.end(list) - tokens.begin(list);
    if (bestLinks.length < count) {
      bestLinks = new int[2 * count];
    }
    Arrays.fill(bestLinks, 0, count, NONE);
    // Before epsilon links, of which then no two lead to and fro.
    if (list > 0) {
      note(tokens.emittingLinksBegin(list - 1), tokens.emittingLinksEnd(list - 1), list);
    }
    note(tokens.epsilonLinksBegin(list), tokens.epsilonLinksEnd(list), list);
  }

  /** Notes the links by which their targets cost what they do, of several the first. */
  private void note(int begin, int end, int list) {
    int first = tokens.begin(list);
    for (int link = begin; link < end; link++) {
      int target = tokens.target[link];
      if (tokens.linkCost[link] <= tokens.cost[target] && bestLinks[target - first] == NONE) {
        bestLinks[target - first] = link;
      }
    }
  }
}
