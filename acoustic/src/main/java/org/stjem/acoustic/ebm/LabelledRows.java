package org.stjem.acoustic.ebm;

/**
 * Rows x with a label each, or with labels of several heads. The first head's labels are what
 * labels are where nothing is said of heads, and every row has one.
 */
public interface LabelledRows extends Rows {

  /** Number of classes of all heads; those of the first one begin at 0. */
  int classes();

  /** The label of row {@code index}, 0 … columns−1 of the first head. */
  int label(int index);

  /** The heads that rows have labels of; what they weigh, the network says. */
  default Heads heads() {
    return Heads.one(classes());
  }

  /**
   * The label that row {@code index} has of a head, 0 … columns−1 of that head.
   *
   * @param head index among the heads
   * @return {@link Head#NO_LABEL} if it has none, which a row has of the first head
   */
  default int label(int head, int index) {
    return label(index);
  }
}
