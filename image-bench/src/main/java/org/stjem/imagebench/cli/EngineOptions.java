package org.stjem.imagebench.cli;

import picocli.CommandLine.Option;

/** Where tensors are computed. */
final class EngineOptions {
  @Option(
      names = "--device",
      defaultValue = "auto",
      description = "auto, cpu or cuda (default: ${DEFAULT-VALUE})")
  private String device;

  @Option(
      names = "--num-threads",
      defaultValue = "0",
      description = "threads of the tensor engine, 0 for all cores (default: ${DEFAULT-VALUE})")
  private int threads;

  /** The name of the device. Sets the threads, which must be done before the engine is loaded. */
  String configure() {
    int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(count));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    return device;
  }
}
