package org.stjem.acoustic.generate;

import org.stjem.acoustic.ebm.ScoreField;

/** Holds sequences near given ones: the score −½‖x − x₀‖² of each. */
public final class Anchor implements ScoreField {
  private final float[] given;
  private final int[] ends;

  /**
   * Near given sequences.
   *
   * @param given x₀, one sequence after another; copied
   * @param ends where each ends
   */
  public Anchor(float[] given, int[] ends) {
    this.given = given.clone();
    this.ends = ends.clone();
  }

  @Override
  public float[] gradient(float[] x, double[] scores) {
    float[] gradient = new float[x.length];
    int i = 0;
    for (int sequence = 0; sequence < ends.length; sequence++) {
      double squares = 0;
      for (; i < ends[sequence]; i++) {
        gradient[i] = given[i] - x[i];
        squares += (double) gradient[i] * gradient[i];
      }
      scores[sequence] -= squares / 2;
    }
    return gradient;
  }
}
