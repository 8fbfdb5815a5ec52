package org.stjem.acoustic.cli;

import org.stjem.acoustic.tying.TreeOptions;
import picocli.CommandLine.Option;

/** Options of how far a decision tree grows. */
final class TreeArguments {
  @Option(
      names = "--thresh",
      paramLabel = "GAIN",
      description =
          "least gain of log-likelihood that a question must bring (default: ${DEFAULT-VALUE})")
  private float threshold = 300;

  @Option(
      names = "--cluster-thresh",
      paramLabel = "LOSS",
      description =
          "merge leaves of the same root that lose no more log-likelihood; 0 for none, -1 for as"
              + " much as the last question brought (default: ${DEFAULT-VALUE})")
  private float clusterThreshold = -1;

  @Option(
      names = "--round-num-leaves",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "merge leaves until their number is a multiple of 8 (default: ${DEFAULT-VALUE})")
  private boolean round = true;

  TreeOptions options(int maxLeaves) {
    return new TreeOptions(maxLeaves, threshold, clusterThreshold, round);
  }
}
