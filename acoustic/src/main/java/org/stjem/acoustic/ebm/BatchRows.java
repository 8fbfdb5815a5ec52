package org.stjem.acoustic.ebm;

/**
 * The rows of one batch: labelled, then sampled, then given negatives, then unlabelled.
 *
 * @param x all rows, flat
 * @param labelsOfHeads of each head, the labels of the labelled rows, {@link Head#NO_LABEL} where
 *     there is none
 * @param sampleLabels what the sampled rows were drawn for, −1 where for no label
 * @param negatives number of given negatives
 * @param unlabelled number of unlabelled rows
 * @param negativeLogWeight log of the labelled rows that each sampled row and given negative counts
 *     for in the denominators
 */
record BatchRows(
    float[] x,
    int[][] labelsOfHeads,
    int[] sampleLabels,
    int negatives,
    int unlabelled,
    double negativeLogWeight) {

  /** The labels of the first head, which every labelled row has. */
  int[] labels() {
    return labelsOfHeads[0];
  }

  int sampled() {
    return sampleLabels.length;
  }

  /** Rows over which the objective's column softmax runs: all but the unlabelled. */
  int inDenominator() {
    return labels().length + sampled() + negatives;
  }

  int rows() {
    return inDenominator() + unlabelled;
  }

  /** What a denominator adds to the logits of {@code row}. */
  double logWeight(int row) {
    return row >= labels().length && row < inDenominator() ? negativeLogWeight : 0;
  }
}
