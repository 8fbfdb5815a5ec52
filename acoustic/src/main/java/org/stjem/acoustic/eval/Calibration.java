package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * Accumulates how well the confidence of a classifier agrees with its accuracy, in memory that does
 * not depend on the number of decisions.
 *
 * <p>The expected calibration error groups decisions by their confidence c, the posterior of the
 * chosen class, into M bins of equal width, bin m holding (m/M, (m+1)/M] and the first one 0 too,
 * and is Σ_m n_m/n · |accuracy_m − mean confidence_m| (Guo et al., "On calibration of modern neural
 * networks", ICML 2017, which takes M = 15).
 */
public final class Calibration {
  /** Number of bins unless the caller asks for another. */
  public static final int DEFAULT_BINS = 15;

  /** Posteriors below this count as this in the negative log-likelihood (nnet/nnet-loss.cc). */
  private static final double LEAST_POSTERIOR = 1e-20;

  private final long[] counts;
  private final long[] correct;
  private final double[] confidence;
  private double negativeLogLikelihood;

  /**
   * An empty accumulator.
   *
   * @param numBins number of equally wide confidence bins, at least 1
   */
  public Calibration(int numBins) {
    if (numBins < 1) {
      throw new IllegalArgumentException("number of bins is " + numBins + ", must be at least 1");
    }
    counts = new long[numBins];
    correct = new long[numBins];
    confidence = new double[numBins];
  }

  /**
   * Adds one decision.
   *
   * @param confidence posterior of the chosen class, 0 to 1
   * @param right whether the chosen class is the true one
   * @param truePosterior posterior of the true class, 0 to 1
   */
  public void add(double confidence, boolean right, double truePosterior) {
    if (!(confidence >= 0 && confidence <= 1) || !(truePosterior >= 0 && truePosterior <= 1)) {
      throw new IllegalArgumentException(
          "posteriors must lie in 0 … 1, not " + confidence + " and " + truePosterior);
    }
    int bin = Math.max(0, (int) Math.ceil(confidence * counts.length) - 1);
    counts[bin]++;
    correct[bin] += right ? 1 : 0;
    this.confidence[bin] += confidence;
    negativeLogLikelihood -= Math.log(Math.max(truePosterior, LEAST_POSTERIOR));
  }

  /** Adds the decisions of {@code other}, which has the same number of bins. */
  public void add(Calibration other) {
    if (other.counts.length != counts.length) {
      throw new IllegalArgumentException(
          other.counts.length + " bins cannot be added to " + counts.length);
    }
    for (int bin = 0; bin < counts.length; bin++) {
      counts[bin] += other.counts[bin];
      correct[bin] += other.correct[bin];
      confidence[bin] += other.confidence[bin];
    }
    negativeLogLikelihood += other.negativeLogLikelihood;
  }

  /** The measures over all decisions so far; not a number without any decision. */
  public CalibrationReport report() {
    long total = 0;
    long right = 0;
    double confident = 0;
    double gaps = 0;
    List<CalibrationReport.Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < counts.length; bin++) {
      long n = counts[bin];
      total += n;
      right += correct[bin];
      confident += confidence[bin];
      gaps += Math.abs(correct[bin] - confidence[bin]);
      bins.add(
          new CalibrationReport.Bin(
              (double) bin / counts.length,
              (bin + 1.0) / counts.length,
              n,
              n == 0 ? 0 : confidence[bin] / n,
              n == 0 ? 0 : (double) correct[bin] / n));
    }
    return new CalibrationReport(
        total,
        100.0 * right / total,
        100.0 * confident / total,
        100.0 * gaps / total,
        negativeLogLikelihood / total,
        bins);
  }
}
