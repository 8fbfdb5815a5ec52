package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.util.Arrays;

/**
 * A dense row-major matrix of floats, shape {@code [rows, cols]}: features {@code [frames, bins]},
 * log-likelihoods {@code [frames, pdfs]}. The backing array is shared, not copied.
 */
public final class FloatMatrix implements FloatRows {
  private final int rows;
  private final int cols;
  private final float[] data;

  /** A matrix of zeros. */
  public FloatMatrix(int rows, int cols) {
    this(rows, cols, new float[Math.multiplyExact(rows, cols)]);
  }

  /** Wraps {@code data}, which holds {@code rows * cols} values row by row. */
  public FloatMatrix(int rows, int cols, float[] data) {
    if (rows < 0 || cols < 0 || data.length != (long) rows * cols) {
      throw new IllegalArgumentException(
          "a " + rows + " x " + cols + " matrix cannot hold " + data.length + " values");
    }
    this.rows = rows;
    this.cols = cols;
    this.data = data;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public void forEachBlock(Consumer consumer) throws IOException {
    consumer.accept(this);
  }

  @Override
  public FloatMatrix toMatrix() {
    return this;
  }

  /** The values, row by row; not a copy. */
  public float[] data() {
    return data;
  }

  public float get(int row, int col) {
    return data[row * cols + col];
  }

  public void set(int row, int col, float value) {
    data[row * cols + col] = value;
  }

  /** A copy of one row, length {@link #cols()}. */
  public float[] row(int row) {
    return Arrays.copyOfRange(data, row * cols, (row + 1) * cols);
  }

  /** A copy with the rows in reverse order. */
  public FloatMatrix reversed() {
    FloatMatrix made = new FloatMatrix(rows, cols);
    for (int row = 0; row < rows; row++) {
      System.arraycopy(data, (rows - 1 - row) * cols, made.data, row * cols, cols);
    }
    return made;
  }

  /** A copy of rows {@code from} (inclusive) to {@code to} (exclusive). */
  public FloatMatrix rows(int from, int to) {
    return new FloatMatrix(to - from, cols, Arrays.copyOfRange(data, from * cols, to * cols));
  }

  @Override
  public String toString() {
    return "FloatMatrix[" + rows + " x " + cols + "]";
  }
}
