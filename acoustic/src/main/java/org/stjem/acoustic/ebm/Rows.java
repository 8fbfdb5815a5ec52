package org.stjem.acoustic.ebm;

/** Rows x of a fixed size, drawn by index. */
public interface Rows {

  /** Number of rows. */
  int size();

  /** Number of values in one row. */
  int rowSize();

  /**
   * Copies one row, changed at random where the data set is augmented.
   *
   * @param target receives {@link #rowSize()} values from {@code offset} on
   * @param random for augmentation
   */
  void copyRow(int index, float[] target, int offset, SeededRandom random);
}
