package org.stjem.acoustic.wer;

/**
 * Student's t test of paired differences: whether their mean is 0.
 *
 * @param pairs number of differences
 * @param mean their mean
 * @param t mean over its standard error; 0 if the differences do not vary
 */
record PairedTest(int pairs, double mean, double t) {

  /** Tests one value minus the other, pair by pair. */
  static PairedTest of(double[] first, double[] second) {
    double mean = 0;
    for (int i = 0; i < first.length; i++) {
      mean += (first[i] - second[i]) / first.length;
    }
    double squares = 0;
    for (int i = 0; i < first.length; i++) {
      double deviation = first[i] - second[i] - mean;
      squares += deviation * deviation;
    }
    if (first.length < 2 || squares == 0) {
      return new PairedTest(first.length, mean, 0);
    }
    double error = Math.sqrt(squares / (first.length - 1) / first.length);
    return new PairedTest(first.length, mean, mean / error);
  }

  /** The two-sided probability of such a t if the true mean is 0; NaN of fewer than 2 pairs. */
  double p() {
    return pairs < 2 ? Double.NaN : StudentT.twoSided(t, pairs - 1);
  }
}
