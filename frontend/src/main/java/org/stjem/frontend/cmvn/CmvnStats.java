package org.stjem.frontend.cmvn;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Statistics for cepstral mean and variance normalisation: per bin the sum and the sum of squares,
 * and the number of frames. As a Kaldi matrix {@code [2, bins + 1]}: sums and count, sums of
 * squares and 0 (transform/cmvn.cc).
 */
public final class CmvnStats {
  private final int dim;
  private final double[] sums;
  private final double[] squares;
  private double count;

  /** Statistics of no frame, for features of {@code dim} bins. */
  public CmvnStats(int dim) {
    this(dim, new double[dim], new double[dim], 0);
  }

  private CmvnStats(int dim, double[] sums, double[] squares, double count) {
    this.dim = dim;
    this.sums = sums;
    this.squares = squares;
    this.count = count;
  }

  /**
   * Takes statistics out of a Kaldi matrix {@code [2, bins + 1]}, or {@code [1, bins + 1]} without
   * sums of squares.
   *
   * @throws StjemException if the matrix has another shape
   */
  public static CmvnStats of(DoubleMatrix matrix) {
    if (matrix.rows() < 1 || matrix.rows() > 2 || matrix.cols() < 2) {
      throw new StjemException(
          "CMVN statistics are a 2 x (bins + 1) matrix, not "
              + matrix.rows()
              + " x "
              + matrix.cols());
    }
    int dim = matrix.cols() - 1;
    double[] data = matrix.data();
    double[] squares = matrix.rows() == 2 ? Arrays.copyOfRange(data, dim + 1, 2 * dim + 1) : null;
    return new CmvnStats(dim, Arrays.copyOf(data, dim), squares, data[dim]);
  }

  /** Number of bins. */
  public int dim() {
    return dim;
  }

  /** Number of frames, or sum of their weights. */
  public double count() {
    return count;
  }

  boolean hasSquares() {
    return squares != null;
  }

  double mean(int bin) {
    return sums[bin] / count;
  }

  double sum(int bin) {
    return sums[bin];
  }

  double variance(int bin) {
    double mean = mean(bin);
    return squares[bin] / count - mean * mean;
  }

  /**
   * Adds the frames of {@code feats}.
   *
   * @param feats shape {@code [frames, dim]}
   * @throws StjemException if the number of bins is another, or a number is not finite; then
   *     nothing was added
   */
  public void accumulate(FloatMatrix feats) {
    float[] weights = new float[feats.rows()];
    Arrays.fill(weights, 1f);
    accumulate(feats, weights);
  }

  /**
   * Adds the frames of {@code feats}, each with its weight.
   *
   * @param feats shape {@code [frames, dim]}
   * @param weights one per frame
   * @throws StjemException if the number of bins or of weights does not fit, or a number is not
   *     finite; then nothing was added
   */
  public void accumulate(FloatMatrix feats, float[] weights) {
    if (feats.cols() != dim) {
      throw new StjemException(
          "features have " + feats.cols() + " bins where the statistics have " + dim);
    }
    if (weights.length != feats.rows()) {
      throw new StjemException(weights.length + " weights for " + feats.rows() + " frames");
    }
    FiniteNumbers.requireFeatures(feats, 0);
    for (int frame = 0; frame < weights.length; frame++) {
      if (!Float.isFinite(weights[frame])) {
        throw new StjemException("the weight of frame " + frame + " is " + weights[frame]);
      }
    }
    float[] data = feats.data();
    for (int frame = 0; frame < feats.rows(); frame++) {
      float weight = weights[frame];
      if (weight == 0f) {
        continue;
      }
      count += weight;
      int row = frame * dim;
      for (int bin = 0; bin < dim; bin++) {
        float value = data[row + bin];
        // The products are rounded to float before they are added, as Kaldi's are: that makes the
        // statistics equal to Kaldi's in every bit.
        sums[bin] += value * weight;
        squares[bin] += value * value * weight;
      }
    }
  }

  /**
   * Adds a frame {@code times} times; -1 takes it away. In double precision, as Kaldi does for
   * streams (feat/online-feature.cc), unlike {@link #accumulate}.
   */
  void add(float[] frame, int times) {
    count += times;
    for (int bin = 0; bin < dim; bin++) {
      double value = frame[bin];
      sums[bin] += times * value;
      squares[bin] += times * (value * value);
    }
  }

  /** Adds other statistics scaled; their squares only if there are any. */
  void add(double scale, CmvnStats other) {
    count += scale * other.count;
    for (int bin = 0; bin < dim; bin++) {
      sums[bin] += scale * other.sums[bin];
      if (other.squares != null) {
        squares[bin] += scale * other.squares[bin];
      }
    }
  }

  CmvnStats copy() {
    return withoutBins();
  }

  /**
   * The same statistics with mean 0 and variance 1 in some bins, so that normalisation leaves these
   * alone.
   *
   * @param bins zero-based
   * @throws StjemException if a bin does not exist
   */
  public CmvnStats withoutBins(int... bins) {
    double[] newSums = sums.clone();
    double[] newSquares = squares == null ? null : squares.clone();
    for (int bin : bins) {
      if (bin < 0 || bin >= dim) {
        throw new StjemException("cannot skip bin " + bin + "; there are bins 0 to " + (dim - 1));
      }
      newSums[bin] = 0;
      if (newSquares != null) {
        newSquares[bin] = count;
      }
    }
    return new CmvnStats(dim, newSums, newSquares, count);
  }

  /** As a Kaldi matrix {@code [2, dim + 1]}, or {@code [1, dim + 1]} without sums of squares. */
  public DoubleMatrix toMatrix() {
    double[] data = new double[(squares == null ? 1 : 2) * (dim + 1)];
    System.arraycopy(sums, 0, data, 0, dim);
    data[dim] = count;
    if (squares != null) {
      System.arraycopy(squares, 0, data, dim + 1, dim);
    }
    return new DoubleMatrix(data.length / (dim + 1), dim + 1, data);
  }
}
