package org.stjem.acoustic.ebm;

import java.util.Arrays;

/**
 * Annealed importance sampling (Neal, "Annealed importance sampling", Statistics and Computing
 * 2001) of the partition function
 *
 * <pre>Z = ∫ Σ_y exp f(x)_y dx over the box |x_d| ≤ B</pre>
 *
 * <p>A box, because a network's logits may grow without end and leave no finite Z over the whole
 * space. Chains start uniformly in the box and pass through p_k(x) ∝ exp(β_k s(x)), β_k = (k/K)²,
 * with one Metropolis-adjusted Langevin step at each; a step out of the box is rejected. The step
 * size follows the rate of acceptance. Memory: the chains, four times.
 *
 * @param chains number of chains, at least 2
 * @param temperatures K, at least 1
 * @param bound B, in the units of the network's input
 */
public record AnnealedImportance(int chains, int temperatures, double bound) {
  /** The best rate of acceptance of Langevin proposals in many dimensions. */
  private static final double ACCEPTANCE = 0.574;

  /** What a step size is multiplied or divided by after each step. */
  private static final double ADAPTATION = 1.05;

  /**
   * What was found.
   *
   * @param logZ log Z in nats
   * @param standardError of log Z, from the spread of the chains' weights; too small when few
   *     chains carry all the weight
   * @param effectiveChains (Σ w)² / Σ w²
   * @param acceptance share of steps accepted over the last tenth of the run
   * @param meanScore mean s(x) of the chains at their end
   */
  public record Estimate(
      double logZ,
      double standardError,
      double effectiveChains,
      double acceptance,
      double meanScore) {}

  public AnnealedImportance {
    TrainerOptions.require(chains >= 2, "number of AIS chains", chains);
    TrainerOptions.require(temperatures >= 1, "number of AIS temperatures", temperatures);
    TrainerOptions.require(bound > 0, "bound of the AIS box", bound);
  }

  /** The estimate for a network, whose parameters are frozen meanwhile. */
  public Estimate estimate(EnergyNetwork network, SeededRandom random) {
    network.setTrainable(false);
    try {
      return run(network, random);
    } finally {
      network.setTrainable(true);
    }
  }

  private Estimate run(EnergyNetwork network, SeededRandom random) {
    int size = network.rowSize();
    int[] labels = new int[chains];
    Arrays.fill(labels, -1);
    float[] x = new float[chains * size];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    float[] gradient = network.scoreGradient(x, labels);
    double[] score = scores(network, x);
    double[] logWeights = new double[chains];
    double step = bound / Math.sqrt(size);
    double acceptedLate = 0;
    int late = 0;
    double before = 0;
    for (int k = 1; k <= temperatures; k++) {
      double share = (double) k / temperatures;
      double beta = share * share;
      for (int c = 0; c < chains; c++) {
        logWeights[c] += (beta - before) * score[c];
      }
      before = beta;
      float[] proposed = propose(x, gradient, beta, step, random);
      float[] slope = network.scoreGradient(proposed, labels);
      double[] value = scores(network, proposed);
      int accepted = 0;
      for (int c = 0; c < chains; c++) {
        double ratio =
            beta * (value[c] - score[c])
                + logStep(proposed, slope, x, c, size, beta, step)
                - logStep(x, gradient, proposed, c, size, beta, step);
        if (inBox(proposed, c, size) && Math.log(random.nextDouble()) < ratio) {
          System.arraycopy(proposed, c * size, x, c * size, size);
          System.arraycopy(slope, c * size, gradient, c * size, size);
          score[c] = value[c];
          accepted++;
        }
      }
      double rate = (double) accepted / chains;
      step = rate > ACCEPTANCE ? step * ADAPTATION : step / ADAPTATION;
      if (share > 0.9) {
        acceptedLate += rate;
        late++;
      }
    }
    return estimate(logWeights, size, acceptedLate / late, Arrays.stream(score).average());
  }

  private Estimate estimate(
      double[] logWeights, int size, double acceptance, java.util.OptionalDouble meanScore) {
    double norm = LogSumExp.of(logWeights);
    double squares = 0;
    for (double logWeight : logWeights) {
      squares += Math.exp(2 * (logWeight - norm));
    }
    double volume = size * Math.log(2 * bound);
    return new Estimate(
        volume + norm - Math.log(chains),
        Math.sqrt(Math.max(0, squares - 1.0 / chains)),
        1 / squares,
        acceptance,
        meanScore.orElseThrow());
  }

  private double[] scores(EnergyNetwork network, float[] x) {
    float[] logits = network.logits(x, chains);
    double[] scores = new double[chains];
    for (int c = 0; c < chains; c++) {
      scores[c] = network.heads().score(logits, c);
      if (!Double.isFinite(scores[c])) {
        throw new TrainingException("the network gives log p(x) = " + scores[c] + " in the box");
      }
    }
    return scores;
  }

  private static float[] propose(
      float[] x, float[] gradient, double beta, double step, SeededRandom random) {
    float[] proposed = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double drift = step * step / 2 * beta * gradient[i];
      proposed[i] = (float) (x[i] + drift + step * random.nextGaussian());
    }
    return proposed;
  }

  /** Log density, up to a constant, of the proposal that leads from one place to another. */
  private static double logStep(
      float[] from, float[] gradient, float[] to, int chain, int size, double beta, double step) {
    double squares = 0;
    for (int i = chain * size; i < (chain + 1) * size; i++) {
      double surprise = to[i] - from[i] - step * step / 2 * beta * gradient[i];
      squares += surprise * surprise;
    }
    return -squares / (2 * step * step);
  }

  private boolean inBox(float[] x, int chain, int size) {
    for (int i = chain * size; i < (chain + 1) * size; i++) {
      if (!(Math.abs(x[i]) <= bound)) {
        return false;
      }
    }
    return true;
  }
}
