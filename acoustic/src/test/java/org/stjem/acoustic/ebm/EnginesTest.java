package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import org.junit.jupiter.api.Test;

class EnginesTest {

  @Test
  void device_namesTheCpuOrOneOfTheGpus() {
    assertThat(Engines.device("cpu", () -> 2)).isEqualTo(Device.cpu());
    assertThat(Engines.device("auto", () -> 0)).isEqualTo(Device.cpu());
    assertThat(Engines.device("auto", () -> 2)).isEqualTo(Device.gpu(0));
    assertThat(Engines.device("gpu1", () -> 2)).isEqualTo(Device.gpu(1));
  }

  @Test
  void device_thatIsNotThere_isRefusedWithWhatIs() {
    assertThatThrownBy(() -> Engines.device("gpu2", () -> 2))
        .isInstanceOf(TrainingException.class)
        .hasMessage("--device=gpu2: the GPUs are gpu0 to gpu1");
    assertThatThrownBy(() -> Engines.device("gpu0", () -> 0))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith("--device=gpu0: no GPU can be used");
    for (String name : new String[] {"cuda", "gpu", "gpu-1", "gpu00001", "GPU0", ""}) {
      assertThatThrownBy(() -> Engines.device(name, () -> 2))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("--device=" + name + ": there are auto, cpu and gpu0");
    }
  }
}
