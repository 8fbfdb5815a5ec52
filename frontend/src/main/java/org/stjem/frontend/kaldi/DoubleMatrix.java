package org.stjem.frontend.kaldi;

/**
 * A dense row-major matrix of doubles, shape {@code [rows, cols]}, such as CMVN statistics {@code
 * [2, bins + 1]}. The backing array is shared, not copied.
 */
public final class DoubleMatrix {
  private final int rows;
  private final int cols;
  private final double[] data;

  /** A matrix of zeros. */
  public DoubleMatrix(int rows, int cols) {
    this(rows, cols, new double[Math.multiplyExact(rows, cols)]);
  }

  /** Wraps {@code data}, which holds {@code rows * cols} values row by row. */
  public DoubleMatrix(int rows, int cols, double[] data) {
    if (rows < 0 || cols < 0 || data.length != (long) rows * cols) {
      throw new IllegalArgumentException(
          "a " + rows + " x " + cols + " matrix cannot hold " + data.length + " values");
    }
    this.rows = rows;
    this.cols = cols;
    this.data = data;
  }

  public int rows() {
    return rows;
  }

  public int cols() {
    return cols;
  }

  /** The values, row by row; not a copy. */
  public double[] data() {
    return data;
  }

  public double get(int row, int col) {
    return data[row * cols + col];
  }

  public void set(int row, int col, double value) {
    data[row * cols + col] = value;
  }

  @Override
  public String toString() {
    return "DoubleMatrix[" + rows + " x " + cols + "]";
  }
}
