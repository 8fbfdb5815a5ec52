package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.function.UnaryOperator;
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
    manager = NDManager.newBaseManager(TestDevice.get(), "PyTorch");
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
    return objective.loss(logits(values), labels(), 0, 1).getFloat();
  }

  private static float[] dataOnly() {
    return Arrays.copyOf(LOGITS, 4 * CLASSES);
  }

  @Test
  void loss_withAWeight_weighsAllButTheCrossEntropy() {
    for (Objective objective : Objective.values()) {
      float[] values = objective.sampled() ? LOGITS : dataOnly();
      double crossEntropy = loss(Objective.BASELINE, values);
      double quarter = objective.loss(logits(values), labels(), 0, 0.25).getFloat();
      assertThat(quarter)
          .as("%s", objective)
          .isCloseTo(crossEntropy + (loss(objective, values) - crossEntropy) / 4, within(1e-6));
    }
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
    // Both second terms. Each of the three values that are added is rounded to 1e-6.
    assertThat(loss(Objective.ST_JEM_ROW, LOGITS))
        .isCloseTo(1.329554 + 2.099653 - .335017, within(2e-6));
    assertThat(loss(Objective.RES_JEM_ROW, dataOnly()))
        .isCloseTo(1.001552 + 1.796604 - .335017, within(2e-6));
  }

  @Test
  void lossLimit_isAHundredTimesTheLossOfANetworkThatKnowsNothing() {
    double nothing = loss(Objective.ST_JEM, new float[6 * CLASSES]);
    assertThat(Objective.lossLimit(CLASSES, 6)).isCloseTo(100 * nothing, within(1e-4));
    assertThat(Objective.lossLimit(1, 1)).isPositive();
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
    float[] values = objective.sampled() || objective == Objective.BASELINE ? LOGITS : dataOnly();
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
      collector.backward(objective.loss(x, labels(), 0, 1));
    }
    return x.getGradient().toFloatArray();
  }

  @Test
  void unlabelledTerm_ofGoldenVector_isGoldenValue() {
    assertThat((double) Objective.unlabelledTerm(logits(LOGITS), 2).getFloat())
        .isCloseTo(2.847844, within(1e-6));
    assertThat((double) Objective.unlabelledTerm(logits(LOGITS), 3).getFloat())
        .isCloseTo(2.263957, within(1e-6));
  }

  @Test
  void unlabelledTerm_gradientEqualsFiniteDifferences() {
    assertGradient(logits -> Objective.unlabelledTerm(logits, 2));
    assertGradient(logits -> Objective.weighted(Objective.unlabelledTerm(logits, 3), 0.25));
  }

  @Test
  void unlabelledTerm_ofSeparatedClusters_reachesItsFloor() {
    float[] clusters = new float[6 * CLASSES];
    Arrays.fill(clusters, -60);
    for (int i = 0; i < 6; i++) {
      clusters[i * CLASSES + i % CLASSES] = 0;
    }
    assertThat((double) Objective.unlabelledTerm(logits(clusters), 6).getFloat())
        .isCloseTo(Objective.unlabelledFloor(6, CLASSES), within(1e-6));
    assertThat(Objective.unlabelledFloor(6, CLASSES)).isCloseTo(Math.log(2), within(1e-12));
    assertThat(Objective.unlabelledFloor(2, CLASSES)).isZero();
  }

  @Test
  void crossEntropy_ofSmoothedLabels_isGoldenValueWithItsGradientAndFloor() {
    assertThat((double) smoothed(logits(dataOnly())).getFloat()).isCloseTo(.462101, within(1e-6));
    assertGradient(x -> smoothed(x.get("0:4")));
    assertThat(Objective.crossEntropyFloor(0.1, CLASSES)).isCloseTo(.291140, within(1e-6));
    assertThat(Objective.crossEntropyFloor(0, CLASSES)).isZero();
    assertThat((double) Objective.ST_JEM.loss(logits(LOGITS), labels(), 0.1, 1).getFloat())
        .isCloseTo(.462101 + .994537, within(1e-6));
  }

  private NDArray smoothed(NDArray logits) {
    return Objective.crossEntropy(logits, labels(), 0.1);
  }

  @Test
  void crossEntropyOfSamples_isGoldenValueWithItsGradient() {
    NDArray drawnFor = manager.create(new long[] {1, 2}, new Shape(2, 1));
    assertThat((double) Objective.crossEntropy(logits(LOGITS).get("4:6"), drawnFor, 0).getFloat())
        .isCloseTo(1.045656, within(1e-6));
    assertGradient(x -> Objective.crossEntropy(x.get("4:6"), drawnFor, 0));
  }

  private void assertGradient(UnaryOperator<NDArray> loss) {
    NDArray x = logits(LOGITS);
    x.setRequiresGradient(true);
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      collector.backward(loss.apply(x));
    }
    float[] gradient = x.getGradient().toFloatArray();
    for (int i = 0; i < LOGITS.length; i++) {
      float[] up = LOGITS.clone();
      float[] down = LOGITS.clone();
      up[i] += 0.01f;
      down[i] -= 0.01f;
      double slope =
          (loss.apply(logits(up)).getFloat() - loss.apply(logits(down)).getFloat()) / 0.02;
      assertThat((double) gradient[i]).as("logit %d", i).isCloseTo(slope, within(1e-4));
    }
  }
}
