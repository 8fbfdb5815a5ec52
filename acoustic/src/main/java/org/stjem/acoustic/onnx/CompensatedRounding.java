package org.stjem.acoustic.onnx;

import java.util.stream.IntStream;

/**
 * Rounding with regard to what a layer meets, as in GPTQ (Frantar et al., arXiv:2210.17323). Of a
 * unit with weights w and bias b it makes integers q, times a scale, and a bias c so that over the
 * frames of {@link InputMoments}
 *
 * <pre>E (w · x + b − q · a − c)²</pre>
 *
 * <p>is small: x are the unit's inputs in float32, a those in eight bits, behind earlier layers
 * that are rounded already. With A and C the covariances of a with a and of x with a, numbers that
 * are no integers would be best as w′ = w (C + λ) (A + λ)⁻¹, and q differs from w′ by what (w′ − q)
 * (A + λ) (w′ − q)ᵀ says. With A + λ = U Uᵀ, U upper triangular, that is a sum of squares, of which
 * the one of input j depends on the inputs up to j alone; so one input after the other is rounded
 * to the integer that makes its square least. c makes the means equal.
 *
 * <p>λ, a hundredth of the mean variance of an input, keeps weights that hardly any frame speaks
 * about near w.
 */
public final class CompensatedRounding {
  private static final double DAMPING = 0.01;

  private CompensatedRounding() {}

  /**
   * Rounds a layer.
   *
   * @param met of at least one frame
   */
  public static RoundedLayer round(MlpGraph.Layer layer, InputMoments met) {
    int inputs = layer.inputs();
    int outputs = layer.outputs();
    double[][] a = met.covarianceA();
    double[][] xa = met.covarianceXa();
    double damping = damping(a);
    for (int i = 0; i < inputs; i++) {
      a[i][i] += damping;
      xa[i][i] += damping;
    }
    upperFactor(a);
    double[][] shares = shares(a);
    double[] meanX = met.meanX();
    double[] meanA = met.meanA();
    byte[] values = new byte[inputs * outputs];
    float[] scales = new float[outputs];
    float[] bias = new float[outputs];
    IntStream.range(0, outputs)
        .parallel()
        .forEach(
            unit -> {
              double[] best = new double[inputs];
              double mean = layer.bias().values()[unit];
              for (int i = 0; i < inputs; i++) {
                float weight = layer.weight().values()[unit * inputs + i];
                InputMoments.addScaled(best, weight, xa[i], 0, inputs);
                mean += weight * meanX[i];
              }
              solve(a, best);
              scales[unit] = RoundedLayer.bestScale(floats(best));
              double[] target = best.clone();
              for (int i = 0; i < inputs; i++) {
                int value = RoundedLayer.rounded(target[i], scales[unit]);
                double rounded = (double) value * scales[unit];
                InputMoments.addScaled(target, best[i] - rounded, shares[i], i + 1, inputs);
                values[i * outputs + unit] = (byte) value;
                mean -= rounded * meanA[i];
              }
              bias[unit] = (float) mean;
            });
    return new RoundedLayer(values, scales, bias);
  }

  private static double damping(double[][] a) {
    double trace = 0;
    for (int i = 0; i < a.length; i++) {
      trace += a[i][i];
    }
    // Of inputs that never change any will do.
    return trace > 0 ? DAMPING * trace / a.length : 1;
  }

  /** Turns a positive definite matrix into the upper triangular U of matrix = U Uᵀ, in place. */
  private static void upperFactor(double[][] matrix) {
    for (int k = matrix.length - 1; k >= 0; k--) {
      double root = Math.sqrt(matrix[k][k]);
      matrix[k][k] = root;
      double[] column = new double[k];
      for (int i = 0; i < k; i++) {
        column[i] = matrix[i][k] / root;
        matrix[i][k] = column[i];
      }
      int size = k;
      IntStream.range(0, size)
          .parallel()
          .forEach(i -> InputMoments.addScaled(matrix[i], -column[i], column, i, size));
    }
  }

  /** U_ij / U_jj for i < j: how much j makes good of an error of i. */
  private static double[][] shares(double[][] u) {
    int size = u.length;
    double[][] shares = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = i + 1; j < size; j++) {
        shares[i][j] = u[i][j] / u[j][j];
      }
    }
    return shares;
  }

  /** Turns v into the x of x U Uᵀ = v. */
  private static void solve(double[][] u, double[] v) {
    for (int i = v.length - 1; i >= 0; i--) {
      double sum = v[i];
      for (int j = i + 1; j < v.length; j++) {
        sum -= u[i][j] * v[j];
      }
      v[i] = sum / u[i][i];
    }
    for (int i = 0; i < v.length; i++) {
      v[i] /= u[i][i];
      InputMoments.addScaled(v, -v[i], u[i], i + 1, v.length);
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
