package org.stjem.acoustic.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * Calibration of the posterior of every class, not of the chosen one only: the mean over classes k
 * of Σ_m n_m/n · |frequency of k in bin m − mean posterior of k in bin m| (Kull et al., "Beyond
 * temperature scaling", NeurIPS 2019). Memory: 16 bytes times 385 cells and 8 bytes times the bins
 * for each class.
 */
final class ClasswiseCalibration {
  private final int numBins;
  private final int classes;
  private final double[] surplus;
  private final List<ConfidenceBins> cells = new ArrayList<>();
  private long decisions;

  ClasswiseCalibration(int numBins, int classes) {
    this.numBins = numBins;
    this.classes = classes;
    surplus = new double[classes * numBins];
    for (int k = 0; k < classes; k++) {
      cells.add(ConfidenceBins.logarithmic());
    }
  }

  void add(double[] posteriors, int truth) {
    for (int k = 0; k < classes; k++) {
      double posterior = posteriors[k];
      int bin = k * numBins + Calibration.bin(posterior, numBins);
      surplus[bin] += posterior - (k == truth ? 1 : 0);
      cells.get(k).add(posterior, k == truth);
    }
    decisions++;
  }

  /** The error over bins of equal width, from 0 to 1. */
  double equalWidth() {
    double gaps = 0;
    for (double gap : surplus) {
      gaps += Math.abs(gap);
    }
    return gaps / decisions / classes;
  }

  /** The error over bins of equal mass, from 0 to 1. */
  double equalMass() {
    double sum = 0;
    for (ConfidenceBins histogram : cells) {
      sum += ConfidenceBins.expectedError(histogram.equalMass(numBins));
    }
    return sum / classes;
  }
}
