package org.stjem.acoustic.ebm;

/**
 * How {@link Trainer} trains.
 *
 * @param objective what is minimised
 * @param epochs passes over the data
 * @param batchSize labelled rows in a batch, N
 * @param learningRate peak learning rate of Adam
 * @param warmupSteps updates over which the rate rises linearly; it then falls linearly to zero
 * @param weightDecay decoupled weight decay, 0 for none
 * @param samples sampled rows in a batch, M; unused by objectives without samples
 * @param sampleEvery batches served by one run of the sampler, which then samples that many times M
 *     rows at once
 * @param sgld the sampler
 * @param bufferSize rows of the replay buffer
 * @param reinitProbability how often a chain starts afresh
 * @param startRange fresh rows are uniform in ± this
 * @param seed seeds the weights, the order of the data and the chains
 */
public record TrainerOptions(
    Objective objective,
    int epochs,
    int batchSize,
    double learningRate,
    int warmupSteps,
    double weightDecay,
    int samples,
    int sampleEvery,
    Sgld sgld,
    int bufferSize,
    double reinitProbability,
    double startRange,
    long seed) {
  public TrainerOptions {
    require(epochs >= 1, "epochs", epochs);
    require(batchSize >= 1, "batch size", batchSize);
    require(learningRate > 0, "learning rate", learningRate);
    require(warmupSteps >= 0, "warm-up steps", warmupSteps);
    require(weightDecay >= 0, "weight decay", weightDecay);
    require(!objective.sampled() || samples >= 1, "samples", samples);
    require(sampleEvery >= 1, "sample-every", sampleEvery);
  }

  private static void require(boolean valid, String name, Number value) {
    if (!valid) {
      throw new TrainingException(name + " cannot be " + value);
    }
  }

  /** M as the objective uses it: 0 where it has no samples. */
  public int sampledRows() {
    return objective.sampled() ? samples : 0;
  }

  /** Learning rate of update {@code step} (from 1) of {@code total}. */
  public double rate(long step, long total) {
    double warm = warmupSteps == 0 ? 1 : Math.min(1, (double) step / warmupSteps);
    return learningRate * warm * Math.max(0, 1 - (double) (step - 1) / total);
  }
}
