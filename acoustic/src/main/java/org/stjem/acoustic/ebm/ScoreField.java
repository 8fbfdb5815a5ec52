package org.stjem.acoustic.ebm;

/** A score of several points and its gradient: what chains climb whose points are no rows. */
@FunctionalInterface
public interface ScoreField {
  /**
   * The gradient of each point's score, which may be −E(x) of several energies together.
   *
   * @param x the points, one after another
   * @param scores each point's score is added to its place
   * @return the gradient, shaped as x
   */
  float[] gradient(float[] x, double[] scores);
}
