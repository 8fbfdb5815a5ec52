package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * Accumulates how well the posteriors of a classifier agree with what is true, in memory that does
 * not depend on the number of decisions.
 *
 * <p>The expected calibration error groups decisions by their confidence c, the posterior of the
 * chosen class, into M bins of equal width, bin m holding (m/M, (m+1)/M] and the first one 0 too,
 * and is Σ_m n_m/n · |accuracy_m − mean confidence_m| (Guo et al., "On calibration of modern neural
 * networks", ICML 2017, which takes M = 15). Bins of equal mass hold n/M decisions each (Nixon et
 * al., "Measuring calibration in deep learning", 2019).
 */
public final class Calibration {
  /** Number of bins unless the caller asks for another. */
  public static final int DEFAULT_BINS = 15;

  /** Posteriors below this count as this in the negative log-likelihood (nnet/nnet-loss.cc). */
  private static final double LEAST_POSTERIOR = 1e-20;

  private final long[] counts;
  private final long[] correct;
  private final double[] confidence;
  private final ConfidenceBins cells = ConfidenceBins.linear();
  private ClasswiseCalibration classwise;
  private double negativeLogLikelihood;
  private double squaredDistance;

  /**
   * An empty accumulator.
   *
   * @param numBins number of confidence bins, at least 1
   */
  public Calibration(int numBins) {
    if (numBins < 1) {
      throw new IllegalArgumentException("number of bins is " + numBins + ", must be at least 1");
    }
    counts = new long[numBins];
    correct = new long[numBins];
    confidence = new double[numBins];
  }

  /** The bin of equal width that holds {@code posterior}. */
  static int bin(double posterior, int numBins) {
    return Math.max(0, (int) Math.ceil(posterior * numBins) - 1);
  }

  /**
   * Adds one decision: the class chosen is the most probable one, the first of several.
   *
   * @param posteriors one per class, each 0 to 1; as many in every call
   * @param truth the true class
   */
  public void add(double[] posteriors, int truth) {
    int best = 0;
    double squares = 0;
    for (int k = 0; k < posteriors.length; k++) {
      if (!(posteriors[k] >= 0 && posteriors[k] <= 1)) {
        throw new IllegalArgumentException("posteriors must lie in 0 … 1, not " + posteriors[k]);
      }
      best = posteriors[k] > posteriors[best] ? k : best;
      squares += posteriors[k] * posteriors[k];
    }
    if (classwise == null) {
      classwise = new ClasswiseCalibration(counts.length, posteriors.length);
    }
    classwise.add(posteriors, truth);
    addToBins(posteriors[best], best == truth);
    negativeLogLikelihood -= Math.log(Math.max(posteriors[truth], LEAST_POSTERIOR));
    squaredDistance += squares - 2 * posteriors[truth] + 1;
  }

  /**
   * Adds a decision between right and wrong: the negative log-likelihood and (p − [right])² are
   * those of this outcome, and there are no classwise measures.
   *
   * @param probability that the decision is right, 0 to 1
   */
  public void addDecision(double probability, boolean isRight) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probabilities must lie in 0 … 1, not " + probability);
    }
    addToBins(probability, isRight);
    double ofOutcome = isRight ? probability : 1 - probability;
    negativeLogLikelihood -= Math.log(Math.max(ofOutcome, LEAST_POSTERIOR));
    squaredDistance += (1 - ofOutcome) * (1 - ofOutcome);
  }

  private void addToBins(double posterior, boolean isRight) {
    cells.add(posterior, isRight);
    int bin = bin(posterior, counts.length);
    counts[bin]++;
    correct[bin] += isRight ? 1 : 0;
    confidence[bin] += posterior;
  }

  /** The measures over all decisions so far; not a number without any decision. */
  public CalibrationReport report() {
    long total = 0;
    long right = 0;
    double confident = 0;
    List<CalibrationReport.Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < counts.length; bin++) {
      long n = counts[bin];
      total += n;
      right += correct[bin];
      confident += confidence[bin];
      bins.add(
          new CalibrationReport.Bin(
              (double) bin / counts.length,
              (bin + 1.0) / counts.length,
              n,
              n == 0 ? 0 : confidence[bin] / n,
              n == 0 ? 0 : (double) correct[bin] / n));
    }
    List<CalibrationReport.Bin> massBins = cells.equalMass(counts.length);
    return new CalibrationReport(
        total,
        100.0 * right / total,
        100.0 * confident / total,
        100 * ConfidenceBins.expectedError(bins),
        100 * ConfidenceBins.expectedError(massBins),
        classwise == null ? Double.NaN : 100 * classwise.equalWidth(),
        classwise == null ? Double.NaN : 100 * classwise.equalMass(),
        negativeLogLikelihood / total,
        squaredDistance / total,
        bins,
        massBins);
  }
}
