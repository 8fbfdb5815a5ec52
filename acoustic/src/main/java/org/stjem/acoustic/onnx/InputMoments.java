package org.stjem.acoustic.onnx;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/**
 * First and second moments of what a layer meets: x, its inputs in float32, and a, what it gets in
 * their place in eight bits. The sums do not depend on the number of threads.
 */
public final class InputMoments {
  private final int inputs;
  private final double[] sumX;
  private final double[] sumA;

  /** Σ a_i a_j, of which j ≥ i are summed. */
  private final double[][] sumAa;

  /** Σ x_i a_j. */
  private final double[][] sumXa;

  private long frames;

  /** No frames yet, of a layer with so many inputs. */
  public InputMoments(int inputs) {
    this.inputs = inputs;
    this.sumX = new double[inputs];
    this.sumA = new double[inputs];
    this.sumAa = new double[inputs][inputs];
    this.sumXa = new double[inputs][inputs];
  }

  /** Adds frames, each of which is x and then a, {@code [frames, 2 · inputs]}. */
  public void add(FloatBuffer rows) {
    int count = rows.remaining() / (2 * inputs);
    double[][] x = new double[count][inputs];
    double[][] a = new double[count][inputs];
    for (int t = 0; t < count; t++) {
      take(rows, x[t], sumX);
      take(rows, a[t], sumA);
    }
    IntStream.range(0, inputs)
        .parallel()
        .forEach(
            i -> {
              for (int t = 0; t < count; t++) {
                addScaled(sumAa[i], a[t][i], a[t], i, inputs);
                addScaled(sumXa[i], x[t][i], a[t], 0, inputs);
              }
            });
    frames += count;
  }

  private static void take(FloatBuffer rows, double[] row, double[] sum) {
    for (int i = 0; i < row.length; i++) {
      row[i] = rows.get();
      sum[i] += row[i];
    }
  }

  /** target += factor · x between two indices; a loop that the JVM vectorises. */
  static void addScaled(double[] target, double factor, double[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      target[i] += factor * x[i];
    }
  }

  /** Frames added. */
  public long frames() {
    return frames;
  }

  /** Mean of x. */
  double[] meanX() {
    return mean(sumX);
  }

  /** Mean of a. */
  double[] meanA() {
    return mean(sumA);
  }

  private double[] mean(double[] sum) {
    double[] mean = new double[inputs];
    for (int i = 0; i < inputs; i++) {
      mean[i] = sum[i] / frames;
    }
    return mean;
  }

  /** Covariance of a_i and a_j, {@code [inputs, inputs]}. */
  double[][] covarianceA() {
    double[][] covariance = new double[inputs][inputs];
    for (int i = 0; i < inputs; i++) {
      for (int j = i; j < inputs; j++) {
        covariance[i][j] = (sumAa[i][j] - sumA[i] * sumA[j] / frames) / frames;
        covariance[j][i] = covariance[i][j];
      }
    }
    return covariance;
  }

  /** Covariance of x_i and a_j, {@code [inputs, inputs]}. */
  double[][] covarianceXa() {
    double[][] covariance = new double[inputs][inputs];
    for (int i = 0; i < inputs; i++) {
      for (int j = 0; j < inputs; j++) {
        covariance[i][j] = (sumXa[i][j] - sumX[i] * sumA[j] / frames) / frames;
      }
    }
    return covariance;
  }
}
