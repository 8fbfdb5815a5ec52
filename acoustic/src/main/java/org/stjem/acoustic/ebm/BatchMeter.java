package org.stjem.acoustic.ebm;

/** Sums up what {@link TrainingStatus} reports over the batches of an interval. */
final class BatchMeter {
  private int batches;
  private double crossEntropy;
  private double columnExcess;
  private double dataScore;
  private double sampleScore;
  private double negativeMass;
  private double accuracy;
  private double loss;
  private long steps;

  void addLoss(double value) {
    loss += value;
    steps++;
  }

  /**
   * Looks at one batch.
   *
   * @param logits {@code [N + M, classes]} row by row
   * @param labels of the N labelled rows
   */
  void add(float[] logits, int[] labels, int classes) {
    int n = labels.length;
    int rows = logits.length / classes;
    double ce = 0;
    double data = 0;
    double samples = 0;
    int right = 0;
    for (int row = 0; row < rows; row++) {
      double s = LogSumExp.of(logits, row * classes, classes);
      if (row >= n) {
        samples += s;
        continue;
      }
      data += s;
      ce += s - logits[row * classes + labels[row]];
      int best = 0;
      for (int c = 1; c < classes; c++) {
        if (logits[row * classes + c] > logits[row * classes + best]) {
          best = c;
        }
      }
      right += best == labels[row] ? 1 : 0;
    }
    double column = 0;
    double mass = 0;
    float[] values = new float[rows];
    for (int i = 0; i < n; i++) {
      for (int row = 0; row < rows; row++) {
        values[row] = logits[row * classes + labels[i]];
      }
      double all = LogSumExp.of(values, 0, rows);
      column += all - logits[i * classes + labels[i]];
      mass += rows == n ? 0 : Math.exp(LogSumExp.of(values, n, rows - n) - all);
    }
    batches++;
    crossEntropy += ce / n;
    columnExcess += column / n - Objective.columnFloor(labels, classes);
    dataScore += data / n;
    sampleScore += samples / (rows - n);
    negativeMass += mass / n;
    accuracy += (double) right / n;
  }

  TrainingStatus status(
      long step,
      long totalSteps,
      int epoch,
      double rate,
      double gradientNorm,
      double rowsPerSecond,
      double secondsLeft) {
    return new TrainingStatus(
        step,
        totalSteps,
        epoch,
        rate,
        loss / steps,
        crossEntropy / batches,
        columnExcess / batches,
        dataScore / batches,
        sampleScore / batches,
        negativeMass / batches,
        gradientNorm,
        accuracy / batches,
        rowsPerSecond,
        secondsLeft);
  }
}
