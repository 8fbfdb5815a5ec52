package org.stjem.acoustic.net;

import java.util.Arrays;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Compares the features of a table with those that a model was trained on, by their mean over
 * utterances in each dimension in units of the model's standard deviation. The median over the
 * dimensions of its magnitude tells features of another normalisation, which moves all of them,
 * from speech of another domain or band, which moves some.
 *
 * <p>The limits are from data, in docs/training.md. Features less a mean per utterance or speaker
 * are within 0.1 of each other in any domain, and 2.4 at most in a single utterance; raw ones are
 * 2.0 or more away from them. Raw features of another room, band or noise are within 1.5 of each
 * other, and 3.0 in a single utterance; normalised ones are 2.6 or more away from them.
 */
public final class FeatureMatch {
  /**
   * A model whose mean is within this of 0 in all dimensions was trained on normalised features.
   */
  private static final double NORMALISED = 0.01;

  private final float[] mean;
  private final float[] stddev;
  private final double[] sums;
  private final boolean known;
  private final boolean normalised;
  private int utterances;

  /**
   * Nothing seen yet.
   *
   * @param mean of the model's training features in each dimension
   * @param stddev their standard deviation
   */
  public FeatureMatch(float[] mean, float[] stddev) {
    this.mean = mean.clone();
    this.stddev = stddev.clone();
    this.sums = new double[mean.length];
    boolean anyStatistic = false;
    boolean allNearZero = true;
    for (int d = 0; d < mean.length; d++) {
      anyStatistic |= mean[d] != 0 || stddev[d] != 1;
      allNearZero &= Math.abs(mean[d]) <= NORMALISED * stddev[d];
    }
    this.known = anyStatistic;
    this.normalised = allNearZero;
  }

  /**
   * Adds an utterance of at least one frame. One of another dimension, or with values that are not
   * finite, is for others to refuse.
   */
  public void add(FloatMatrix features) {
    int dim = mean.length;
    if (features.cols() != dim || features.rows() == 0) {
      return;
    }
    double[] sum = new double[dim];
    for (int i = 0; i < features.rows() * dim; i++) {
      sum[i % dim] += features.data()[i];
    }
    for (double total : sum) {
      if (!Double.isFinite(total)) {
        return;
      }
    }
    utterances++;
    for (int d = 0; d < dim; d++) {
      if (stddev[d] > 0) {
        sums[d] += (sum[d] / features.rows() - mean[d]) / stddev[d];
      }
    }
  }

  /** Utterances added. */
  public int utterances() {
    return utterances;
  }

  /** In half of the dimensions the mean is as far off, in standard deviations; 0 at the start. */
  public double distance() {
    double[] off =
        Arrays.stream(sums).map(sum -> Math.abs(sum) / Math.max(1, utterances)).toArray();
    Arrays.sort(off);
    return off.length == 0 ? 0 : off[off.length / 2];
  }

  /** What the distance of so many utterances may be. */
  public double limit() {
    double spread = 1 / Math.sqrt(Math.max(1, utterances));
    return normalised ? 0.5 + 2 * spread : 2 + 1.5 * spread;
  }

  /**
   * Whether the features are others than the model's. Never for a model that knows no statistics:
   * its mean is 0 and its standard deviation 1 in all dimensions.
   */
  public boolean isMismatch() {
    return known && distance() > limit();
  }
}
