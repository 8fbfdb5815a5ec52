package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Adam and the average of weights against the formulas in double precision. */
class AdamTest {
  private static final float[][] ROWS = {{1, -2, 0.5f}, {0.25f, 3, -1}, {-4, 0.125f, 2}};
  private static final double RATE = 0.05;
  private static final double DECAY = 0.3;

  private EnergyNetwork network;

  @BeforeEach
  void open() {
    network =
        new EnergyNetwork(
            TestDevice.get(),
            Linear.builder().setUnits(2).build(),
            new Shape(3),
            new SeededRandom(1, 0));
  }

  @AfterEach
  void close() {
    network.close();
  }

  /** Adds the gradient of the sum of the logits: x for each row of the matrix, 1 for the biases. */
  private void backward(float[] x) {
    try (NDManager scope = network.newManager();
        GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray logits = network.logits(network.rows(scope, x, 1), true);
      collector.backward(logits.sum());
    }
  }

  private List<float[]> values() {
    return network.weights().values().stream().map(Tensor::values).toList();
  }

  private static double gradient(int parameter, int index, float[] x) {
    return parameter == 0 ? x[index % 3] : 1;
  }

  @Test
  void update_isAdamWithDecoupledDecayOfMatricesAlone() {
    List<float[]> start = values();
    try (Adam adam = new Adam(network, DECAY)) {
      for (int step = 1; step <= ROWS.length; step++) {
        backward(ROWS[step - 1]);
        adam.update(step, RATE);
      }
      assertThat(adam.gradientNorm()).isZero();
    }
    List<float[]> end = values();
    assertThat(end).extracting(array -> array.length).containsExactly(6, 2);
    for (int p = 0; p < 2; p++) {
      for (int i = 0; i < start.get(p).length; i++) {
        double expected = start.get(p)[i];
        double m = 0;
        double v = 0;
        for (int step = 1; step <= ROWS.length; step++) {
          double g = gradient(p, i, ROWS[step - 1]);
          m = 0.9 * m + 0.1 * g;
          v = 0.999 * v + 0.001 * g * g;
          double mean = m / (1 - Math.pow(0.9, step));
          double square = v / (1 - Math.pow(0.999, step));
          expected *= p == 0 ? 1 - RATE * DECAY : 1;
          expected -= RATE * mean / (Math.sqrt(square) + 1e-8);
        }
        assertThat((double) end.get(p)[i]).isCloseTo(expected, within(1e-6));
      }
    }
  }

  @Test
  void restore_afterAGradientThatIsNotFinite_startsFromACleanOne() {
    try (Adam adam = new Adam(network, 0)) {
      backward(ROWS[0]);
      adam.update(1, RATE);
      Map<String, Tensor> state = adam.state();
      Map<String, Tensor> weights = network.weights();
      backward(ROWS[1]);
      adam.update(2, RATE);
      List<float[]> undisturbed = values();

      backward(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1});
      adam.update(3, RATE);
      network.setWeights(weights);
      adam.restore(state);
      assertThat(adam.gradientNorm()).isZero();
      backward(ROWS[1]);
      adam.update(2, RATE);
      assertThat(values()).usingRecursiveComparison().isEqualTo(undisturbed);
    }
  }

  @Test
  void average_followsTheWeightsByItsRisingDecay() {
    double[] expected = new double[6];
    try (WeightAverage average = new WeightAverage(network, 0.25)) {
      for (int i = 0; i < 6; i++) {
        expected[i] = values().get(0)[i];
      }
      for (int step = 1; step <= 4; step++) {
        float now = step;
        Map<String, Tensor> weights = network.weights();
        weights.replaceAll(
            (name, tensor) -> {
              float[] values = tensor.values().clone();
              java.util.Arrays.fill(values, now);
              return new Tensor(tensor.shape(), values);
            });
        network.setWeights(weights);
        average.update(step);
        double kept = Math.min(0.25, (1.0 + step) / (10 + step));
        for (int i = 0; i < 6; i++) {
          expected[i] = kept * expected[i] + (1 - kept) * now;
        }
      }
      float[] found = average.weights(network).values().iterator().next().values();
      for (int i = 0; i < 6; i++) {
        assertThat((double) found[i]).isCloseTo(expected[i], within(1e-5));
      }
    }
  }
}
