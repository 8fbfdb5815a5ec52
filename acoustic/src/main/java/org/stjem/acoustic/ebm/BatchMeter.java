package org.stjem.acoustic.ebm;

import java.util.Arrays;
import java.util.List;

/** Sums up what {@link TrainingStatus} reports over the batches of an interval. */
final class BatchMeter {
  private static final int ECE_BINS = 15;

  private final int classes;
  private final double smoothing;
  private final Mean loss = new Mean();
  private final Mean crossEntropy = new Mean();
  private final Mean columnExcess = new Mean();
  private final Mean rowExcess = new Mean();
  private final Mean unlabelledExcess = new Mean();
  private final Mean sampleCrossEntropy = new Mean();
  private final Mean gradientPenalty = new Mean();
  private final Mean dataScore = new Mean();
  private final Mean sampleScore = new Mean();
  private final Mean negativeScore = new Mean();
  private final Mean negativeMassOfRows = new Mean();
  private final Mean effectiveSamples = new Mean();
  private final Mean accuracy = new Mean();
  private final double[] massOfLabel;
  private final long[] rowsOfLabel;
  private final double[] overconfidence = new double[ECE_BINS];

  /** A mean that is NaN when it is of nothing. */
  private static final class Mean {
    private double sum;
    private long count;

    void add(double value) {
      sum += value;
      count++;
    }

    double value() {
      return sum / count;
    }
  }

  /**
   * An empty meter.
   *
   * @param smoothing ε of the labels
   */
  BatchMeter(int classes, double smoothing) {
    this.classes = classes;
    this.smoothing = smoothing;
    this.massOfLabel = new double[classes];
    this.rowsOfLabel = new long[classes];
  }

  void addLoss(double value) {
    loss.add(value);
  }

  void addGradientPenalty(double value) {
    gradientPenalty.add(value);
  }

  /**
   * Looks at one batch.
   *
   * @param logits of all its rows, row by row
   */
  void add(float[] logits, BatchRows batch) {
    int n = batch.labels().length;
    double[] scores = new double[batch.rows()];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = LogSumExp.of(logits, row * classes, classes);
    }
    for (int row = 0; row < n; row++) {
      addLabelled(logits, row, batch.labels()[row], scores[row]);
    }
    addRowTerm(scores, batch);
    for (int row = n; row < batch.inDenominator(); row++) {
      boolean sampled = row < n + batch.sampled();
      (sampled ? sampleScore : negativeScore).add(scores[row]);
      if (sampled && batch.sampleLabels()[row - n] >= 0) {
        int label = batch.sampleLabels()[row - n];
        sampleCrossEntropy.add(scores[row] - logits[row * classes + label]);
      }
    }
    addColumns(logits, batch);
    if (batch.unlabelled() > 0) {
      addUnlabelled(logits, batch, scores);
    }
  }

  private void addRowTerm(double[] scores, BatchRows batch) {
    int n = batch.labels().length;
    double[] counted = new double[batch.inDenominator()];
    for (int row = 0; row < counted.length; row++) {
      counted[row] = scores[row] + batch.logWeight(row);
    }
    double all = LogSumExp.of(counted);
    double excess = 0;
    for (int row = 0; row < n; row++) {
      excess += (all - scores[row]) / n;
    }
    rowExcess.add(excess - Math.log(n));
    if (counted.length > n) {
      double negatives = LogSumExp.of(Arrays.copyOfRange(counted, n, counted.length));
      negativeMassOfRows.add(Math.exp(negatives - all));
    }
  }

  private void addLabelled(float[] logits, int row, int label, double score) {
    dataScore.add(score);
    int best = 0;
    double smooth = 0;
    for (int c = 0; c < classes; c++) {
      smooth += (score - logits[row * classes + c]) / classes;
      if (logits[row * classes + c] > logits[row * classes + best]) {
        best = c;
      }
    }
    double sharp = score - logits[row * classes + label];
    crossEntropy.add(
        (1 - smoothing) * sharp
            + smoothing * smooth
            - Objective.crossEntropyFloor(smoothing, classes));
    double confidence = Math.exp(logits[row * classes + best] - score);
    int bin = Math.min(ECE_BINS - 1, Math.max(0, (int) Math.ceil(confidence * ECE_BINS) - 1));
    accuracy.add(best == label ? 1 : 0);
    overconfidence[bin] += confidence - (best == label ? 1 : 0);
  }

  private void addColumns(float[] logits, BatchRows batch) {
    int n = batch.labels().length;
    int rows = batch.inDenominator();
    double column = 0;
    float[] values = new float[rows];
    for (int i = 0; i < n; i++) {
      int label = batch.labels()[i];
      for (int row = 0; row < rows; row++) {
        values[row] = (float) (logits[row * classes + label] + batch.logWeight(row));
      }
      double all = LogSumExp.of(values, 0, rows);
      column += (all - logits[i * classes + label]) / n;
      rowsOfLabel[label]++;
      if (rows > n) {
        double negatives = LogSumExp.of(values, n, rows - n);
        massOfLabel[label] += Math.exp(negatives - all);
        double squares = 0;
        for (int row = n; row < rows; row++) {
          squares += Math.exp(2 * (values[row] - negatives));
        }
        effectiveSamples.add(1 / squares);
      }
    }
    columnExcess.add(column - Objective.columnFloor(batch.labels(), classes));
  }

  private void addUnlabelled(float[] logits, BatchRows batch, double[] scores) {
    double[] columns = new double[classes];
    float[] values = new float[batch.rows()];
    for (int c = 0; c < classes; c++) {
      for (int row = 0; row < values.length; row++) {
        values[row] = (float) (logits[row * classes + c] + batch.logWeight(row));
      }
      columns[c] = LogSumExp.of(values, 0, values.length);
    }
    double sum = 0;
    for (int row = batch.inDenominator(); row < batch.rows(); row++) {
      for (int c = 0; c < classes; c++) {
        double logit = logits[row * classes + c];
        double logPosterior = logit - scores[row];
        sum -= Math.exp(logPosterior) * (logPosterior + logit - columns[c]);
      }
    }
    unlabelledExcess.add(
        sum / batch.unlabelled() - Objective.unlabelledFloor(batch.unlabelled(), classes));
  }

  private double ece() {
    double sum = 0;
    for (double bin : overconfidence) {
      sum += Math.abs(bin);
    }
    return sum / accuracy.count;
  }

  /**
   * What the batches came to.
   *
   * @param sampler where the samples come from, or null
   */
  TrainingStatus status(
      long step,
      long totalSteps,
      int epoch,
      double rate,
      ChainSampler sampler,
      double gradientNorm,
      double rowsPerSecond,
      double secondsLeft) {
    float[] masses = new float[classes];
    double mass = 0;
    long rows = 0;
    for (int c = 0; c < classes; c++) {
      masses[c] = (float) (massOfLabel[c] / rowsOfLabel[c]);
      mass += massOfLabel[c];
      rows += rowsOfLabel[c];
    }
    return new TrainingStatus(
        step,
        totalSteps,
        epoch,
        rate,
        loss.value(),
        crossEntropy.value(),
        columnExcess.value(),
        rowExcess.value(),
        unlabelledExcess.value(),
        sampleCrossEntropy.value(),
        gradientPenalty.value(),
        dataScore.value(),
        sampleScore.value(),
        negativeScore.value(),
        mass / rows,
        masses,
        negativeMassOfRows.value(),
        effectiveSamples.value(),
        sampler == null ? Double.NaN : sampler.bufferAge(),
        sampler == null ? List.of() : sampler.favourites(),
        gradientNorm,
        accuracy.value(),
        ece(),
        rowsPerSecond,
        secondsLeft);
  }
}
