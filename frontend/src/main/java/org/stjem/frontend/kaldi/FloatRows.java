package org.stjem.frontend.kaldi;

import java.io.IOException;

/**
 * A matrix of floats that gives its rows in blocks, from the first to the last, as often as it is
 * asked to: a {@link FloatMatrix}, or one that is computed as it is written.
 */
public interface FloatRows {
  int rows();

  int cols();

  /** Gives all rows, in blocks that have together {@link #rows()} of them. */
  void forEachBlock(Consumer consumer) throws IOException;

  /** Takes rows. */
  @FunctionalInterface
  interface Consumer {
    void accept(FloatMatrix block) throws IOException;
  }

  /** All rows in memory. */
  default FloatMatrix toMatrix() throws IOException {
    FloatMatrix matrix = new FloatMatrix(rows(), cols());
    int[] filled = {0};
    forEachBlock(
        block -> {
          System.arraycopy(block.data(), 0, matrix.data(), filled[0], block.data().length);
          filled[0] += block.data().length;
        });
    return matrix;
  }
}
