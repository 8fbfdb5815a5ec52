package org.stjem.combine;

import java.util.List;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** What every combination demands of its inputs. */
final class Logits {
  private Logits() {}

  /** Refuses matrices of different shapes and another number of them than {@code size}. */
  static void check(List<FloatMatrix> logits, int size) {
    if (logits.size() != size) {
      throw new IllegalArgumentException(logits.size() + " matrices for a mixture of " + size);
    }
    FloatMatrix first = logits.get(0);
    for (int i = 1; i < size; i++) {
      FloatMatrix other = logits.get(i);
      if (other.cols() != first.cols()) {
        throw new StjemException(
            "model 1 has " + first.cols() + " pdfs, model " + (i + 1) + " has " + other.cols());
      }
      if (other.rows() != first.rows()) {
        throw new EntryException(
            "model 1 has " + first.rows() + " frames, model " + (i + 1) + " has " + other.rows());
      }
    }
  }

  /** Refuses NaN and +∞; {@code index} counts the values of the matrix. */
  static void check(float logit, int model, int index, int cols) {
    if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
      throw new EntryException(
          "model "
              + (model + 1)
              + " gives "
              + logit
              + " at frame "
              + index / cols
              + ", pdf "
              + index % cols);
    }
  }

  /** Weights scaled to a sum of 1. */
  static double[] shares(double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0) || Double.isInfinite(weights[i])) {
        throw new StjemException(
            "weight " + (i + 1) + " is " + weights[i] + ", must be finite and not negative");
      }
      sum += weights[i];
    }
    if (!(sum > 0) || Double.isInfinite(sum)) {
      throw new StjemException("the weights sum to " + sum + ", must be positive and finite");
    }
    double[] shares = new double[weights.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = weights[i] / sum;
    }
    return shares;
  }
}
