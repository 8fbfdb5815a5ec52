package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.Tensor;

class WideResNetTest {
  private static EnergyNetwork network(int depth, int width) {
    return network(depth, width, false);
  }

  private static EnergyNetwork network(int depth, int width, boolean batchNorm) {
    return new EnergyNetwork(
        TestDevice.get(),
        WideResNet.block(depth, width, 10, batchNorm),
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
    assertThatThrownBy(() -> WideResNet.block(12, 2, 10, false))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("depth 12 is not of the form 6n + 4");
  }

  private static Map<String, float[]> statistics(EnergyNetwork network) {
    Map<String, float[]> statistics = new TreeMap<>();
    network
        .weights()
        .forEach(
            (name, tensor) -> {
              if (name.contains("running")) {
                statistics.put(name, tensor.values());
              }
            });
    return statistics;
  }

  /** Two for each of three units and one before the logits. */
  @Test
  void block_withBatchNorm_startsAsTheIdentity() {
    try (EnergyNetwork network = network(10, 1, true)) {
      Map<String, Tensor> weights = network.weights();
      assertThat(weights.keySet()).filteredOn(name -> name.endsWith("_gamma")).hasSize(7);
      assertThat(weights.keySet()).filteredOn(name -> name.endsWith("_bias")).hasSize(1);
      weights.forEach(
          (name, tensor) -> {
            if (name.endsWith("_gamma") || name.endsWith("_runningVar")) {
              assertThat(tensor.values()).containsOnly(1f);
            } else if (name.endsWith("_beta") || name.endsWith("_runningMean")) {
              assertThat(tensor.values()).containsOnly(0f);
            }
          });
      assertThat(network.parameters()).hasSize(weights.size() - 14);
    }
  }

  /**
   * The first normalisation sees the stem's output, [rows, 16, 32, 32]: its running mean takes up a
   * tenth of the batch's mean.
   */
  @Test
  void batchNorm_learnsStatisticsInTrainingOnly() {
    float[] x = new float[4 * CifarImages.SIZE];
    SeededRandom random = new SeededRandom(2, 0);
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat(-1, 1);
    }
    try (EnergyNetwork network = network(10, 1, true);
        NDManager scope = network.newManager()) {
      Map<String, float[]> start = statistics(network);
      float[] alone = network.logits(Arrays.copyOf(x, CifarImages.SIZE), 1);
      float[] together = network.logits(x, 4);
      for (int c = 0; c < 10; c++) {
        assertThat(together[c]).isCloseTo(alone[c], within(1e-4f));
      }
      new Sgld(2, 1, 0.01).run(network, x.clone(), new int[] {-1, -1, -1, -1}, random);
      assertThat(statistics(network)).usingRecursiveComparison().isEqualTo(start);

      network.logits(network.rows(scope, x, 4), true);
      float[] mean = statistics(network).values().iterator().next();
      Map<String, Tensor> weights = network.weights();
      NDArray kernel =
          scope.create(weights.values().iterator().next().values(), new Shape(16, 3, 3, 3));
      float[] stem =
          Conv2d.conv2d(network.rows(scope, x, 4), kernel, null, new Shape(1, 1), new Shape(1, 1))
              .singletonOrThrow()
              .mean(new int[] {3})
              .mean(new int[] {2})
              .mean(new int[] {0})
              .toFloatArray();
      for (int filter = 0; filter < 16; filter++) {
        assertThat(mean[filter]).isCloseTo(0.1f * stem[filter], within(1e-6f));
      }
    }
  }
}
