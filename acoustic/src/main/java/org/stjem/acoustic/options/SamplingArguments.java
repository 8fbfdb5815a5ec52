package org.stjem.acoustic.options;

import org.stjem.acoustic.ebm.ChainStart;
import org.stjem.acoustic.ebm.ChainTarget;
import org.stjem.acoustic.ebm.Sampling;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.TrainingException;
import picocli.CommandLine.Option;

/** The options of SGLD sampling while training. */
final class SamplingArguments {
  @Option(
      names = "--sgld-samples",
      defaultValue = "8",
      description =
          "sampled rows in a batch, M, for objectives with samples (default: ${DEFAULT-VALUE})")
  private int samples;

  @Option(
      names = "--sgld-steps",
      defaultValue = "20",
      description = "steps of a chain, K (default: ${DEFAULT-VALUE})")
  private int steps;

  @Option(
      names = "--sgld-final-steps",
      defaultValue = "0",
      description =
          "steps at the end of training, reached linearly; 0 for as many as at its start (default:"
              + " ${DEFAULT-VALUE})")
  private int finalSteps;

  @Option(
      names = "--sgld-step-size",
      defaultValue = "1",
      description = "α (default: ${DEFAULT-VALUE})")
  private double stepSize;

  @Option(
      names = "--sgld-noise",
      defaultValue = "0.01",
      description = "σ (default: ${DEFAULT-VALUE})")
  private double noise;

  @Option(
      names = "--sgld-gradient-clamp",
      defaultValue = "0",
      description =
          "bound of each component of the gradient, 0 for none (default: ${DEFAULT-VALUE})")
  private double gradientClamp;

  @Option(
      names = "--sgld-value-clamp",
      defaultValue = "0",
      description = "bound of each component of x, 0 for none (default: ${DEFAULT-VALUE})")
  private double valueClamp;

  @Option(
      names = "--sgld-conditional",
      arity = "0..1",
      defaultValue = "false",
      fallbackValue = "true",
      description =
          "draw samples of given labels, with a replay buffer divided among the labels (default:"
              + " ${DEFAULT-VALUE})")
  private boolean conditional;

  @Option(
      names = "--sgld-batch-labels",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "share of the samples that are drawn for a label of the batch they stand in, so that they"
              + " climb a column that opposes them; that share of the replay buffer is divided"
              + " among the labels (default: ${DEFAULT-VALUE})")
  private double batchLabels;

  @Option(
      names = "--sgld-adaptive",
      arity = "0..1",
      defaultValue = "false",
      fallbackValue = "true",
      description =
          "explore step size, noise and steps around the configured ones, by age of the chain, and"
              + " prefer what makes samples compete with the data (default: ${DEFAULT-VALUE})")
  private boolean adaptive;

  @Option(
      names = "--sample-every",
      defaultValue = "1",
      description =
          "sample for this many batches at once, which is cheaper (default: ${DEFAULT-VALUE})")
  private int every;

  @Option(
      names = "--buffer-size",
      defaultValue = "10000",
      description = "rows of the replay buffer (default: ${DEFAULT-VALUE})")
  private int bufferSize;

  @Option(
      names = "--reinit-prob",
      defaultValue = "0.05",
      description = "how often a chain starts afresh (default: ${DEFAULT-VALUE})")
  private double reinitProbability;

  @Option(
      names = "--start",
      defaultValue = "uniform",
      description =
          "where a chain starts afresh: uniform, gaussian (mean and covariance of the training"
              + " rows) or data (default: ${DEFAULT-VALUE})")
  private ChainStart start;

  @Option(
      names = "--start-range",
      defaultValue = "3",
      description =
          "uniform starts are in ± this; features are normalised, so that it counts in standard"
              + " deviations; pixels range from -1 to 1 (default: ${DEFAULT-VALUE})")
  private double startRange;

  Sampling sampling() {
    return new Sampling(
        samples,
        every,
        new Sgld(steps, stepSize, noise, bound(gradientClamp), bound(valueClamp)),
        finalSteps == 0 ? steps : finalSteps,
        target(),
        start,
        startRange,
        bufferSize,
        reinitProbability,
        adaptive);
  }

  private ChainTarget target() {
    if (conditional && batchLabels > 0) {
      throw new TrainingException(
          "--sgld-conditional draws labels as in the training data, --sgld-batch-labels from the"
              + " batch; one of them can be given");
    }
    return conditional
        ? ChainTarget.CONDITIONAL
        : new ChainTarget(
            batchLabels > 0 ? ChainTarget.Labels.BATCH : ChainTarget.Labels.DATA, batchLabels);
  }

  private static double bound(double value) {
    return value == 0 ? Double.POSITIVE_INFINITY : value;
  }
}
