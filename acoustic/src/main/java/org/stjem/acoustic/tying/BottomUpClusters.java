package org.stjem.acoustic.tying;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Merges the two points of a compartment that lose least, then the next two, and so on
 * (ClusterBottomUp and ClusterBottomUpCompartmentalized in tree/cluster-utils.cc).
 */
final class BottomUpClusters {
  /** A merger that was computed before one of the two changed differs by more. */
  private static final double TOLERANCE = 1e-5;

  private final float threshold;
  private final int leastClusters;
  private final List<Compartment> compartments = new ArrayList<>();
  private final PriorityQueue<Merger> queue =
      new PriorityQueue<>(
          Comparator.comparingDouble(Merger::loss)
              .thenComparingInt(Merger::compartment)
              .thenComparingInt(Merger::to)
              .thenComparingInt(Merger::from));
  private int clusters;

  private record Merger(float loss, int compartment, int to, int from) {}

  private static final class Compartment {
    /** Null where a point was merged into another. */
    private final GaussianStatistics[] sums;

    private final int[] mergedInto;
    private final float[][] losses;

    Compartment(List<GaussianStatistics> points) {
      sums = points.stream().map(GaussianStatistics::copy).toArray(GaussianStatistics[]::new);
      mergedInto = new int[sums.length];
      losses = new float[sums.length][];
      for (int i = 0; i < sums.length; i++) {
        mergedInto[i] = i;
        losses[i] = new float[i];
      }
    }
  }

  private BottomUpClusters(float threshold, int leastClusters) {
    this.threshold = threshold;
    this.leastClusters = leastClusters;
  }

  /**
   * Merges points.
   *
   * @param points of each compartment; none leaves it
   * @param threshold most that a merger may lose
   * @param leastClusters where mergers end
   * @return for each compartment and point the number of its cluster; clusters are counted in each
   *     compartment
   */
  static List<int[]> of(List<List<GaussianStatistics>> points, float threshold, int leastClusters) {
    BottomUpClusters all = new BottomUpClusters(threshold, leastClusters);
    points.forEach(all::add);
    all.merge();
    return all.compartments.stream().map(BottomUpClusters::numbers).toList();
  }

  private void add(List<GaussianStatistics> points) {
    compartments.add(new Compartment(points));
    clusters += points.size();
    for (int i = 0; i < points.size(); i++) {
      for (int j = 0; j < i; j++) {
        float loss = measure(compartments.size() - 1, i, j);
        if (loss == threshold) {
          queue.add(new Merger(loss, compartments.size() - 1, i, j));
        }
      }
    }
  }

  private float measure(int index, int i, int j) {
    Compartment compartment = compartments.get(index);
    float loss = compartment.sums[i].loss(compartment.sums[j]);
    compartment.losses[i][j] = loss;
    if (loss < threshold) {
      queue.add(new Merger(loss, index, i, j));
    }
    return loss;
  }

  private void merge() {
    while (clusters > leastClusters && !queue.isEmpty()) {
      Merger merger = queue.remove();
      Compartment compartment = compartments.get(merger.compartment);
      if (compartment.sums[merger.to] == null || compartment.sums[merger.from] == null) {
        continue;
      }
      float now = compartment.losses[merger.to][merger.from];
      if (Math.abs(now - merger.loss) > TOLERANCE * Math.abs(merger.loss)) {
        continue;
      }
      compartment.sums[merger.to].add(compartment.sums[merger.from]);
      compartment.sums[merger.from] = null;
      compartment.mergedInto[merger.from] = merger.to;
      clusters--;
      for (int k = 0; k < compartment.sums.length; k++) {
        if (k != merger.to && compartment.sums[k] != null) {
          measure(merger.compartment, Math.max(k, merger.to), Math.min(k, merger.to));
        }
      }
    }
  }

  private static int[] numbers(Compartment compartment) {
    int[] numbers = new int[compartment.sums.length];
    Arrays.fill(numbers, -1);
    int next = 0;
    for (int i = 0; i < numbers.length; i++) {
      if (compartment.sums[i] != null) {
        numbers[i] = next++;
      }
    }
    int[] found = new int[numbers.length];
    for (int i = 0; i < found.length; i++) {
      int at = i;
      while (compartment.mergedInto[at] != at) {
        at = compartment.mergedInto[at];
      }
      found[i] = numbers[at];
    }
    return found;
  }
}
