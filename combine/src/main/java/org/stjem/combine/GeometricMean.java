package org.stjem.combine;

import java.util.List;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Σ_i w_i f_i(x)_y: the scores averaged, as Kaldi's score fusion does. Immutable. */
final class GeometricMean implements Combination {
  private final double[] weights;

  GeometricMean(double[] weights) {
    this.weights = Logits.shares(weights);
  }

  @Override
  public int size() {
    return weights.length;
  }

  @Override
  public FloatMatrix logJoint(List<FloatMatrix> logits) {
    Logits.check(logits, weights.length);
    FloatMatrix mean = new FloatMatrix(logits.get(0).rows(), logits.get(0).cols());
    for (int k = 0; k < mean.data().length; k++) {
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        float logit = logits.get(i).data()[k];
        Logits.check(logit, i, k, mean.cols());
        sum += weights[i] == 0 ? 0 : weights[i] * logit;
      }
      mean.data()[k] = (float) Math.max(sum, Mixture.LEAST_LOG_DENSITY);
    }
    return mean;
  }

  @Override
  public FloatMatrix responsibilities(List<FloatMatrix> logits) {
    Logits.check(logits, weights.length);
    FloatMatrix shares = new FloatMatrix(logits.get(0).rows(), weights.length);
    for (int k = 0; k < shares.data().length; k++) {
      shares.data()[k] = (float) weights[k % weights.length];
    }
    return shares;
  }
}
