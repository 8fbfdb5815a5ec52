package org.stjem.acoustic.options;

import org.stjem.acoustic.ebm.AddedTerms;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.Schedule;
import org.stjem.acoustic.ebm.TrainerOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options of every training command. A command with other defaults has a {@code
 * defaultValueProvider}.
 */
public final class TrainerArguments {
  @Option(
      names = "--objective",
      defaultValue = "st-jem",
      description =
          "baseline (cross-entropy), res-jem, st-jem, st-jem-no-mi (without mutual information) or"
              + " jem, a control that tends to diverge (default: ${DEFAULT-VALUE})")
  private String objective;

  @Option(
      names = "--label-smoothing",
      defaultValue = "0",
      description =
          "share of the target spread evenly over the classes in the cross-entropy (default:"
              + " ${DEFAULT-VALUE})")
  private double labelSmoothing;

  @Option(
      names = "--gradient-penalty",
      defaultValue = "0",
      description =
          "weight of the mean squared norm of the gradient of log p(x) in x (default:"
              + " ${DEFAULT-VALUE})")
  private double gradientPenalty;

  @Option(
      names = "--sample-weight",
      defaultValue = "0",
      description =
          "weight of the cross-entropy of samples, with --sgld-conditional (default:"
              + " ${DEFAULT-VALUE})")
  private double sampleWeight;

  @Option(
      names = "--unlabelled-weight",
      defaultValue = "1",
      description = "weight of the unlabelled rows, where given (default: ${DEFAULT-VALUE})")
  private double unlabelledWeight;

  @Option(
      names = "--unlabelled-rows",
      defaultValue = "64",
      description = "unlabelled rows in a batch, where given (default: ${DEFAULT-VALUE})")
  private int unlabelledRows;

  @Option(
      names = "--negative-rows",
      defaultValue = "8",
      description = "negatives in a batch, where given (default: ${DEFAULT-VALUE})")
  private int negativeRows;

  @Option(
      names = "--num-epochs",
      defaultValue = "8",
      description = "passes over the data (default: ${DEFAULT-VALUE})")
  private int epochs;

  @Option(
      names = "--minibatch-size",
      defaultValue = "100",
      description = "labelled rows in a batch (default: ${DEFAULT-VALUE})")
  private int batchSize;

  @Option(
      names = "--learn-rate",
      defaultValue = "0.001",
      description = "peak rate of Adam; it falls linearly to zero (default: ${DEFAULT-VALUE})")
  private double learningRate;

  @Option(
      names = "--warmup-steps",
      defaultValue = "200",
      description = "updates over which the rate rises (default: ${DEFAULT-VALUE})")
  private int warmupSteps;

  @Option(
      names = "--weight-decay",
      defaultValue = "0",
      description = "decoupled weight decay (default: ${DEFAULT-VALUE})")
  private double weightDecay;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seeds weights, order and samples (default: ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private SamplingArguments sampling;

  @Option(
      names = "--log-interval",
      defaultValue = "500",
      description = "updates between two progress lines (default: ${DEFAULT-VALUE})")
  private int logEvery;

  @Option(
      names = "--checkpoint-interval",
      defaultValue = "2000",
      description = "updates between two checkpoints (default: ${DEFAULT-VALUE})")
  private int checkpointEvery;

  @Option(
      names = "--restart",
      arity = "0..1",
      fallbackValue = "true",
      description = "ignore a checkpoint")
  private boolean restart;

  /**
   * The trainer's options.
   *
   * @param unlabelled whether there are unlabelled rows
   * @param negatives whether there are given negatives
   */
  public TrainerOptions options(boolean unlabelled, boolean negatives) {
    return new TrainerOptions(
        Objective.of(objective),
        new AddedTerms(
            labelSmoothing,
            unlabelled ? unlabelledWeight : 0,
            unlabelled ? unlabelledRows : 0,
            sampleWeight,
            gradientPenalty,
            negatives ? negativeRows : 0),
        new Schedule(epochs, batchSize, learningRate, warmupSteps, weightDecay),
        sampling.sampling(),
        seed);
  }

  /** Updates between two reports. */
  public int logEvery() {
    return logEvery;
  }

  /** Updates between two checkpoints. */
  public int checkpointEvery() {
    return checkpointEvery;
  }

  /** Whether to ignore a checkpoint. */
  public boolean restart() {
    return restart;
  }
}
