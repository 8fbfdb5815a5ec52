package org.stjem.acoustic.options;

import org.stjem.acoustic.ebm.Engines;
import picocli.CommandLine.Mixin;

/** Where tensors are computed, and with how many threads. */
public final class EngineArguments {
  @Mixin private final DeviceArgument device = new DeviceArgument();
  @Mixin private final ThreadsArgument threads = new ThreadsArgument();

  /** The name of the device. Sets the threads, which must be done before the engine is loaded. */
  public String configure() {
    Engines.requireTensorLibrary();
    Engines.configure(threads.threads());
    return device.device();
  }
}
