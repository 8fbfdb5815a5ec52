package org.stjem.acoustic.eval;

import java.util.Arrays;

/**
 * Three scores of the items of a set that are high for what the model knows: log p(x) up to a
 * constant, the highest posterior, and −‖∇ₓ log p(x)‖. Memory: 12 bytes an item.
 */
public final class OutlierScores {
  private static final int KINDS = 3;

  private final float[][] values = new float[KINDS][1 << 10];
  private int size;

  /**
   * Adds each row as an item.
   *
   * @param logits {@code [rows, classes]} row by row
   * @param logDensities log p(x) of each row up to a constant: the log-sum-exp of its logits
   * @param gradientNorms ‖∇ₓ log p(x)‖ of each row
   */
  public void add(float[] logits, double[] logDensities, float[] gradientNorms) {
    for (int row = 0; row < gradientNorms.length; row++) {
      append(scores(logits, logDensities, gradientNorms, row), 1);
    }
  }

  /** Adds all rows as one item, whose scores are the means over the rows. */
  public void addMean(float[] logits, double[] logDensities, float[] gradientNorms) {
    addMeans(logits, logDensities, gradientNorms, Math.max(1, gradientNorms.length));
  }

  /**
   * Adds each stretch of {@code length} rows as an item, whose scores are the means over its rows.
   * Rows after the last whole stretch are left out; fewer rows than {@code length} are one item.
   */
  public void addMeans(float[] logits, double[] logDensities, float[] gradientNorms, int length) {
    int rows = gradientNorms.length;
    int items = Math.max(1, rows / length);
    for (int item = 0; item < items; item++) {
      int from = item * length;
      int to = Math.min(rows, from + length);
      double[] sums = new double[KINDS];
      for (int row = from; row < to; row++) {
        double[] scores = scores(logits, logDensities, gradientNorms, row);
        for (int kind = 0; kind < KINDS; kind++) {
          sums[kind] += scores[kind];
        }
      }
      append(sums, to - from);
    }
  }

  private static double[] scores(
      float[] logits, double[] logDensities, float[] gradientNorms, int row) {
    int classes = logits.length / gradientNorms.length;
    float best = Float.NEGATIVE_INFINITY;
    for (int i = row * classes; i < (row + 1) * classes; i++) {
      best = Math.max(best, logits[i]);
    }
    double density = logDensities[row];
    return new double[] {density, Math.exp(best - density), -gradientNorms[row]};
  }

  private void append(double[] scores, int divisor) {
    for (int kind = 0; kind < KINDS; kind++) {
      if (size == values[kind].length) {
        values[kind] = Arrays.copyOf(values[kind], 2 * size);
      }
      values[kind][size] = (float) (scores[kind] / divisor);
    }
    size++;
  }

  /** Number of items. */
  public int size() {
    return size;
  }

  /**
   * How well the scores tell this set, of the model's own domain, from another.
   *
   * @param name of the other set
   */
  public OutlierTable.Row against(String name, OutlierScores other) {
    double[] areas = new double[KINDS];
    for (int kind = 0; kind < KINDS; kind++) {
      areas[kind] =
          Auroc.of(
              Arrays.copyOf(values[kind], size), Arrays.copyOf(other.values[kind], other.size));
    }
    return new OutlierTable.Row(name, other.size, areas[0], areas[1], areas[2]);
  }
}
