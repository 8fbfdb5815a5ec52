package org.stjem.frontend.cmvn;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Mean and, on request, variance normalisation of features by given statistics: per bin {@code x <-
 * scale * x + offset} (transform/cmvn.cc: ApplyCmvn, ApplyCmvnReverse).
 */
public final class Cmvn {
  private static final double VARIANCE_FLOOR = 1e-20;

  /** Null when only means are normalised. */
  private final double[] scale;

  /** Per bin what is added, before the scale if {@link #centred}, else behind it. */
  private final double[] offset;

  private final boolean centred;
  private final int flooredVariances;

  private Cmvn(double[] scale, double[] offset, boolean centred, int flooredVariances) {
    this.scale = scale;
    this.offset = offset;
    this.centred = centred;
    this.flooredVariances = flooredVariances;
  }

  /**
   * The normalisation to mean 0 and, if {@code variances}, variance 1.
   *
   * @throws StjemException if the statistics hold less than one frame, or no sums of squares where
   *     variances are asked for
   */
  public static Cmvn normalising(CmvnStats stats, boolean variances) {
    check(stats, variances);
    int dim = stats.dim();
    double[] offset = new double[dim];
    if (!variances) {
      // 1/count rounded to float, as in Kaldi, so that results agree to the last bit.
      float inverse = (float) (-1.0 / stats.count());
      for (int bin = 0; bin < dim; bin++) {
        offset[bin] = (float) (inverse * stats.sum(bin));
      }
      return new Cmvn(null, offset, false, 0);
    }
    double[] scale = new double[dim];
    int floored = 0;
    for (int bin = 0; bin < dim; bin++) {
      double variance = variance(stats, bin);
      floored += variance < VARIANCE_FLOOR ? 1 : 0;
      scale[bin] = 1.0 / Math.sqrt(Math.max(variance, VARIANCE_FLOOR));
      offset[bin] = -stats.mean(bin);
    }
    return new Cmvn(scale, offset, true, floored);
  }

  /**
   * The reverse of {@link #normalising}: gives features of mean 0 and variance 1 the mean and, if
   * {@code variances}, the variance of the statistics.
   *
   * @throws StjemException as {@link #normalising}
   */
  public static Cmvn reversing(CmvnStats stats, boolean variances) {
    check(stats, variances);
    int dim = stats.dim();
    double[] scale = variances ? new double[dim] : null;
    double[] offset = new double[dim];
    int floored = 0;
    for (int bin = 0; bin < dim; bin++) {
      offset[bin] = stats.mean(bin);
      if (variances) {
        double variance = variance(stats, bin);
        floored += variance < VARIANCE_FLOOR ? 1 : 0;
        scale[bin] = Math.sqrt(Math.max(variance, VARIANCE_FLOOR));
      }
    }
    return new Cmvn(scale, offset, false, floored);
  }

  /** Number of bins. */
  public int dim() {
    return offset.length;
  }

  /** How many bins have a variance below Kaldi's floor of 1e-20, which is taken in its place. */
  public int flooredVariances() {
    return flooredVariances;
  }

  /**
   * The normalised features, shape {@code [frames, dim]}.
   *
   * @throws StjemException if the number of bins is not that of the statistics
   */
  public FloatMatrix apply(FloatMatrix feats) {
    int dim = offset.length;
    if (feats.cols() != dim) {
      throw new StjemException(
          "features have " + feats.cols() + " bins where the CMVN statistics have " + dim);
    }
    float[] data = Arrays.copyOf(feats.data(), feats.data().length);
    for (int row = 0; row < data.length; row += dim) {
      applyInPlace(data, row);
    }
    return new FloatMatrix(feats.rows(), dim, data);
  }

  /** Normalises the frame that begins at {@code row}. */
  void applyInPlace(float[] data, int row) {
    for (int bin = 0; bin < offset.length; bin++) {
      float value = data[row + bin];
      if (scale == null) {
        data[row + bin] = value + (float) offset[bin];
      } else if (centred) {
        // Kaldi scales first, in floats: where the variance is floored, the difference of the large
        // numbers that makes is noise a million times the size of what is wanted.
        data[row + bin] = (float) ((value + offset[bin]) * scale[bin]);
      } else {
        data[row + bin] = (float) (value * scale[bin] + offset[bin]);
      }
    }
  }

  private static void check(CmvnStats stats, boolean variances) {
    if (variances && !stats.hasSquares()) {
      throw new StjemException(
          "variance normalisation needs sums of squares, but the CMVN statistics have one row");
    }
    // Not `count < 1`: a NaN count must be refused too.
    if (!(stats.count() >= 1.0)) {
      throw new StjemException(
          "CMVN statistics have a count of " + stats.count() + " frames; at least 1 is needed");
    }
    for (int bin = 0; bin < stats.dim(); bin++) {
      if (!Double.isFinite(stats.mean(bin))) {
        throw new StjemException(
            "CMVN statistics give a mean of " + stats.mean(bin) + " in bin " + bin);
      }
    }
  }

  private static double variance(CmvnStats stats, int bin) {
    double variance = stats.variance(bin);
    if (!Double.isFinite(variance)) {
      throw new StjemException("CMVN statistics give a variance of " + variance + " in bin " + bin);
    }
    return variance;
  }
}
