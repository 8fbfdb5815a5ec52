package org.stjem.acoustic.ebm;

import java.util.Arrays;

/**
 * SGLD whose steps and noise shrink: x ← x + αₖ·P ∇ₓ score(x) + σₖ·√P N(0, I) for k = 0 … K − 1,
 * first far and rough, then near and fine. αₖ falls by the same factor from step to step, σₖ by the
 * same amount. P is a symmetric preconditioner, by default the identity.
 *
 * @param steps K, 0 to leave the points where they start
 * @param stepSize α₀
 * @param finalStepSize α of the last step
 * @param noise σ₀, 0 for plain ascent
 * @param finalNoise σ of the last step
 * @param gradientClamp bound of each component of P ∇ₓ, infinite for none
 * @param valueClamp bound of each component of x, infinite for none
 */
public record AnnealedSgld(
    int steps,
    double stepSize,
    double finalStepSize,
    double noise,
    double finalNoise,
    double gradientClamp,
    double valueClamp) {

  /** A symmetric square root of P, applied to values in place. */
  @FunctionalInterface
  public interface RootOfPreconditioner {
    /** P = I. */
    RootOfPreconditioner IDENTITY = values -> {};

    /** Multiplies values shaped as x by the root. */
    void apply(float[] values);
  }

  /** Told of the points before each step and after the last. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Takes the scores after some steps.
     *
     * @param steps made so far
     * @param scores of each point
     */
    void after(int steps, double[] scores);
  }

  public AnnealedSgld {
    TrainerOptions.require(steps >= 0, "number of SGLD steps", steps);
    TrainerOptions.require(isPositive(stepSize), "SGLD step size", stepSize);
    TrainerOptions.require(isPositive(finalStepSize), "final SGLD step size", finalStepSize);
    TrainerOptions.require(isPositive(noise) || noise == 0, "SGLD noise", noise);
    TrainerOptions.require(isPositive(finalNoise) || finalNoise == 0, "final noise", finalNoise);
    TrainerOptions.require(gradientClamp > 0, "clamp of the SGLD gradient", gradientClamp);
    TrainerOptions.require(valueClamp > 0, "clamp of the SGLD values", valueClamp);
  }

  private static boolean isPositive(double value) {
    return value > 0 && Double.isFinite(value);
  }

  /** α of a step, from 0 on. */
  double stepSize(int step) {
    return stepSize * Math.pow(finalStepSize / stepSize, part(step));
  }

  /** σ of a step, from 0 on. */
  double noise(int step) {
    return noise + (finalNoise - noise) * part(step);
  }

  private double part(int step) {
    return steps < 2 ? 0 : (double) step / (steps - 1);
  }

  /**
   * Moves points in place.
   *
   * @param x the points, one after another
   * @param ends where each ends in x, so that its noise does not depend on its neighbours
   * @param randoms of each point
   * @param free which values may move; null for all
   * @throws TrainingException if a score or gradient is not a finite number
   */
  public void run(
      ScoreField field,
      float[] x,
      int[] ends,
      SeededRandom[] randoms,
      boolean[] free,
      RootOfPreconditioner root,
      Listener listener) {
    for (int step = 0; step < steps; step++) {
      float[] gradient = gradient(field, x, ends, listener, step);
      fix(gradient, free);
      root.apply(gradient);
      root.apply(gradient);
      float[] draws = noise(step) > 0 ? draws(x.length, ends, randoms, root) : null;
      for (int i = 0; i < x.length; i++) {
        if (free == null || free[i]) {
          double moved = x[i] + stepSize(step) * clamped(gradient[i], gradientClamp);
          moved += draws == null ? 0 : noise(step) * draws[i];
          x[i] = (float) clamped(moved, valueClamp);
        }
      }
    }
    gradient(field, x, ends, listener, steps);
  }

  private static double clamped(double value, double bound) {
    return Math.max(-bound, Math.min(bound, value));
  }

  private static void fix(float[] gradient, boolean[] free) {
    for (int i = 0; free != null && i < free.length; i++) {
      if (!free[i]) {
        gradient[i] = 0;
      }
    }
  }

  private static float[] draws(
      int count, int[] ends, SeededRandom[] randoms, RootOfPreconditioner root) {
    float[] draws = new float[count];
    int i = 0;
    for (int point = 0; point < ends.length; point++) {
      for (; i < ends[point]; i++) {
        draws[i] = (float) randoms[point].nextGaussian();
      }
    }
    root.apply(draws);
    return draws;
  }

  private static float[] gradient(
      ScoreField field, float[] x, int[] ends, Listener listener, int steps) {
    double[] scores = new double[ends.length];
    float[] gradient = field.gradient(x, scores);
    if (!Arrays.stream(scores).allMatch(Double::isFinite)) {
      throw new TrainingException(
          "after "
              + steps
              + " steps the model gives log p(x) = "
              + Arrays.stream(scores)
                  .filter(score -> !Double.isFinite(score))
                  .findFirst()
                  .orElseThrow()
              + "; smaller steps or a clamp of values may help");
    }
    listener.after(steps, scores);
    return gradient;
  }
}
