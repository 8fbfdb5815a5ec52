package org.stjem.acoustic.cli;

import java.util.concurrent.Callable;
import org.stjem.acoustic.ebm.EngineCheck;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.options.DeviceArgument;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code stjem acoustic check-engine}. */
@Command(
    description = {
      "Multiplies two matrices on a device and compares the product with Java's: whether PyTorch, the"
          + " GPU and its driver fit together. Prints the version of PyTorch, the device and how"
          + " many GPUs there are. 'scripts/gpu-setup' makes a PyTorch usable.",
      ""
    })
final class CheckEngineCommand implements Callable<Integer> {
  @Mixin private final DeviceArgument device = new DeviceArgument();

  @Override
  public Integer call() {
    Engines.requireTensorLibrary();
    System.out.println(EngineCheck.multiply(Engines.device(device.device())).sentence());
    return 0;
  }
}
