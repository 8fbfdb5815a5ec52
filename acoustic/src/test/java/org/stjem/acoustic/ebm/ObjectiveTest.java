package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values and gradients of the objectives on the golden vector. */
class ObjectiveTest {
  private static final int CLASSES = 3;
  private static final int[] LABELS = {0, 1, 0, 2};
  private static final float[] LOGITS = {
    2, .5f, -1, 0, 1.5f, .5f, 1, -.5f, .25f, -1, 0, 2.5f, .5f, .5f, .5f, 1.5f, -2, 1
  };

  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray labels() {
    return manager.create(new long[] {0, 1, 0, 2}, new Shape(4, 1));
  }

  private NDArray logits(float[] values) {
    return manager.create(values, new Shape(values.length / CLASSES, CLASSES));
  }

  private double loss(Objective objective, float[] values) {
    return objective.loss(logits(values), labels()).getFloat();
  }

  private static float[] dataOnly() {
    return Arrays.copyOf(LOGITS, 4 * CLASSES);
  }

  @Test
  void loss_ofGoldenVector_isGoldenValue() {
    assertThat(loss(Objective.BASELINE, LOGITS)).isCloseTo(.335017, within(1e-6));
    assertThat(Objective.columnTerm(logits(LOGITS), labels()).getFloat())
        .isCloseTo(.994537f, within(1e-6f));
    assertThat(loss(Objective.ST_JEM, LOGITS)).isCloseTo(1.329554, within(1e-6));
    assertThat(loss(Objective.ST_JEM_NO_MI, LOGITS)).isCloseTo(2.099653, within(1e-6));
    assertThat(Objective.columnTerm(logits(dataOnly()), labels()).getFloat())
        .isCloseTo(.666534f, within(1e-6f));
    assertThat(loss(Objective.RES_JEM, dataOnly())).isCloseTo(1.001552, within(1e-6));
    assertThat(loss(Objective.ST_JEM_NO_MI, dataOnly())).isCloseTo(1.796604, within(1e-6));
  }

  @Test
  void jemLoss_isCrossEntropyPlusScoreOfSamplesMinusScoreOfData() {
    double data = 0;
    double samples = 0;
    for (int row = 0; row < 6; row++) {
      double s = LogSumExp.of(LOGITS, row * CLASSES, CLASSES);
      data += row < 4 ? s / 4 : 0;
      samples += row < 4 ? 0 : s / 2;
    }
    assertThat(loss(Objective.JEM, LOGITS)).isCloseTo(.335017 + samples - data, within(1e-5));
  }

  @ParameterizedTest
  @EnumSource(Objective.class)
  void gradient_equalsFiniteDifferences(Objective objective) {
    float[] values = objective == Objective.RES_JEM ? dataOnly() : LOGITS;
    float[] gradient = gradient(objective, values);
    double step = 1e-2;
    for (int i = 0; i < values.length; i++) {
      float[] up = values.clone();
      float[] down = values.clone();
      up[i] += (float) step;
      down[i] -= (float) step;
      double slope = (loss(objective, up) - loss(objective, down)) / (2 * step);
      assertThat((double) gradient[i]).as("logit %d", i).isCloseTo(slope, within(1e-4));
    }
  }

  @Test
  void columnTermGradient_isEquation20AndBounded() {
    float[] gradient = gradient(Objective.ST_JEM, LOGITS);
    float[] crossEntropy = gradient(Objective.BASELINE, LOGITS);
    int[] counts = {2, 1, 1};
    double norm = 0;
    for (int r = 0; r < 6; r++) {
      for (int c = 0; c < CLASSES; c++) {
        double sum = 0;
        for (int q = 0; q < 6; q++) {
          sum += Math.exp(LOGITS[q * CLASSES + c]);
        }
        double softmax = Math.exp(LOGITS[r * CLASSES + c]) / sum;
        double expected = (counts[c] * softmax - (r < 4 && LABELS[r] == c ? 1 : 0)) / 4;
        double actual = gradient[r * CLASSES + c] - crossEntropy[r * CLASSES + c];
        assertThat(actual).isCloseTo(expected, within(1e-6));
        norm += Math.abs(actual);
      }
    }
    assertThat(norm).isLessThanOrEqualTo(2);
  }

  @Test
  void stJem_withHopelessSamples_isResJem_whileJemFallsWithoutBound() {
    float[] hopeless = LOGITS.clone();
    for (int i = 4 * CLASSES; i < hopeless.length; i++) {
      hopeless[i] = -200;
    }
    assertThat(loss(Objective.ST_JEM, hopeless))
        .isCloseTo(loss(Objective.RES_JEM, dataOnly()), within(1e-6));
    assertThat(loss(Objective.JEM, hopeless)).isLessThan(-190);
  }

  @ParameterizedTest
  @EnumSource(Objective.class)
  void loss_ignoresAConstantAddedToAllLogits(Objective objective) {
    float[] shifted = LOGITS.clone();
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] += 7.25f;
    }
    assertThat(loss(objective, shifted)).isCloseTo(loss(objective, LOGITS), within(1e-5));
  }

  @Test
  void withoutMutualInformation_isCrossEntropyPlusRowSoftmaxOverScores() {
    double rowTerm = 0;
    double[] s = new double[6];
    for (int r = 0; r < 6; r++) {
      s[r] = LogSumExp.of(LOGITS, r * CLASSES, CLASSES);
    }
    for (int i = 0; i < 4; i++) {
      rowTerm += (LogSumExp.of(s) - s[i]) / 4;
    }
    assertThat(loss(Objective.ST_JEM_NO_MI, LOGITS)).isCloseTo(.335017 + rowTerm, within(1e-5));
  }

  @Test
  void columnTerm_reachesItsFloorWhenLabelsAreSeparated() {
    float[] separated = new float[4 * CLASSES];
    for (int i = 0; i < 4; i++) {
      Arrays.fill(separated, i * CLASSES, (i + 1) * CLASSES, -60);
      separated[i * CLASSES + LABELS[i]] = 0;
    }
    double floor = Objective.columnFloor(LABELS, CLASSES);
    assertThat(floor).isCloseTo(2 * Math.log(2) / 4, within(1e-12));
    assertThat((double) Objective.columnTerm(logits(separated), labels()).getFloat())
        .isCloseTo(floor, within(1e-6));
  }

  @Test
  void of_unknownName_namesTheKnownOnes() {
    assertThat(Objective.of("res-jem")).isEqualTo(Objective.RES_JEM);
    assertThatThrownBy(() -> Objective.of("gan"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("'gan'")
        .hasMessageContaining("st-jem-no-mi");
  }

  private float[] gradient(Objective objective, float[] values) {
    NDArray x = logits(values);
    x.setRequiresGradient(true);
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      collector.backward(objective.loss(x, labels()));
    }
    return x.getGradient().toFloatArray();
  }
}
