package org.stjem.acoustic.options;

import java.nio.file.Path;
import org.stjem.acoustic.ebm.AddedTerms;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.Schedule;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.acoustic.monitor.RunSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options of every training command. A command with other defaults has a {@code
 * defaultValueProvider}.
 */
public final class TrainerArguments {
  @Option(
      names = "--objective",
      defaultValue = "st-jem-row",
      description =
          "baseline (cross-entropy), st-jem and res-jem (the paper's, with and without samples),"
              + " st-jem-row and res-jem-row (with a softmax over the rows' log p(x) as well),"
              + " st-jem-no-mi (without mutual information) or jem, a control that tends to diverge"
              + " (default: ${DEFAULT-VALUE})")
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
      names = "--denominator-weight",
      paramLabel = "W|balanced|auto",
      defaultValue = "auto",
      description =
          "labelled rows that each sampled row and given negative counts for in the denominators;"
              + " balanced: as many as make them count as much as all labelled rows together; auto:"
              + " balanced with st-jem-row, 1 with the other objectives (default:"
              + " ${DEFAULT-VALUE})")
  private String denominatorWeight;

  @Option(
      names = "--energy-weight",
      paramLabel = "W|auto",
      defaultValue = "auto",
      description =
          "weight of all terms of the objective but the cross-entropy; auto: 0.3 with st-jem-row"
              + " and res-jem-row, 1 with the other objectives (default: ${DEFAULT-VALUE})")
  private String energyWeight;

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
      defaultValue = "" + Schedule.WARMUP_BY_LENGTH,
      description =
          "updates over which the rate rises; -1 for a tenth of the run, at most 200 (default:"
              + " ${DEFAULT-VALUE})")
  private int warmupSteps;

  @Option(
      names = "--weight-decay",
      defaultValue = "0",
      description = "decoupled weight decay (default: ${DEFAULT-VALUE})")
  private double weightDecay;

  @Option(
      names = "--average-weights",
      defaultValue = "0",
      description =
          "decay of a moving average of the weights, such as 0.999, which becomes the model; 0 for"
              + " none (default: ${DEFAULT-VALUE})")
  private double averaging;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seeds weights, order and samples (default: ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private SamplingArguments sampling;

  @Mixin private RunArguments run;

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
            negatives ? negativeRows : 0,
            denominatorWeight(),
            energyWeight()),
        new Schedule(epochs, batchSize, learningRate, warmupSteps, weightDecay, averaging),
        sampling.sampling(),
        seed);
  }

  private double denominatorWeight() {
    if (denominatorWeight.equals("auto")) {
      return Objective.of(objective) == Objective.ST_JEM_ROW ? AddedTerms.BALANCED : 1;
    }
    if (denominatorWeight.equals("balanced")) {
      return AddedTerms.BALANCED;
    }
    double weight = number(denominatorWeight);
    if (weight > 0 && Double.isFinite(weight)) {
      return weight;
    }
    throw new TrainingException(
        "--denominator-weight="
            + denominatorWeight
            + " is none of a positive number, balanced and auto");
  }

  private double energyWeight() {
    if (energyWeight.equals("auto")) {
      return Objective.of(objective).energyWeight();
    }
    double weight = number(energyWeight);
    if (weight >= 0 && Double.isFinite(weight)) {
      return weight;
    }
    throw new TrainingException(
        "--energy-weight=" + energyWeight + " is neither a number from 0 on nor auto");
  }

  /** The number that {@code text} says, NaN if it says none. */
  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** The folder of the model whose weights the training starts from, or null. */
  public Path init() {
    return run.init();
  }

  /** How the training is run. */
  public RunSettings run() {
    return run.settings();
  }
}
