package org.stjem.acoustic.tying;

import java.util.List;

/**
 * Divides statistics in two clusters so that the likelihood grows most (ClusterKMeans in
 * tree/cluster-utils.cc with two clusters): points move to the other cluster as long as that helps,
 * from several first assignments.
 */
final class TwoMeans {
  private static final int TRIES = 10;
  private static final int ITERATIONS = 20;
  private static final int SWEEPS = 100;

  /**
   * A division.
   *
   * @param assignment of each point, 0 or 1
   * @param gain of log-likelihood over one cluster
   */
  record Division(int[] assignment, float gain) {}

  private final List<GaussianStatistics> points;
  private final int[] assignment;
  private final GaussianStatistics[] clusters = new GaussianStatistics[2];

  private TwoMeans(List<GaussianStatistics> points) {
    this.points = points;
    this.assignment = new int[points.size()];
  }

  /** The best division of two or more points. */
  static Division of(List<GaussianStatistics> points, AdditiveRandom random) {
    Division best = null;
    for (int i = 0; i < TRIES; i++) {
      TwoMeans means = new TwoMeans(points);
      float gain = means.assign(random);
      gain = means.improve(gain);
      if (best == null || gain > best.gain) {
        best = new Division(means.assignment, gain);
      }
    }
    return best;
  }

  /** Deals the points out in a random order; returns the gain. */
  private float assign(AdditiveRandom random) {
    int size = points.size();
    int skip = 1 + random.next() % (size - 1);
    while (greatestCommonDivisor(skip, size) != 1) {
      skip = skip == size - 1 ? 1 : skip + 1;
    }
    int point = 0;
    for (int i = 0; i < size; i++) {
      int cluster = i % 2;
      if (clusters[cluster] == null) {
        clusters[cluster] = points.get(point).copy();
      } else {
        clusters[cluster].add(points.get(point));
      }
      assignment[point] = cluster;
      point = (point + skip) % size;
    }
    GaussianStatistics all = clusters[0].copy();
    all.add(clusters[1]);
    return clusters[0].logLikelihood() + clusters[1].logLikelihood() - all.logLikelihood();
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  private float improve(float first) {
    float gain = first;
    for (int i = 0; i < ITERATIONS; i++) {
      float improvement = refine();
      gain += improvement;
      if (improvement == 0) {
        break;
      }
    }
    return gain;
  }

  /** Sweeps over the points until none moves any more; returns the gain. */
  private float refine() {
    float gain = 0;
    Changes changes = new Changes();
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean moved = false;
      for (int point = 0; point < points.size(); point++) {
        float improvement = changes.gainOfMoving(point);
        if (improvement > 0) {
          gain += improvement;
          changes.move(point);
          moved = true;
        }
      }
      if (!moved) {
        break;
      }
    }
    return gain;
  }

  /** The clusters' likelihoods, and what they would be if a point went from one to the other. */
  private final class Changes {
    private final float[] likelihoods = new float[2];

    /** Number of moves when a cluster changed last, and when a point's likelihood was computed. */
    private final int[] changed = new int[2];

    private final int[][] computed = new int[points.size()][2];
    private final float[][] afterMove = new float[points.size()][2];
    private int moves;

    Changes() {
      for (int cluster = 0; cluster < 2; cluster++) {
        likelihoods[cluster] = clusters[cluster].logLikelihood();
      }
      for (int point = 0; point < points.size(); point++) {
        int own = assignment[point];
        afterMove[point][own] = computed(point, own);
        // Kaldi keeps the difference, and so do we, for the same rounding.
        float other = likelihoods[1 - own];
        float distance = other - computed(point, 1 - own);
        afterMove[point][1 - own] = -(distance - other);
      }
    }

    /** Likelihood of a cluster without a point of it, or with another point. */
    private float computed(int point, int cluster) {
      GaussianStatistics copy = clusters[cluster].copy();
      if (assignment[point] == cluster) {
        copy.subtract(points.get(point));
      } else {
        copy.add(points.get(point));
      }
      return copy.logLikelihood();
    }

    private float afterMove(int point, int cluster) {
      if (computed[point][cluster] < changed[cluster]) {
        computed[point][cluster] = moves;
        afterMove[point][cluster] = computed(point, cluster);
      }
      return afterMove[point][cluster];
    }

    float gainOfMoving(int point) {
      int own = assignment[point];
      float without = afterMove(point, own);
      return afterMove(point, 1 - own) + without - likelihoods[1 - own] - likelihoods[own];
    }

    void move(int point) {
      int own = assignment[point];
      clusters[own].subtract(points.get(point));
      clusters[1 - own].add(points.get(point));
      assignment[point] = 1 - own;
      moves++;
      for (int cluster = 0; cluster < 2; cluster++) {
        likelihoods[cluster] = clusters[cluster].logLikelihood();
        changed[cluster] = moves;
      }
    }
  }
}
