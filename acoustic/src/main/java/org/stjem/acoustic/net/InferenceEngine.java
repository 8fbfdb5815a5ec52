package org.stjem.acoustic.net;

import java.util.Locale;

/** What computes logits. */
public enum InferenceEngine {
  /** {@link #ONNX} on a CPU, {@link #PYTORCH} on a GPU. */
  AUTO,
  /** ONNX Runtime, on the CPU. */
  ONNX,
  /** PyTorch, on a CPU or a GPU. */
  PYTORCH;

  /** The name used on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
