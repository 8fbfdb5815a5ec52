package org.stjem.acoustic.decode;

import java.util.Arrays;

/** Finds the n-th lowest of many costs by a histogram, without sorting them. */
final class CostSelection {
  private static final int BINS = 1 << 10;

  private final int[] counts = new int[BINS];
  private float[] members = new float[256];

  /**
   * The cost that would stand at {@code index} if {@code costs[begin, end)} were sorted; all are
   * finite.
   */
  float at(int index, float[] costs, int begin, int end) {
    float lowest = Float.POSITIVE_INFINITY;
    float highest = Float.NEGATIVE_INFINITY;
    for (int i = begin; i < end; i++) {
      lowest = Math.min(lowest, costs[i]);
      highest = Math.max(highest, costs[i]);
    }
    float binsPerCost = (BINS - 1) / (highest - lowest);
    if (!(binsPerCost < Float.POSITIVE_INFINITY)) {
      return lowest;
    }
    Arrays.fill(counts, 0);
    for (int i = begin; i < end; i++) {
      counts[(int) ((costs[i] - lowest) * binsPerCost)]++;
    }
    int bin = 0;
    int below = 0;
    while (below + counts[bin] <= index) {
      below += counts[bin++];
    }
    if (members.length < counts[bin]) {
      members = new float[2 * counts[bin]];
    }
    int count = 0;
    for (int i = begin; i < end; i++) {
      if ((int) ((costs[i] - lowest) * binsPerCost) == bin) {
        members[count++] = costs[i];
      }
    }
    Arrays.sort(members, 0, count);
    return members[index - below];
  }
}
