package org.stjem.frontend.cmvn;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Mean and, on request, variance normalisation of features by given statistics: per bin {@code x <-
 * scale * x + offset} (transform/cmvn.cc: ApplyCmvn, ApplyCmvnReverse).
 */
public final class Cmvn {
  private static final Logger log = LoggerFactory.getLogger(Cmvn.class);
  private static final double VARIANCE_FLOOR = 1e-20;

  /** Null when only means are normalised. */
  private final float[] scale;

  private final float[] offset;

  private Cmvn(float[] scale, float[] offset) {
    this.scale = scale;
    this.offset = offset;
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
    float[] offset = new float[dim];
    if (!variances) {
      // 1/count rounded to float, as in Kaldi, so that results agree to the last bit.
      float inverse = (float) (-1.0 / stats.count());
      for (int bin = 0; bin < dim; bin++) {
        offset[bin] = (float) (inverse * stats.sum(bin));
      }
      return new Cmvn(null, offset);
    }
    float[] scale = new float[dim];
    for (int bin = 0; bin < dim; bin++) {
      double inverseDeviation = 1.0 / Math.sqrt(flooredVariance(stats, bin));
      scale[bin] = (float) inverseDeviation;
      offset[bin] = (float) -(stats.mean(bin) * inverseDeviation);
    }
    return new Cmvn(scale, offset);
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
    float[] scale = variances ? new float[dim] : null;
    float[] offset = new float[dim];
    for (int bin = 0; bin < dim; bin++) {
      offset[bin] = (float) stats.mean(bin);
      if (variances) {
        scale[bin] = (float) Math.sqrt(flooredVariance(stats, bin));
      }
    }
    return new Cmvn(scale, offset);
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
      data[row + bin] = (scale == null ? value : value * scale[bin]) + offset[bin];
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
  }

  private static double flooredVariance(CmvnStats stats, int bin) {
    double variance = stats.variance(bin);
    if (!Double.isFinite(variance)) {
      throw new StjemException("CMVN statistics give a variance of " + variance + " in bin " + bin);
    }
    if (variance < VARIANCE_FLOOR) {
      log.warn("Flooring the variance of bin {} from {} to {}", bin, variance, VARIANCE_FLOOR);
      return VARIANCE_FLOOR;
    }
    return variance;
  }
}
