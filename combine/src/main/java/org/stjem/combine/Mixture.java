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
public final class Mixture implements Combination {
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
    this.weights = Logits.shares(weights);
    this.offsets = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      if (!Double.isFinite(logPartition[i])) {
        throw new StjemException(
            "log Z " + (i + 1) + " is " + logPartition[i] + ", must be finite");
      }
      offsets[i] = Math.log(this.weights[i]) - logPartition[i];
    }
  }

  /** The mixture of {@code size} models with equal weights and equal partition functions. */
  public static Mixture uniform(int size) {
    double[] weights = new double[size];
    Arrays.fill(weights, 1);
    return new Mixture(weights, new double[size]);
  }

  @Override
  public int size() {
    return weights.length;
  }

  /** log w_i − log Z_i, what is added to the logits of model i; −∞ without weight. */
  double offset(int i) {
    return offsets[i];
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
  @Override
  public FloatMatrix logJoint(List<FloatMatrix> logits) {
    Logits.check(logits, weights.length);
    FloatMatrix joint = new FloatMatrix(logits.get(0).rows(), logits.get(0).cols());
    float[][] data = logits.stream().map(FloatMatrix::data).toArray(float[][]::new);
    float[] sums = joint.data();
    double[] row = new double[joint.cols()];
    for (int from = 0; from < sums.length; from += row.length) {
      for (int i = 0; i < data.length; i++) {
        float[] terms = data[i];
        double offset = offsets[i];
        for (int y = 0; y < row.length; y++) {
          float logit = terms[from + y];
          if (!(logit < Float.POSITIVE_INFINITY)) {
            Logits.check(logit, i, from + y, joint.cols());
          }
          row[y] = i == 0 ? offset + logit : LogAdd.of(row[y], offset + logit);
        }
      }
      for (int y = 0; y < row.length; y++) {
        sums[from + y] = (float) Math.max(row[y], LEAST_LOG_DENSITY);
      }
    }
    return joint;
  }

  /**
   * p(i|x_t) = w_i p_i(x_t) / Σ_j w_j p_j(x_t), with log p_i(x) = log Σ_y exp f_i(x)_y − log Z_i.
   */
  @Override
  public FloatMatrix responsibilities(List<FloatMatrix> logits) {
    Logits.check(logits, weights.length);
    int rows = logits.get(0).rows();
    int cols = logits.get(0).cols();
    FloatMatrix shares = new FloatMatrix(rows, weights.length);
    double[] terms = new double[weights.length];
    for (int t = 0; t < rows; t++) {
      for (int i = 0; i < terms.length; i++) {
        terms[i] = offsets[i] + LogSumExp.of(logits.get(i).data(), t * cols, cols);
      }
      double norm = LogSumExp.of(terms);
      if (!Double.isFinite(norm)) {
        throw new EntryException("log p(x) of frame " + t + " is " + norm);
      }
      for (int i = 0; i < terms.length; i++) {
        shares.set(t, i, (float) Math.exp(terms[i] - norm));
      }
    }
    return shares;
  }
}
