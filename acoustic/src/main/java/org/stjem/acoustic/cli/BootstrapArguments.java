package org.stjem.acoustic.cli;

import org.stjem.acoustic.wer.Bootstrap;
import picocli.CommandLine.Option;

/** The command-line options of the bootstrap. */
final class BootstrapArguments {
  @Option(
      names = "--replications",
      paramLabel = "N",
      description = "how often the bootstrap draws the test set (default: ${DEFAULT-VALUE})")
  int replications = Bootstrap.DEFAULT_REPLICATIONS;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "seed of the draws (default: ${DEFAULT-VALUE})")
  long seed = 1;
}
