package org.stjem.acoustic.ebm;

import java.util.Arrays;

/**
 * Stochastic gradient Langevin dynamics in its practical form (Eq. 5): x ← x + α·∇ₓ s(x) + σ·N(0,
 * I) for K steps, with the network frozen and in evaluation mode; s(x) = LSE_c f(x)_c, or f(x)_y
 * for a chain of label y.
 *
 * @param steps K, at least 1
 * @param stepSize α
 * @param noise σ, 0 for plain ascent
 * @param gradientClamp bound of each component of the gradient, infinite for none
 * @param valueClamp bound of each component of x, infinite for none
 */
public record Sgld(
    int steps, double stepSize, double noise, double gradientClamp, double valueClamp) {
  public Sgld {
    TrainerOptions.require(steps >= 1, "number of SGLD steps", steps);
    TrainerOptions.require(stepSize > 0, "SGLD step size", stepSize);
    TrainerOptions.require(noise >= 0, "SGLD noise", noise);
    TrainerOptions.require(gradientClamp > 0, "clamp of the SGLD gradient", gradientClamp);
    TrainerOptions.require(valueClamp > 0, "clamp of the SGLD values", valueClamp);
  }

  /** Without clamps. */
  public Sgld(int steps, double stepSize, double noise) {
    this(steps, stepSize, noise, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  /** The same with another number of steps. */
  public Sgld withSteps(int count) {
    return new Sgld(count, stepSize, noise, gradientClamp, valueClamp);
  }

  /**
   * Runs chains in place; on a GPU all steps are made there.
   *
   * @param x starts on entry, ends on return, row by row
   * @param labels the label whose logit each chain climbs, or −1 for s
   */
  public void run(EnergyNetwork network, float[] x, int[] labels, SeededRandom random) {
    double[] stepSizes = new double[labels.length];
    double[] noises = new double[labels.length];
    Arrays.fill(stepSizes, stepSize);
    Arrays.fill(noises, noise);
    run(network, x, labels, stepSizes, noises, random);
  }

  /** The same with a step size and noise for each chain. */
  void run(
      EnergyNetwork network,
      float[] x,
      int[] labels,
      double[] stepSizes,
      double[] noises,
      SeededRandom random) {
    network.setTrainable(false);
    try {
      if (network.device().isGpu()) {
        DeviceChains.run(this, network, x, labels, stepSizes, noises, random);
      } else {
        runInJava(network, x, labels, stepSizes, noises, random);
      }
    } finally {
      network.setTrainable(true);
    }
  }

  /** Noise is Java's, so that a seed draws the same on every CPU. */
  void runInJava(
      EnergyNetwork network,
      float[] x,
      int[] labels,
      double[] stepSizes,
      double[] noises,
      SeededRandom random) {
    int size = network.rowSize();
    for (int step = 0; step < steps; step++) {
      float[] gradient = network.scoreGradient(x, labels);
      for (int row = 0; row < labels.length; row++) {
        for (int i = row * size; i < (row + 1) * size; i++) {
          double slope = Math.max(-gradientClamp, Math.min(gradientClamp, gradient[i]));
          double moved = x[i] + stepSizes[row] * slope;
          if (noises[row] > 0) {
            moved += noises[row] * random.nextGaussian();
          }
          x[i] = (float) Math.max(-valueClamp, Math.min(valueClamp, moved));
        }
      }
    }
  }
}
