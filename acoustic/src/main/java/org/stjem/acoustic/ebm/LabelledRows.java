package org.stjem.acoustic.ebm;

/** The training data: rows x of a fixed size with a label each, drawn by index. */
public interface LabelledRows {

  /** Number of rows. */
  int size();

  /** Number of values in one row. */
  int rowSize();

  /** Number of classes; labels are 0 … classes−1. */
  int classes();

  /** The label of row {@code index}. */
  int label(int index);

  /**
   * Copies one row, changed at random where the data set is augmented.
   *
   * @param target receives {@link #rowSize()} values from {@code offset} on
   * @param random for augmentation
   */
  void copyRow(int index, float[] target, int offset, SeededRandom random);
}
