package org.stjem.acoustic.eval;

import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** How far features are from those that they should be. */
public final class FeatureDistortion {
  private FeatureDistortion() {}

  /**
   * The signal-to-distortion ratio in the domain of the features, 10 log₁₀ (Σ (r − r̄)² / Σ (r −
   * h)²) dB, with r̄ the mean of each dimension over the utterance: 0 dB for who answers r̄.
   *
   * @param reference r
   * @param found h, of the same shape
   * @throws EntryException if it has another
   */
  public static double ratio(FloatMatrix reference, FloatMatrix found) {
    if (reference.rows() != found.rows() || reference.cols() != found.cols()) {
      throw new EntryException(
          "the reference is "
              + reference.rows()
              + " x "
              + reference.cols()
              + ", what was found "
              + found.rows()
              + " x "
              + found.cols());
    }
    double signal = 0;
    double distortion = 0;
    for (int d = 0; d < reference.cols(); d++) {
      double mean = 0;
      for (int t = 0; t < reference.rows(); t++) {
        mean += reference.get(t, d) / reference.rows();
      }
      for (int t = 0; t < reference.rows(); t++) {
        signal += square(reference.get(t, d) - mean);
        distortion += square(reference.get(t, d) - found.get(t, d));
      }
    }
    return 10 * Math.log10(signal / distortion);
  }

  private static double square(double value) {
    return value * value;
  }
}
