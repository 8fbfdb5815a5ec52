package org.stjem.combine;

import java.util.ArrayList;
import java.util.List;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.acoustic.net.Priors;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * log Σ_i v_i p_i(y|x): posteriors averaged, with weights that are given, or given weights times
 * the inverse of each model's entropy in the frame. What a model thinks of the frame as a whole,
 * log p_i(x), has no say. Immutable.
 */
final class PosteriorMean implements Combination {
  /** Entropies below this, in nats, count as this: no model is ever quite sure. */
  private static final double LEAST_ENTROPY = 1e-3;

  private final double[] weights;
  private final boolean byEntropy;
  private final Mixture sum;

  PosteriorMean(double[] weights, boolean byEntropy) {
    this.weights = Logits.shares(weights);
    this.byEntropy = byEntropy;
    this.sum = Mixture.uniform(weights.length);
  }

  @Override
  public int size() {
    return weights.length;
  }

  @Override
  public FloatMatrix logJoint(List<FloatMatrix> logits) {
    FloatMatrix shares = responsibilities(logits);
    List<FloatMatrix> terms = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      FloatMatrix posteriors = Priors.logPosteriors(logits.get(i));
      int cols = posteriors.cols();
      for (int k = 0; k < posteriors.data().length; k++) {
        // The sum below is of equal weights, hence the factor.
        posteriors.data()[k] += (float) Math.log(weights.length * shares.get(k / cols, i));
      }
      terms.add(posteriors);
    }
    return sum.logJoint(terms);
  }

  @Override
  public FloatMatrix responsibilities(List<FloatMatrix> logits) {
    Logits.check(logits, weights.length);
    int rows = logits.get(0).rows();
    FloatMatrix shares = new FloatMatrix(rows, weights.length);
    double[] say = new double[weights.length];
    for (int t = 0; t < rows; t++) {
      double total = 0;
      for (int i = 0; i < say.length; i++) {
        say[i] =
            byEntropy
                ? weights[i] / Math.max(entropy(logits.get(i), t), LEAST_ENTROPY)
                : weights[i];
        total += say[i];
      }
      for (int i = 0; i < say.length; i++) {
        shares.set(t, i, (float) (say[i] / total));
      }
    }
    return shares;
  }

  /** −Σ_y p(y|x) log p(y|x) of one frame, in nats. */
  private static double entropy(FloatMatrix logits, int frame) {
    int cols = logits.cols();
    double norm = LogSumExp.of(logits.data(), frame * cols, cols);
    double entropy = 0;
    for (int y = 0; y < cols; y++) {
      double logPosterior = logits.get(frame, y) - norm;
      double posterior = Math.exp(logPosterior);
      entropy -= posterior > 0 ? posterior * logPosterior : 0;
    }
    return entropy;
  }
}
