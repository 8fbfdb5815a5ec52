package org.stjem.acoustic.options;

import org.stjem.acoustic.ebm.Engines;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where tensors are computed, and with how many threads. */
public final class EngineArguments {
  @Mixin private final DeviceArgument device = new DeviceArgument();

  @Option(
      names = "--num-threads",
      defaultValue = "0",
      description = "threads of the tensor engine, 0 for all cores (default: ${DEFAULT-VALUE})")
  private int threads;

  /** The name of the device. Sets the threads, which must be done before the engine is loaded. */
  public String configure() {
    Engines.configure(threads);
    return device.device();
  }
}
