package org.stjem.acoustic.net;

import org.stjem.acoustic.ebm.Engines;
import org.stjem.frontend.io.StjemException;

/**
 * What computes a model, and where.
 *
 * @param device {@code auto}, {@code cpu}, {@code gpu0} and so on
 * @param threads of one operation, at least 1; PyTorch has them of its settings
 */
public record Placement(InferenceEngine engine, String device, int threads) {
  /** The CPU with one thread for an operation. */
  public static final Placement CPU = new Placement(InferenceEngine.AUTO, "cpu", 1);

  /**
   * The engine that {@link InferenceEngine#AUTO} means here. A GPU is looked for without loading
   * the tensor library where the machine has none.
   *
   * @throws StjemException if engine and device do not go together
   */
  InferenceEngine resolve() {
    return switch (engine) {
      case PYTORCH -> pytorch();
      case ONNX -> {
        if (!device.equals("auto") && !device.equals("cpu")) {
          throw new StjemException(
              "--engine=onnx computes on the CPU; --device=" + device + " needs --engine=pytorch");
        }
        yield InferenceEngine.ONNX;
      }
      case AUTO ->
          device.equals("cpu") || (device.equals("auto") && !Engines.gpuInReach())
              ? InferenceEngine.ONNX
              : pytorch();
    };
  }

  /** The same for a network that is an ONNX file: where the engine is not chosen, it is ONNX. */
  Placement ofOnnxFile() {
    return engine == InferenceEngine.AUTO
        ? new Placement(InferenceEngine.ONNX, device, threads)
        : this;
  }

  private static InferenceEngine pytorch() {
    Engines.requireTensorLibrary();
    return InferenceEngine.PYTORCH;
  }
}
