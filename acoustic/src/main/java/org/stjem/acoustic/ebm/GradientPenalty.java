package org.stjem.acoustic.ebm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/**
 * The penalty mean ‖∇ₓ s(x)‖² over some rows. DJL's collector keeps no graph of a derivative, so
 * its θ-gradient comes from a central difference along the gradient itself: with v = ∇ₓ s(x) held
 * constant, ∂_θ ‖v‖² = ‖v‖ · ∂_θ [ s(x + h·v/‖v‖) − s(x − h·v/‖v‖) ] / h + O(h²).
 */
final class GradientPenalty {
  /** h, the Euclidean length of the displacement: above rounding, below the energy's curvature. */
  private static final double DISPLACEMENT = 0.05;

  private final int rows;
  private final float[] forward;
  private final float[] backward;
  private final float[] weights;
  private final double value;

  /**
   * Takes the gradient at {@code rows} rows; the parameters are frozen meanwhile.
   *
   * @param x the rows, flat
   */
  GradientPenalty(EnergyNetwork network, float[] x, int rows) {
    this.rows = rows;
    int size = network.rowSize();
    float[] points = Arrays.copyOf(x, rows * size);
    int[] unconditional = new int[rows];
    Arrays.fill(unconditional, -1);
    float[] gradient;
    network.setTrainable(false);
    try {
      gradient = network.scoreGradient(points, unconditional);
    } finally {
      network.setTrainable(true);
    }
    this.forward = points;
    this.backward = points.clone();
    this.weights = new float[rows];
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      double square = 0;
      for (int i = row * size; i < (row + 1) * size; i++) {
        square += (double) gradient[i] * gradient[i];
      }
      sum += square;
      double norm = Math.sqrt(square);
      weights[row] = (float) (norm / (DISPLACEMENT * rows));
      double scale = norm > 0 ? DISPLACEMENT / norm : 0;
      for (int i = row * size; i < (row + 1) * size; i++) {
        forward[i] += (float) (scale * gradient[i]);
        backward[i] -= (float) (scale * gradient[i]);
      }
    }
    this.value = sum / rows;
  }

  /** mean ‖∇ₓ s(x)‖². */
  double value() {
    return value;
  }

  /**
   * A scalar whose θ-gradient is that of the penalty; its own value has no meaning. In evaluation
   * mode, as the gradient was taken: displaced rows are no data for running statistics.
   */
  NDArray surrogate(EnergyNetwork network, NDManager scope) {
    NDArray up = network.heads().scores(network.logits(network.rows(scope, forward, rows), false));
    NDArray down =
        network.heads().scores(network.logits(network.rows(scope, backward, rows), false));
    return up.sub(down).squeeze(1).mul(scope.create(weights)).sum();
  }
}
