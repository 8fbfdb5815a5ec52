package org.stjem.combine;

import java.util.Arrays;
import java.util.List;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A mixture of joint energy models over one set of pdfs (Eq. 24–27 of the ST-JEM paper):
 *
 * <pre>p(x, y) = Σ_i w_i · exp(f_i(x)_y) / Z_i</pre>
 *
 * <p>where f_i(x)_y are the logits of model i, w_i its weight and Z_i its partition function. It is
 * the logits that are added, not softmax outputs: a model that finds a frame unlikely altogether
 * has little say in it. Immutable and thread-safe.
 */
public final class Mixture {
  /**
   * The least log density. A pdf that every model excludes gets it in place of −∞, which Kaldi's
   * readers do not take; its size is that of the scores nnet1 gives to pdfs that are switched off.
   */
  public static final float LEAST_LOG_DENSITY = -(float) Math.sqrt(Float.MAX_VALUE);

  private final double[] weights;
  private final double[] offsets;

  /**
   * A mixture of given weights.
   *
   * @param weights w_i, none negative; they are scaled to a sum of 1
   * @param logPartition log Z_i in nats, as many as there are weights; only their differences
   *     matter to a decoder
   * @throws StjemException if a value is not finite, a weight is negative, all are 0, or the
   *     numbers of values differ
   */
  public Mixture(double[] weights, double[] logPartition) {
    if (weights.length == 0 || weights.length != logPartition.length) {
      throw new StjemException(
          weights.length + " weights do not go with " + logPartition.length + " values of log Z");
    }
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0) || Double.isInfinite(weights[i])) {
        throw new StjemException(
            "weight " + (i + 1) + " is " + weights[i] + ", must be finite and not negative");
      }
      if (!Double.isFinite(logPartition[i])) {
        throw new StjemException(
            "log Z " + (i + 1) + " is " + logPartition[i] + ", must be finite");
      }
      sum += weights[i];
    }
    if (!(sum > 0) || Double.isInfinite(sum)) {
      throw new StjemException("the weights sum to " + sum + ", must be positive and finite");
    }
    this.weights = new double[weights.length];
    this.offsets = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      this.weights[i] = weights[i] / sum;
      offsets[i] = Math.log(this.weights[i]) - logPartition[i];
    }
  }

  /** The mixture of {@code size} models with equal weights and equal partition functions. */
  public static Mixture uniform(int size) {
    double[] weights = new double[size];
    Arrays.fill(weights, 1);
    return new Mixture(weights, new double[size]);
  }

  /** Number of models. */
  public int size() {
    return weights.length;
  }

  /**
   * log p(x, y) of every frame and pdf, summed in double precision; not below {@link
   * #LEAST_LOG_DENSITY} and never NaN.
   *
   * @param logits one matrix {@code [frames, pdfs]} per model, all of one shape; −∞ is allowed
   * @return {@code [frames, pdfs]}
   * @throws EntryException if the numbers of frames differ, or a logit is NaN or +∞
   * @throws StjemException if the numbers of pdfs differ
   */
  public FloatMatrix logJoint(List<FloatMatrix> logits) {
    if (logits.size() != weights.length) {
      throw new IllegalArgumentException(
          logits.size() + " matrices for a mixture of " + weights.length);
    }
    FloatMatrix first = logits.get(0);
    for (int i = 1; i < logits.size(); i++) {
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
    FloatMatrix joint = new FloatMatrix(first.rows(), first.cols());
    double[] terms = new double[weights.length];
    for (int k = 0; k < joint.data().length; k++) {
      for (int i = 0; i < terms.length; i++) {
        float logit = logits.get(i).data()[k];
        if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
          throw new EntryException(
              "model "
                  + (i + 1)
                  + " gives "
                  + logit
                  + " at frame "
                  + k / joint.cols()
                  + ", pdf "
                  + k % joint.cols());
        }
        terms[i] = offsets[i] + logit;
      }
      joint.data()[k] = (float) Math.max(LogSumExp.of(terms), LEAST_LOG_DENSITY);
    }
    return joint;
  }

  /**
   * The class priors of the mixture, p(y) = Σ_i w_i p_i(y), which is what Eq. 24 has as its
   * marginal when every model carries the priors of its own training set.
   *
   * @param classCounts training frames of each pdf, one array per model
   * @return p(y), which sums to 1
   */
  public double[] priors(List<double[]> classCounts) {
    if (classCounts.size() != weights.length) {
      throw new IllegalArgumentException(
          classCounts.size() + " sets of counts for a mixture of " + weights.length);
    }
    double[] priors = new double[classCounts.get(0).length];
    for (int i = 0; i < weights.length; i++) {
      double[] counts = classCounts.get(i);
      double sum = Arrays.stream(counts).sum();
      for (int y = 0; y < priors.length; y++) {
        priors[y] += weights[i] * counts[y] / sum;
      }
    }
    return priors;
  }
}
