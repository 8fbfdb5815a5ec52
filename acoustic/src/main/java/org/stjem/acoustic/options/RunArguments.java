package org.stjem.acoustic.options;

import org.stjem.acoustic.ebm.OnDivergence;
import org.stjem.acoustic.monitor.Keep;
import org.stjem.acoustic.monitor.RunSettings;
import picocli.CommandLine.Option;

/** How a training is run and watched. */
final class RunArguments {
  @Option(
      names = "--keep",
      defaultValue = "last",
      description =
          "which weights become the model: last, or best, those after the epoch of the highest"
              + " accuracy on what is held out (default: ${DEFAULT-VALUE})")
  private Keep keep;

  @Option(
      names = "--on-divergence",
      defaultValue = "stop",
      description =
          "stop; rollback: return to the last good checkpoint and go on at half the learning rate"
              + " with other samples; or ignore: go on while the loss is finite (default:"
              + " ${DEFAULT-VALUE})")
  private OnDivergence onDivergence;

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

  RunSettings settings() {
    return new RunSettings(logEvery, checkpointEvery, restart, onDivergence, keep);
  }
}
