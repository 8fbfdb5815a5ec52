package org.stjem.acoustic.ebm;

import ai.djl.engine.EngineException;
import java.util.Locale;

/** What the tensor engine throws, in one sentence with what to do. */
final class EngineFaults {
  private EngineFaults() {}

  /**
   * {@code fault} for the user; PyTorch's messages go on with its own stack after the first line.
   */
  static TrainingException translate(EngineException fault) {
    String message = String.valueOf(fault.getMessage()).lines().findFirst().orElse("").strip();
    String lower = message.toLowerCase(Locale.ROOT);
    String remedy;
    if (lower.contains("out of memory") || lower.contains("not enough memory")) {
      remedy =
          "take a smaller --minibatch-size or fewer samples, or stop what else uses the device";
    } else if (lower.contains("driver")) {
      remedy = "install a newer driver, or take a PyTorch for an older CUDA (scripts/gpu-setup)";
    } else if (lower.contains("no kernel image")) {
      remedy = "this PyTorch was built for other GPUs; take another one (scripts/gpu-setup)";
    } else if (lower.contains("cuda") || lower.contains("cublas") || lower.contains("cudnn")) {
      remedy = "see whether nvidia-smi shows the GPU as usable; --device=cpu does without it";
    } else {
      return new TrainingException("PyTorch failed: " + message, fault);
    }
    return new TrainingException("PyTorch failed: " + message + "; " + remedy, fault);
  }
}
