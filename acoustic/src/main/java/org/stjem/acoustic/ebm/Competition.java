package org.stjem.acoustic.ebm;

/** How well sampled rows compete with the other rows of their batch. */
final class Competition {
  private Competition() {}

  /**
   * The share of each sampled row: R times its part of a label column's softmax over the R rows in
   * the denominator, mean over the labels of the batch; 1 for the mean row.
   *
   * @param logits of the batch's rows, row by row
   */
  static double[] shares(float[] logits, BatchRows batch, int classes) {
    int n = batch.labels().length;
    int rows = batch.inDenominator();
    double[] shares = new double[batch.sampled()];
    float[] column = new float[rows];
    for (int label : batch.labels()) {
      for (int row = 0; row < rows; row++) {
        column[row] = logits[row * classes + label];
      }
      double all = LogSumExp.of(column, 0, rows);
      for (int i = 0; i < shares.length; i++) {
        shares[i] += Math.exp(column[n + i] - all) * rows / n;
      }
    }
    return shares;
  }
}
