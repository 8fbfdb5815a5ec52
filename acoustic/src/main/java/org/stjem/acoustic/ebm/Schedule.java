package org.stjem.acoustic.ebm;

/**
 * Passes over the data and the size of the updates.
 *
 * @param epochs passes over the data
 * @param batchSize labelled rows in a batch, N
 * @param learningRate peak learning rate of Adam
 * @param warmupSteps updates over which the rate rises linearly, or {@link #WARMUP_BY_LENGTH}; it
 *     then falls linearly to zero
 * @param weightDecay decoupled weight decay, 0 for none
 * @param averaging decay of the moving average of the weights, which then becomes the model; 0 for
 *     none
 */
public record Schedule(
    int epochs,
    int batchSize,
    double learningRate,
    int warmupSteps,
    double weightDecay,
    double averaging) {
  /** Stands for a warm-up over a tenth of the run, but no more than 200 updates. */
  public static final int WARMUP_BY_LENGTH = -1;

  private static final int WARMUP_PARTS = 10;
  private static final int LONGEST_WARMUP = 200;

  public Schedule {
    TrainerOptions.require(epochs >= 1, "number of epochs", epochs);
    TrainerOptions.require(batchSize >= 1, "batch size", batchSize);
    TrainerOptions.require(learningRate > 0, "learning rate", learningRate);
    TrainerOptions.require(warmupSteps >= WARMUP_BY_LENGTH, "number of warm-up steps", warmupSteps);
    TrainerOptions.require(weightDecay >= 0, "weight decay", weightDecay);
    TrainerOptions.require(
        averaging >= 0 && averaging < 1, "decay of the averaged weights", averaging);
  }

  /** Updates over which the rate of a run of {@code total} rises. */
  public long warmup(long total) {
    return warmupSteps == WARMUP_BY_LENGTH
        ? Math.min(LONGEST_WARMUP, total / WARMUP_PARTS)
        : warmupSteps;
  }

  /** Learning rate of update {@code step} (from 1) of {@code total}. */
  public double rate(long step, long total) {
    long warmup = warmup(total);
    double warm = warmup == 0 ? 1 : Math.min(1, (double) step / warmup);
    return learningRate * warm * Math.max(0, 1 - (double) (step - 1) / total);
  }
}
