package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import org.junit.jupiter.api.Test;

/** What PyTorch says of GPUs that fail, as its source has it, and what the user reads. */
class EngineFaultsTest {
  private static String translated(String message) {
    return EngineFaults.translate(new EngineException(message)).getMessage();
  }

  @Test
  void translate_memoryThatIsFull_saysWhatTakesLess() {
    assertThat(
            translated(
                "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 4 GiB\n"
                    + "Exception raised from malloc at /c10/cuda/CUDACachingAllocator.cpp:1397"))
        .isEqualTo(
            "PyTorch failed: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity"
                + " of 4 GiB; take a smaller --minibatch-size or fewer samples, or stop what else uses"
                + " the device");
  }

  @Test
  void translate_driverThatIsTooOld_saysSo() {
    assertThat(
            translated(
                "The NVIDIA driver on your system is too old (found version 11040). Please update"))
        .contains("too old (found version 11040)", "install a newer driver")
        .doesNotContain("\n");
    assertThat(translated("CUDA error: no kernel image is available for execution on the device"))
        .contains("built for other GPUs");
    assertThat(translated("CUDA error: device-side assert triggered")).contains("--device=cpu");
  }

  @Test
  void translate_whatIsNoFaultOfADevice_isGivenAsItIs() {
    assertThat(translated("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"))
        .isEqualTo("PyTorch failed: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)");
  }

  @Test
  void check_onTheCpu_multipliesAndNamesIt() {
    EngineCheck check = EngineCheck.multiply(Engines.device("cpu"));
    assertThat(check.device()).isEqualTo(Device.cpu());
    assertThat(check.sentence())
        .startsWith("PyTorch " + check.version() + " computes on cpu; it sees");
  }
}
