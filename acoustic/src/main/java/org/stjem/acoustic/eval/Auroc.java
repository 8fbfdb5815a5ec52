package org.stjem.acoustic.eval;

import java.util.Arrays;

/** Area under the receiver operating characteristic, the quality of a score that detects. */
public final class Auroc {
  private Auroc() {}

  /**
   * The probability that a random positive scores higher than a random negative, ties counting half
   * (Mann and Whitney 1947): 1 for perfect separation, 0.5 for none.
   *
   * @param positives scores that should be high; not NaN
   * @param negatives scores that should be low; not NaN
   * @return NaN if one of them is empty
   */
  public static double of(float[] positives, float[] negatives) {
    float[] high = positives.clone();
    float[] low = negatives.clone();
    Arrays.sort(high);
    Arrays.sort(low);
    double wins = 0;
    int below = 0;
    int upTo = 0;
    for (float score : high) {
      while (below < low.length && low[below] < score) {
        below++;
      }
      upTo = Math.max(upTo, below);
      while (upTo < low.length && low[upTo] == score) {
        upTo++;
      }
      wins += below + (upTo - below) / 2.0;
    }
    return wins / ((double) high.length * low.length);
  }
}
