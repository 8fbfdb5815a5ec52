package org.stjem.acoustic.ebm;

import java.util.Arrays;

/** Puts the rows of batches together: labelled, sampled, given negatives, unlabelled. */
final class BatchMaker {
  private static final long EXTRA_STREAM = 1L << 32;

  private final TrainingData sets;
  private final LabelledRows data;
  private final TrainerOptions options;
  private final BatchOrder order;
  private final ChainSampler sampler;
  private final SeededRandom augmentRandom;
  private final long totalSteps;

  /**
   * Batches of one training.
   *
   * @param sampler where the sampled rows come from, or null for none
   */
  BatchMaker(
      TrainingData sets,
      TrainerOptions options,
      BatchOrder order,
      ChainSampler sampler,
      SeededRandom augmentRandom,
      long totalSteps) {
    this.sets = sets;
    this.data = sets.labelled();
    this.options = options;
    this.order = order;
    this.sampler = sampler;
    this.augmentRandom = augmentRandom;
    this.totalSteps = totalSteps;
  }

  /** The batch of update {@code step}, from 0; batches are to be made in turn. */
  BatchRows batch(long step) {
    int[] rows = order.batch(step);
    int size = data.rowSize();
    int sampled = options.sampledRows();
    int negatives = options.terms().negativeRows();
    int unlabelled = sets.unlabelled() == null ? 0 : options.terms().unlabelledRows();
    float[] x = new float[(rows.length + sampled + negatives + unlabelled) * size];
    for (int i = 0; i < rows.length; i++) {
      data.copyRow(rows[i], x, i * size, augmentRandom);
    }
    int[] sampleLabels = {};
    if (sampled > 0) {
      sampleLabels =
          sampler.next(
              x,
              rows.length * size,
              (double) step / totalSteps,
              ahead -> labels(0, order.batch(step + ahead)));
    }
    // A stream for each step, so that no state of it needs to be kept.
    SeededRandom extra = new SeededRandom(options.seed(), EXTRA_STREAM + step);
    copyAtRandom(sets.negatives(), negatives, x, rows.length + sampled, extra);
    copyAtRandom(sets.unlabelled(), unlabelled, x, rows.length + sampled + negatives, extra);
    double weight = options.terms().denominatorWeight();
    if (weight == AddedTerms.BALANCED) {
      weight = (double) rows.length / Math.max(1, sampled + negatives);
    }
    int[][] labels = new int[data.heads().list().size()][];
    for (int head = 0; head < labels.length; head++) {
      labels[head] = labels(head, rows);
    }
    return new BatchRows(x, labels, sampleLabels, negatives, unlabelled, Math.log(weight));
  }

  private int[] labels(int head, int[] rows) {
    return Arrays.stream(rows).map(row -> data.label(head, row)).toArray();
  }

  private static void copyAtRandom(
      Rows rows, int count, float[] x, int firstRow, SeededRandom random) {
    for (int i = 0; i < count; i++) {
      int index = random.nextInt(rows.size());
      rows.copyRow(index, x, (firstRow + i) * rows.rowSize(), random);
    }
  }
}
