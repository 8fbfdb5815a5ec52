package org.stjem.acoustic.options;

import picocli.CommandLine.Option;

/** The option of what computes tensors. */
public final class DeviceArgument {
  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu0",
      defaultValue = "auto",
      description =
          "cpu, gpu0, gpu1, …, or auto: the first GPU if there is one (default: ${DEFAULT-VALUE})")
  private String device;

  /** The name of the device. */
  public String device() {
    return device;
  }
}
