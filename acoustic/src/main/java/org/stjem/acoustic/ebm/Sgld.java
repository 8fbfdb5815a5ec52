package org.stjem.acoustic.ebm;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;

/**
 * Stochastic gradient Langevin dynamics in its practical form (Eq. 5): x ← x + α·∇ₓ s(x) + σ·N(0,
 * I), s(x) = LSE_c f(x)_c, for K steps, with the network frozen and in evaluation mode.
 *
 * @param steps K, at least 1
 * @param stepSize α
 * @param noise σ, 0 for plain ascent
 */
public record Sgld(int steps, double stepSize, double noise) {
  public Sgld {
    if (steps < 1 || !(stepSize > 0) || !(noise >= 0)) {
      throw new TrainingException(
          "SGLD needs steps >= 1, step size > 0 and noise >= 0, not "
              + steps
              + ", "
              + stepSize
              + ", "
              + noise);
    }
  }

  /**
   * Runs {@code rows} chains in place.
   *
   * @param x {@code rows · rowSize} values: starts on entry, ends on return
   */
  public void run(EnergyNetwork network, float[] x, int rows, SeededRandom random) {
    network.setTrainable(false);
    try {
      for (int step = 0; step < steps; step++) {
        float[] gradient = gradient(network, x, rows);
        for (int i = 0; i < gradient.length; i++) {
          x[i] += (float) (stepSize * gradient[i]);
        }
        if (noise > 0) {
          for (int i = 0; i < gradient.length; i++) {
            x[i] += (float) (noise * random.nextGaussian());
          }
        }
      }
    } finally {
      network.setTrainable(true);
    }
  }

  private static float[] gradient(EnergyNetwork network, float[] x, int rows) {
    try (NDManager scope = network.newManager()) {
      NDArray input = network.rows(scope, x, rows);
      input.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        collector.backward(Objective.logSumExp(network.logits(input, false)).sum());
      }
      return input.getGradient().toFloatArray();
    }
  }
}
