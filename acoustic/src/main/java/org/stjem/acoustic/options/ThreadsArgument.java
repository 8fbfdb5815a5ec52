package org.stjem.acoustic.options;

import picocli.CommandLine.Option;

/** The option of how many threads share one operation. */
public final class ThreadsArgument {
  @Option(
      names = "--num-threads",
      defaultValue = "0",
      description = "threads of one operation, 0 for all cores (default: ${DEFAULT-VALUE})")
  private int threads;

  /** At least 1. */
  public int threads() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
