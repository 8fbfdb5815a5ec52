package org.stjem.acoustic.ebm;

/**
 * What a network says of some rows.
 *
 * @param logits f(x), {@code [rows, classes]} row by row
 * @param gradientNorms ‖∇ₓ s(x)‖ of each row, s = LSE_c f(x)_c
 */
public record DensityScores(float[] logits, float[] gradientNorms) {

  /** s(x) = LSE_c f(x)_c of each row: log p(x) up to a constant. */
  public double[] logDensities() {
    int classes = logits.length / Math.max(1, gradientNorms.length);
    double[] densities = new double[gradientNorms.length];
    for (int row = 0; row < densities.length; row++) {
      densities[row] = LogSumExp.of(logits, row * classes, classes);
    }
    return densities;
  }
}
