package org.stjem.combine;

import java.util.Arrays;
import java.util.List;
import org.stjem.acoustic.align.Labels;
import org.stjem.acoustic.calibration.Lbfgs;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Fits how much say each model of a mixture has, by maximising a likelihood over held-out frames
 * with L-BFGS. With the pooled s_i(t) = log p_i(x_t) + log Z_i, the responsibilities are
 *
 * <pre>r_i(t) ∝ exp(b_i + β s_i(t)),  b_i = log w_i − β log Z_i</pre>
 *
 * <p>and log Σ_i r_i(t) p_i(y_t|x_t) is summed over frames t with the right pdf y_t; or log r_d(t),
 * d being the domain of frame t. Only b and β can be found: whether b is due to weights or to
 * partition functions makes no difference to the scores but for the prior Σ_i w_i p_i(y). Memory:
 * 16 bytes per frame and model.
 */
public final class MixtureFit {
  private static final int MAX_ITERATIONS = 500;
  private static final double TOLERANCE = 1e-9;

  /** Log-probability of what cannot be, finite so that gradients stay so. */
  private static final double NEVER = -1e4;

  private final int models;
  private final DensityPooling window;
  private double[] densities = new double[1024];
  private double[] likelihoods = new double[1024];
  private int size;

  /**
   * What was found.
   *
   * @param offsets b_i, of mean 0
   * @param densityScale β, not negative
   * @param before mean log-likelihood of a frame at the start, in nats
   * @param after the same for what was found
   */
  public record Solution(double[] offsets, double densityScale, double before, double after) {
    /** log Z_i for given weights, see {@link MixtureFit}; none if β is 0. */
    public double[] logZ(double[] weights) {
      double[] shares = Logits.shares(weights);
      double[] logZ = new double[offsets.length];
      for (int i = 0; i < logZ.length; i++) {
        logZ[i] = (Math.log(shares[i]) - offsets[i]) / densityScale;
      }
      double mean = Arrays.stream(logZ).average().orElseThrow();
      return Arrays.stream(logZ).map(value -> value - mean).toArray();
    }

    /** Weights for given log Z_i, see {@link MixtureFit}. */
    public double[] weights(double[] logZ) {
      double[] logs = new double[offsets.length];
      for (int i = 0; i < logs.length; i++) {
        logs[i] = offsets[i] + densityScale * logZ[i];
      }
      double norm = LogSumExp.of(logs);
      return Arrays.stream(logs).map(value -> Math.exp(value - norm)).toArray();
    }
  }

  /**
   * Without frames yet.
   *
   * @param models number of models, at least 2
   * @param window how log p(x) is pooled, at scale 1
   */
  public MixtureFit(int models, DensityPooling window) {
    this.models = models;
    this.window = window;
  }

  /**
   * Adds the frames of an utterance for the likelihood of the right pdfs, or none if it throws.
   * Where logits and alignment differ by fewer than 5 frames, the longer one is cut.
   *
   * @param logits one matrix {@code [frames, pdfs]} per model
   * @param pdfs the right pdf-id of each frame
   */
  public void add(List<FloatMatrix> logits, int[] pdfs) {
    int rows = logits.get(0).rows();
    int cols = logits.get(0).cols();
    int frames = Labels.commonFrames("logits", rows, pdfs);
    Labels.requireBelow(cols, pdfs, frames);
    double[][] right = new double[models][frames];
    for (int i = 0; i < models; i++) {
      for (int t = 0; t < frames; t++) {
        right[i][t] =
            Math.max(
                NEVER,
                logits.get(i).get(t, pdfs[t]) - LogSumExp.of(logits.get(i).data(), t * cols, cols));
      }
    }
    add(logits, right, frames);
  }

  /**
   * Adds the frames of an utterance for the likelihood of its domain, or none if it throws.
   *
   * @param logits one matrix {@code [frames, pdfs]} per model
   * @param domain the model whose domain it is of
   */
  public void add(List<FloatMatrix> logits, int domain) {
    int frames = logits.get(0).rows();
    double[][] right = new double[models][frames];
    for (int i = 0; i < models; i++) {
      Arrays.fill(right[i], i == domain ? 0 : NEVER);
    }
    add(logits, right, frames);
  }

  private void add(List<FloatMatrix> logits, double[][] right, int frames) {
    double[][] pooled = new double[models][];
    for (int i = 0; i < models; i++) {
      pooled[i] = window.pooled(DensityPooling.density(logits.get(i)));
      for (int t = 0; t < frames; t++) {
        if (!Double.isFinite(pooled[i][t]) || Double.isNaN(right[i][t])) {
          throw new StjemException("log p(x) of frame " + t + " is " + pooled[i][t]);
        }
      }
    }
    if ((size + frames) * models > densities.length) {
      int length = Math.max(2 * densities.length, (size + frames) * models);
      densities = Arrays.copyOf(densities, length);
      likelihoods = Arrays.copyOf(likelihoods, length);
    }
    for (int t = 0; t < frames; t++) {
      for (int i = 0; i < models; i++) {
        densities[(size + t) * models + i] = pooled[i][t];
        likelihoods[(size + t) * models + i] = right[i][t];
      }
    }
    size += frames;
  }

  /** Frames added so far. */
  public int size() {
    return size;
  }

  /**
   * The maximum of the likelihood. Where β is fitted and would not be positive, log p(x) does not
   * tell the models apart; then β is 0 and the weights alone are fitted.
   *
   * @param fitScale whether β is fitted too, else it stays 1
   * @throws StjemException if there are no frames
   */
  public Solution fit(boolean fitScale) {
    if (size == 0) {
      throw new StjemException("there are no frames to fit a mixture on");
    }
    // Densities are centred and β is counted in units of their spread, so that all variables are of
    // one size and can be varied one without the other.
    double[] means = new double[models];
    for (int k = 0; k < size * models; k++) {
      means[k % models] += densities[k] / size;
    }
    double spread = spread(means);
    double[] start = new double[models + 1];
    start[models] = spread;
    double before = -loss(start, new double[models + 1], means, spread);
    double[] best = solve(start, fitScale, means, spread);
    if (!(best[models] > 0)) {
      start[models] = 0;
      best = solve(start, false, means, spread);
    }
    double after = -loss(best, new double[models + 1], means, spread);
    double scale = best[models] / spread;
    double[] offsets = new double[models];
    double mean = 0;
    for (int i = 0; i < models; i++) {
      offsets[i] = best[i] - scale * means[i];
      mean += offsets[i] / models;
    }
    for (int i = 0; i < models; i++) {
      offsets[i] -= mean;
    }
    return new Solution(offsets, scale, before, after);
  }

  private double[] solve(double[] start, boolean fitScale, double[] means, double spread) {
    return Lbfgs.minimise(
        (x, gradient) -> {
          double loss = loss(x, gradient, means, spread);
          gradient[models] = fitScale ? gradient[models] : 0;
          return loss;
        },
        start.clone(),
        MAX_ITERATIONS,
        TOLERANCE);
  }

  /** Root mean square of the centred densities, and not 0. */
  private double spread(double[] means) {
    double squares = 0;
    for (int k = 0; k < size * models; k++) {
      double centred = densities[k] - means[k % models];
      squares += centred * centred / (size * models);
    }
    return squares > 0 ? Math.sqrt(squares) : 1;
  }

  /** Mean −log Σ_i r_i p_i; x holds b of the centred densities, then β times their spread. */
  private double loss(double[] x, double[] gradient, double[] means, double spread) {
    Arrays.fill(gradient, 0);
    double[] prior = new double[models];
    double[] joint = new double[models];
    double[] centred = new double[models];
    double loss = 0;
    for (int t = 0; t < size; t++) {
      for (int i = 0; i < models; i++) {
        centred[i] = (densities[t * models + i] - means[i]) / spread;
        prior[i] = x[i] + x[models] * centred[i];
        joint[i] = prior[i] + likelihoods[t * models + i];
      }
      double priorNorm = LogSumExp.of(prior);
      double jointNorm = LogSumExp.of(joint);
      loss += priorNorm - jointNorm;
      for (int i = 0; i < models; i++) {
        double surplus = Math.exp(prior[i] - priorNorm) - Math.exp(joint[i] - jointNorm);
        gradient[i] += surplus / size;
        gradient[models] += surplus * centred[i] / size;
      }
    }
    return loss / size;
  }
}
