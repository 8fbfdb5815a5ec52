package org.stjem.acoustic.tying;

import java.io.IOException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiOutput;

/**
 * Count, sum and sum of squares of frames: how well a Gaussian of diagonal covariance explains them
 * (GaussClusterable in tree/clusterable-classes.cc). Likelihoods are rounded to floats where Kaldi
 * rounds them, so that the same splits win.
 */
final class GaussianStatistics {
  private static final float VARIANCE_FLOOR = 0.01f;
  private static final double LOG_2_PI = Math.log(2 * Math.PI);

  private double count;
  private final double[] sums;
  private final double[] squares;

  GaussianStatistics(int dim) {
    this.sums = new double[dim];
    this.squares = new double[dim];
  }

  /** Without frames, for features of the same size. */
  GaussianStatistics empty() {
    return new GaussianStatistics(sums.length);
  }

  GaussianStatistics copy() {
    GaussianStatistics copy = empty();
    copy.add(this);
    return copy;
  }

  double count() {
    return count;
  }

  /** Adds a frame. */
  void add(FloatMatrix features, int row) {
    count++;
    for (int d = 0; d < sums.length; d++) {
      float value = features.get(row, d);
      sums[d] += value;
      squares[d] += value * value;
    }
  }

  void add(GaussianStatistics other) {
    count += other.count;
    for (int d = 0; d < sums.length; d++) {
      sums[d] += other.sums[d];
      squares[d] += other.squares[d];
    }
  }

  void subtract(GaussianStatistics other) {
    count -= other.count;
    for (int d = 0; d < sums.length; d++) {
      sums[d] -= other.sums[d];
      squares[d] -= other.squares[d];
    }
  }

  /** Log-likelihood of the frames by a Gaussian that is estimated on them; 0 without frames. */
  float logLikelihood() {
    if (count <= 0) {
      return 0;
    }
    double perFrame = 0;
    double logVariances = 0;
    double product = 1;
    for (int d = 0; d < sums.length; d++) {
      double mean = sums[d] / count;
      double variance = squares[d] / count - mean * mean;
      double floored = Math.max(variance, VARIANCE_FLOOR);
      perFrame += -0.5 * variance / floored;
      product *= floored;
      if (product < 1e-10 || product > 1e10) {
        logVariances += Math.log(product);
        product = 1;
      }
    }
    if (product != 1) {
      logVariances += Math.log(product);
    }
    perFrame += -0.5 * (logVariances + LOG_2_PI * sums.length);
    return (float) (perFrame * count);
  }

  /** What the likelihood loses if two sets of frames share a Gaussian; 0 or more. */
  float loss(GaussianStatistics other) {
    GaussianStatistics both = copy();
    both.add(other);
    return Math.max(logLikelihood() + other.logLikelihood() - both.logLikelihood(), 0);
  }

  /** Writes them as Kaldi stores them, in binary. */
  void write(KaldiOutput out) throws IOException {
    out.writeText("GCL ");
    out.write(Double.BYTES);
    out.writeDoubles(count);
    out.write(Double.BYTES);
    out.writeDoubles(VARIANCE_FLOOR);
    out.writeText("DM ");
    out.writeSizedInt32(2);
    out.writeSizedInt32(sums.length);
    out.writeDoubles(sums);
    out.writeDoubles(squares);
  }
}
