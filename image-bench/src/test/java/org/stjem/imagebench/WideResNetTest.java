package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;

class WideResNetTest {
  private static EnergyNetwork network(int depth, int width) {
    return new EnergyNetwork(
        Device.cpu(),
        WideResNet.block(depth, width, 10),
        new Shape(3, 32, 32),
        new SeededRandom(1, 0));
  }

  private static long parameters(EnergyNetwork network) {
    return network.parameters().stream().mapToLong(p -> p.getArray().getShape().size()).sum();
  }

  @Test
  void block_givesOneLogitPerClass() {
    try (EnergyNetwork network = network(10, 1)) {
      assertThat(network.classes()).isEqualTo(10);
      assertThat(network.rowSize()).isEqualTo(CifarImages.SIZE);
      assertThat(network.logits(new float[2 * CifarImages.SIZE], 2)).hasSize(20);
    }
  }

  /**
   * By hand, a 3 × 3 convolution from a to b filters has 9ab + b values, a shortcut ab + b. Stem:
   * 448. Stages of 160, 320 and 640 filters, each a unit with a shortcut and three without: 1 639
   * 840, 6 966 080 and 27 858 560. Logits: 6 410.
   */
  @Test
  void block_ofThePapersSize_has36MillionParameters() {
    try (EnergyNetwork network = network(28, 10)) {
      assertThat(parameters(network)).isEqualTo(36_471_338L);
    }
  }

  /** Each bias follows its weights, from which the energy core takes its range. */
  @Test
  void energyNetwork_initialisesEveryParameterByItsFanIn() {
    try (EnergyNetwork network = network(10, 2)) {
      String layer = "";
      double bound = 0;
      for (Map.Entry<String, Tensor> entry : network.weights().entrySet()) {
        long[] shape = entry.getValue().shape();
        String name = entry.getKey();
        if (shape.length > 1) {
          layer = name.substring(0, name.lastIndexOf('_'));
          bound = Math.sqrt((double) shape[0] / entry.getValue().values().length);
        } else {
          assertThat(name).isEqualTo(layer + "_bias");
        }
        double largest = 0;
        for (float value : entry.getValue().values()) {
          largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isBetween(bound / 2, bound * 1.0001);
      }
    }
  }

  @Test
  void block_ofAnImpossibleDepth_isRefused() {
    assertThatThrownBy(() -> WideResNet.block(12, 2, 10))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("depth 12 is not of the form 6n + 4");
  }
}
