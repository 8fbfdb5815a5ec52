package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Rows;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.OutlierTable;

class ImageEvaluationTest {
  private static final CifarImages IMAGES = TestImages.random(30, 2, 1);

  /** f(x) = (scale · sum of x, 0) as a network; frozen. */
  private static EnergyNetwork brightness(float scale) {
    EnergyNetwork network =
        new EnergyNetwork(
            TestDevice.get(),
            new SequentialBlock()
                .add(Blocks.batchFlattenBlock(CifarImages.SIZE))
                .add(Linear.builder().setUnits(2).build()),
            new Shape(3, 32, 32),
            new SeededRandom(1, 0));
    Map<String, Tensor> weights = new HashMap<>();
    network
        .weights()
        .forEach(
            (name, tensor) -> {
              float[] values = new float[tensor.values().length];
              if (values.length > 2) {
                Arrays.fill(values, 0, CifarImages.SIZE, scale);
              }
              weights.put(name, new Tensor(tensor.shape(), values));
            });
    network.setWeights(weights);
    network.setTrainable(false);
    return network;
  }

  /** Images of one value. */
  private static Rows flat(int size, float value) {
    return new Rows() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public int rowSize() {
        return CifarImages.SIZE;
      }

      @Override
      public void copyRow(int index, float[] target, int offset, SeededRandom random) {
        Arrays.fill(target, offset, offset + CifarImages.SIZE, value);
      }
    };
  }

  @Test
  void run_tellsBrightnessApart() {
    Map<String, Rows> others = new HashMap<>();
    others.put("black", flat(7, -1));
    try (EnergyNetwork network = brightness(0.01f)) {
      ImageEvaluation.Outcome outcome = new ImageEvaluation(network, 8, 1).run(IMAGES, others);
      assertThat(outcome.outliers().rows())
          .extracting(OutlierTable.Row::name)
          .containsExactly("uniform noise", "constant", "interpolated", "black");
      assertThat(outcome.outliers().rows())
          .extracting(OutlierTable.Row::count)
          .containsExactly(30, 30, 30, 7);
      OutlierTable.Row black = outcome.outliers().rows().get(3);
      assertThat(black.logDensity()).as("log p(x) = log(1 + exp sum)").isOne();
      assertThat(black.gradient()).as("the gradient vanishes in the dark").isZero();
      assertThat(outcome.report().frames()).isEqualTo(30);
    }
  }

  @Test
  void run_measuresAsTrainingDoes_whateverTheBatch() {
    try (EnergyNetwork network = brightness(0.02f)) {
      CalibrationReport whole = ImageCalibration.measure(network, IMAGES);
      ImageEvaluation.Outcome some = new ImageEvaluation(network, 7, 1).run(IMAGES, Map.of());
      ImageEvaluation.Outcome all = new ImageEvaluation(network, 30, 1).run(IMAGES, Map.of());
      assertThat(some.report().accuracy()).isEqualTo(whole.accuracy());
      assertThat(some.report().nll()).isCloseTo(whole.nll(), within(1e-6));
      for (int i = 0; i < 3; i++) {
        assertThat(some.outliers().rows().get(i).logDensity())
            .isEqualTo(all.outliers().rows().get(i).logDensity())
            .isBetween(0.0, 1.0);
      }
    }
  }

  private static float[] draw(Rows rows) {
    float[] values = new float[CifarImages.SIZE + 2];
    rows.copyRow(0, values, 1, new SeededRandom(3, 0));
    assertThat(values[0]).isZero();
    assertThat(values[CifarImages.SIZE + 1]).isZero();
    return Arrays.copyOfRange(values, 1, CifarImages.SIZE + 1);
  }

  @Test
  void outlierImages_areWhatTheySay() {
    float[] noise = draw(OutlierImages.uniformNoise(1));
    double squares = 0;
    for (float value : noise) {
      assertThat(value).isBetween(-1f, 1f);
      squares += value * value;
    }
    assertThat(squares / noise.length).as("variance of ±1").isCloseTo(1 / 3.0, within(0.02));

    float[] constant = draw(OutlierImages.constant(1));
    assertThat(Arrays.copyOf(constant, 1024)).containsOnly(constant[0]);
    assertThat(constant[1024]).isNotEqualTo(constant[0]);

    CifarImages two = TestImages.random(2, 2, 4);
    float[] mean = draw(OutlierImages.interpolations(two, 1));
    for (int i = 0; i < CifarImages.SIZE; i++) {
      assertThat(mean[i]).isEqualTo((two.value(0, i) + two.value(1, i)) / 2);
    }
    CifarImages one = TestImages.random(1, 2, 4);
    assertThatThrownBy(() -> OutlierImages.interpolations(one, 1))
        .isInstanceOf(ImageBenchException.class);
  }
}
