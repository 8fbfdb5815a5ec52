package org.stjem.acoustic.ebm;

/** Rows x with a label each. */
public interface LabelledRows extends Rows {

  /** Number of classes; labels are 0 … classes−1. */
  int classes();

  /** The label of row {@code index}. */
  int label(int index);
}
