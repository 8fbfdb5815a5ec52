package org.stjem.acoustic.options;

import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.net.InferenceEngine;
import org.stjem.acoustic.net.Placement;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What computes the scores of a model, and where. */
public final class InferenceArguments {
  @Option(
      names = "--engine",
      paramLabel = "auto|onnx|pytorch",
      defaultValue = "auto",
      description =
          "what computes: onnx, ONNX Runtime on the CPU; pytorch; or auto: pytorch on a GPU, onnx"
              + " on a CPU (default: ${DEFAULT-VALUE})")
  private InferenceEngine engine;

  @Mixin private final DeviceArgument device = new DeviceArgument();

  /**
   * Engine and device. Sets the threads of the tensor library, which must be done before it is
   * loaded.
   *
   * @param threads of one operation, at least 1
   */
  public Placement placement(int threads) {
    Engines.configure(threads);
    return new Placement(engine, device.device(), threads);
  }
}
