package org.stjem.acoustic.decode;

import java.util.Arrays;

/**
 * Goes back from the newest tokens and finds which tokens and links of the past lie on a path that
 * ends within the lattice beam of the best one: the rule of pruning of Kaldi's
 * decoder/lattice-faster-decoder.cc, where {@code extra cost} is explained.
 */
final class LatticePruner {
  /** Part of the lattice beam by which extra costs may be off in past frames while searching. */
  private static final float TOLERANCE = 0.1f;

  /** The tokens are pruned when at least so many have come since the last time. */
  private static final int MIN_TOKENS = 1 << 15;

  private final TokenGraph tokens;
  private final float latticeBeam;

  /** Number of tokens that the last pruning left. */
  private int pruned;

  LatticePruner(TokenGraph tokens, float latticeBeam) {
    this.tokens = tokens;
    this.latticeBeam = latticeBeam;
  }

  /** Turns to another utterance. */
  void clear() {
    pruned = 0;
  }

  /** Whether so many tokens have come since the last pruning that another one is worth its time. */
  boolean isDue() {
    return tokens.tokens() - pruned >= MIN_TOKENS;
  }

  /**
   * Removes tokens of the past from which no newest token is reached within the lattice beam. Goes
   * back only as far as extra costs changed noticeably since the last time.
   */
  void prune() {
    int list = tokens.lists() - 1;
    Arrays.fill(tokens.extraCost, tokens.begin(list), tokens.end(list), 0);
    boolean changed = true;
    while (changed && list > 0) {
      list--;
      int begin = tokens.begin(list);
      int end = tokens.end(list);
      boolean known = end <= pruned;
      float[] before = known ? Arrays.copyOfRange(tokens.extraCost, begin, end) : null;
      Arrays.fill(tokens.extraCost, begin, end, Float.POSITIVE_INFINITY);
      pruneLinks(list);
      changed = !known || changed(begin, before);
    }
    tokens.removePruned(list);
    pruned = tokens.tokens();
  }

  private boolean changed(int begin, float[] before) {
    for (int i = 0; i < before.length; i++) {
      // That of a token that is pruned now is infinite.
      if (Math.abs(tokens.extraCost[begin + i] - before[i]) > latticeBeam * TOLERANCE) {
        return true;
      }
    }
    return false;
  }

  /**
   * Prunes everything after the last frame, exactly.
   *
   * @param finalCosts what it costs to end in a state, {@code [states]}, or null if every token of
   *     the last list may end
   */
  void pruneFinal(float[] finalCosts) {
    int last = tokens.lists() - 1;
    float best = Float.POSITIVE_INFINITY;
    for (int token = tokens.begin(last); token < tokens.end(last); token++) {
      tokens.extraCost[token] =
          tokens.cost[token] + (finalCosts == null ? 0 : finalCosts[tokens.state[token]]);
      best = Math.min(best, tokens.extraCost[token]);
    }
    for (int token = tokens.begin(last); token < tokens.end(last); token++) {
      float extra = tokens.extraCost[token] - best;
      tokens.extraCost[token] = extra <= latticeBeam ? extra : Float.POSITIVE_INFINITY;
    }
    pruneLinks(last);
    for (int list = last - 1; list >= 0; list--) {
      Arrays.fill(tokens.extraCost, tokens.begin(list), tokens.end(list), Float.POSITIVE_INFINITY);
      pruneLinks(list);
    }
    tokens.removePruned(0);
  }

  /**
   * Prunes the links that leave the tokens of a list and lowers the tokens' extra costs to those of
   * the links that are kept.
   */
  private void pruneLinks(int list) {
    lowerSources(tokens.emittingLinksBegin(list), tokens.emittingLinksEnd(list), true);
    int begin = tokens.epsilonLinksBegin(list);
    int end = tokens.epsilonLinksEnd(list);
    // These are in no order, so repeat until nothing changes; only then can links be given up.
    boolean lowered = begin < end;
    while (lowered) {
      lowered = lowerSources(begin, end, false);
    }
    lowerSources(begin, end, true);
  }

  /**
   * Lowers extra costs of the tokens that links leave to those of the links; returns whether any
   * was lowered.
   *
   * @param prune whether links beyond the lattice beam are given up
   */
  private boolean lowerSources(int begin, int end, boolean prune) {
    float[] extraCost = tokens.extraCost;
    float[] cost = tokens.cost;
    boolean lowered = false;
    for (int link = begin; link < end; link++) {
      int target = tokens.target[link];
      float extra = extraCost[target];
      if (extra <= latticeBeam) {
        // Rounding can make the best link a little better than its target.
        extra = Math.max(0, extra + (tokens.linkCost[link] - cost[target]));
      }
      if (extra <= latticeBeam) {
        int source = tokens.source[link];
        if (extra < extraCost[source]) {
          extraCost[source] = extra;
          lowered = true;
        }
      } else if (prune) {
        tokens.target[link] = TokenGraph.NONE;
      }
    }
    return lowered;
  }
}
