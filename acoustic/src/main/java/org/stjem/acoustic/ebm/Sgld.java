package org.stjem.acoustic.ebm;

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
   * Runs chains in place.
   *
   * @param x starts on entry, ends on return, row by row
   * @param labels the label whose logit each chain climbs, or −1 for s
   */
  public void run(EnergyNetwork network, float[] x, int[] labels, SeededRandom random) {
    network.setTrainable(false);
    try {
      for (int step = 0; step < steps; step++) {
        float[] gradient = network.scoreGradient(x, labels);
        for (int i = 0; i < gradient.length; i++) {
          double slope = Math.max(-gradientClamp, Math.min(gradientClamp, gradient[i]));
          x[i] += (float) (stepSize * slope);
        }
        if (noise > 0) {
          for (int i = 0; i < gradient.length; i++) {
            x[i] += (float) (noise * random.nextGaussian());
          }
        }
        if (valueClamp < Double.POSITIVE_INFINITY) {
          for (int i = 0; i < gradient.length; i++) {
            x[i] = (float) Math.max(-valueClamp, Math.min(valueClamp, x[i]));
          }
        }
      }
    } finally {
      network.setTrainable(true);
    }
  }
}
