package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnnealedImportanceTest {
  private static final float[][] SLOPES = {{1.5f, -0.5f, 2}, {-1, 1, 0.25f}};
  private static final float[] OFFSETS = {0.5f, 2};

  /** Over a box, exp of a linear function is a product of integrals that can be written down. */
  private static double exactLogZ(double bound) {
    double[] parts = new double[SLOPES.length];
    for (int y = 0; y < parts.length; y++) {
      parts[y] = OFFSETS[y];
      for (float slope : SLOPES[y]) {
        parts[y] += Math.log(2 * Math.sinh(slope * bound) / slope);
      }
    }
    return LogSumExp.of(parts);
  }

  @Test
  void estimate_ofAnIntegralThatIsKnown() {
    try (EnergyNetwork network =
        new EnergyNetwork(
            TestDevice.get(),
            Linear.builder().setUnits(2).build(),
            new Shape(3),
            new SeededRandom(1, 0))) {
      Map<String, Tensor> weights = new LinkedHashMap<>();
      for (Map.Entry<String, Tensor> entry : network.weights().entrySet()) {
        boolean isOffset = entry.getValue().shape().length == 1;
        float[] values =
            isOffset
                ? OFFSETS
                : new float[] {
                  SLOPES[0][0], SLOPES[0][1], SLOPES[0][2], SLOPES[1][0], SLOPES[1][1], SLOPES[1][2]
                };
        weights.put(entry.getKey(), new Tensor(entry.getValue().shape(), values));
      }
      network.setWeights(weights);
      AnnealedImportance.Estimate found =
          new AnnealedImportance(400, 100, 2).estimate(network, new SeededRandom(2, 0));
      assertThat(found.logZ()).isCloseTo(exactLogZ(2), within(0.1));
      assertThat(found.standardError()).isBetween(0.001, 0.1);
      assertThat(found.effectiveChains()).isBetween(100.0, 400.0);
      assertThat(found.acceptance()).isBetween(0.3, 0.9);
    }
  }

  @Test
  void constructor_namesWhatIsOutOfRange() {
    assertThatThrownBy(() -> new AnnealedImportance(1, 10, 3)).hasMessageContaining("AIS chains");
    assertThatThrownBy(() -> new AnnealedImportance(2, 0, 3)).hasMessageContaining("temperatures");
    assertThatThrownBy(() -> new AnnealedImportance(2, 1, 0)).hasMessageContaining("box");
  }
}
