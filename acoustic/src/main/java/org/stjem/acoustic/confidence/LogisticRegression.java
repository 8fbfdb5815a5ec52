package org.stjem.acoustic.confidence;

import org.stjem.frontend.io.StjemException;

/**
 * Logistic regression with an L2 penalty, fitted by Newton's method, which here is iteratively
 * reweighted least squares: minimises Σ_i log(1 + exp(−s_i z_i)) + l2/2 · ‖w‖², z_i = w·x_i + b,
 * s_i being 1 where the outcome is true and −1 elsewhere. The offset b is not penalised.
 */
final class LogisticRegression {
  private static final int MAX_ITERATIONS = 100;
  private static final int MAX_HALVINGS = 30;
  private static final double TOLERANCE = 1e-10;

  private final double[][] x;
  private final boolean[] outcomes;
  private final double l2;
  private final int variables;

  private LogisticRegression(double[][] x, boolean[] outcomes, double l2) {
    this.x = x;
    this.outcomes = outcomes;
    this.l2 = l2;
    this.variables = x[0].length + 1;
  }

  /**
   * Fits w and b.
   *
   * @param x {@code [items, features]}
   * @param outcomes {@code [items]}, of both kinds
   * @param l2 above 0, which makes the solution unique
   * @return w and behind it b
   */
  static double[] fit(double[][] x, boolean[] outcomes, double l2) {
    return new LogisticRegression(x, outcomes, l2).fit();
  }

  private double[] fit() {
    double[] weights = new double[variables];
    double loss = loss(weights);
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
      double[] step = newtonStep(weights);
      double length = 1;
      double[] next = moved(weights, step, length);
      double nextLoss = loss(next);
      for (int halving = 0; halving < MAX_HALVINGS && !(nextLoss <= loss); halving++) {
        length /= 2;
        next = moved(weights, step, length);
        nextLoss = loss(next);
      }
      if (!(nextLoss <= loss)) {
        return weights;
      }
      double decrease = loss - nextLoss;
      weights = next;
      loss = nextLoss;
      if (decrease <= TOLERANCE * TOLERANCE) {
        return weights;
      }
    }
    return weights;
  }

  private static double[] moved(double[] weights, double[] step, double length) {
    double[] next = weights.clone();
    for (int i = 0; i < next.length; i++) {
      next[i] -= length * step[i];
    }
    return next;
  }

  private double score(double[] item, double[] weights) {
    double sum = weights[variables - 1];
    for (int j = 0; j < item.length; j++) {
      sum += weights[j] * item[j];
    }
    return sum;
  }

  private double loss(double[] weights) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double z = score(x[i], weights) * (outcomes[i] ? 1 : -1);
      sum += z > 0 ? Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z)) - z;
    }
    for (int j = 0; j < variables - 1; j++) {
      sum += l2 / 2 * weights[j] * weights[j];
    }
    return sum;
  }

  /** Hessian⁻¹ · gradient. */
  private double[] newtonStep(double[] weights) {
    double[] gradient = new double[variables];
    double[][] hessian = new double[variables][variables];
    for (int i = 0; i < x.length; i++) {
      double p = 1 / (1 + Math.exp(-score(x[i], weights)));
      double error = p - (outcomes[i] ? 1 : 0);
      // Never quite 0, so that the offset's curvature is not.
      double curvature = Math.max(p * (1 - p), 1e-12);
      for (int j = 0; j < variables; j++) {
        double xj = j == variables - 1 ? 1 : x[i][j];
        gradient[j] += error * xj;
        for (int k = 0; k <= j; k++) {
          hessian[j][k] += curvature * xj * (k == variables - 1 ? 1 : x[i][k]);
        }
      }
    }
    for (int j = 0; j < variables - 1; j++) {
      gradient[j] += l2 * weights[j];
      hessian[j][j] += l2;
    }
    return solve(hessian, gradient);
  }

  /** Solves a symmetric positive definite system, given by its lower half, by Cholesky's method. */
  private static double[] solve(double[][] a, double[] b) {
    int n = b.length;
    double[] y = b.clone();
    for (int j = 0; j < n; j++) {
      for (int i = j; i < n; i++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= a[i][k] * a[j][k];
        }
        if (i == j && !(sum > 0)) {
          throw new StjemException("the features are so large that no model can be fitted to them");
        }
        a[i][j] = i == j ? Math.sqrt(sum) : sum / a[j][j];
      }
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        y[i] -= a[i][k] * y[k];
      }
      y[i] /= a[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        y[i] -= a[k][i] * y[k];
      }
      y[i] /= a[i][i];
    }
    return y;
  }
}
