package org.stjem.acoustic.options;

import org.stjem.acoustic.ebm.Engines;
import picocli.CommandLine.Option;

/** Where tensors are computed. */
public final class EngineArguments {
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
  public String configure() {
    Engines.configure(threads);
    return device;
  }
}
