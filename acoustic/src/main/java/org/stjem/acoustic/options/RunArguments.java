package org.stjem.acoustic.options;

import java.nio.file.Path;
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
      defaultValue = "" + RunSettings.BY_LENGTH,
      description =
          "updates between two progress lines; 0 for a fiftieth of the run, at most 500 (default:"
              + " ${DEFAULT-VALUE})")
  private int logEvery;

  @Option(
      names = "--checkpoint-interval",
      defaultValue = "" + RunSettings.BY_LENGTH,
      description =
          "updates between two checkpoints; 0 for a tenth of the run, at most 2000 (default:"
              + " ${DEFAULT-VALUE})")
  private int checkpointEvery;

  @Option(
      names = "--restart",
      arity = "0..1",
      fallbackValue = "true",
      description = "throw away what an earlier training left in MODEL-DIR, and train anew")
  private boolean restart;

  @Option(
      names = "--init",
      paramLabel = "MODEL-DIR",
      description =
          "start from the weights of this model, to train it further or to fit it to other data;"
              + " the network is as large as that one")
  private Path init;

  /** Whose weights to start from, or null. */
  Path init() {
    return init;
  }

  RunSettings settings() {
    return new RunSettings(logEvery, checkpointEvery, restart, onDivergence, keep);
  }
}
