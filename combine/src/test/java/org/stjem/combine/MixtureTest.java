package org.stjem.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.net.Priors;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class MixtureTest {
  private static final float MINUS_INFINITY = Float.NEGATIVE_INFINITY;

  private static FloatMatrix random(long seed, int rows, int cols) {
    Random random = new Random(seed);
    FloatMatrix matrix = new FloatMatrix(rows, cols);
    for (int i = 0; i < matrix.data().length; i++) {
      matrix.data()[i] = (float) (10 * random.nextGaussian());
    }
    return matrix;
  }

  private static FloatMatrix plus(FloatMatrix matrix, double shift) {
    FloatMatrix shifted = new FloatMatrix(matrix.rows(), matrix.cols());
    for (int i = 0; i < matrix.data().length; i++) {
      shifted.data()[i] = (float) (matrix.data()[i] + shift);
    }
    return shifted;
  }

  private static void assertClose(FloatMatrix actual, FloatMatrix expected, double tolerance) {
    assertThat(actual.data()).containsExactly(expected.data(), within((float) tolerance));
  }

  @Test
  void logJoint_handComputed() {
    FloatMatrix a = new FloatMatrix(1, 2, new float[] {0, 1});
    FloatMatrix b = new FloatMatrix(1, 2, new float[] {2, -1});
    FloatMatrix joint =
        new Mixture(new double[] {3, 1}, new double[] {0.5, -0.25}).logJoint(List.of(a, b));
    double first = 0.75 * Math.exp(0 - 0.5) + 0.25 * Math.exp(2 + 0.25);
    double second = 0.75 * Math.exp(1 - 0.5) + 0.25 * Math.exp(-1 + 0.25);
    assertThat(joint.data()[0]).isCloseTo((float) Math.log(first), within(1e-6f));
    assertThat(joint.data()[1]).isCloseTo((float) Math.log(second), within(1e-6f));
  }

  @Test
  void logJoint_copiesOfOneModelAreThatModel() {
    FloatMatrix logits = random(1, 7, 5);
    for (int size = 1; size <= 4; size++) {
      FloatMatrix joint = Mixture.uniform(size).logJoint(Collections.nCopies(size, logits));
      assertClose(joint, logits, 1e-5);
    }
    FloatMatrix uneven =
        new Mixture(new double[] {0.9, 0.1, 7}, new double[3])
            .logJoint(Collections.nCopies(3, logits));
    assertClose(uneven, logits, 1e-5);
  }

  @Test
  void logJoint_shiftOfAllModelsShiftsTheMixture() {
    FloatMatrix a = random(1, 4, 3);
    FloatMatrix b = random(2, 4, 3);
    FloatMatrix joint = Mixture.uniform(2).logJoint(List.of(a, b));
    FloatMatrix shifted = Mixture.uniform(2).logJoint(List.of(plus(a, 100), plus(b, 100)));
    assertClose(shifted, plus(joint, 100), 1e-4);
  }

  @Test
  void logJoint_logPartitionUndoesTheShiftOfOneModel() {
    FloatMatrix a = random(1, 4, 3);
    FloatMatrix b = random(2, 4, 3);
    FloatMatrix joint = Mixture.uniform(2).logJoint(List.of(a, b));
    FloatMatrix undone =
        new Mixture(new double[] {1, 1}, new double[] {0, 64}).logJoint(List.of(a, plus(b, 64)));
    assertClose(undone, joint, 1e-4);
  }

  @Test
  void logJoint_orderOfTheModelsDoesNotMatter() {
    FloatMatrix a = random(1, 4, 3);
    FloatMatrix b = random(2, 4, 3);
    FloatMatrix ab = new Mixture(new double[] {1, 3}, new double[] {0, 2}).logJoint(List.of(a, b));
    FloatMatrix ba = new Mixture(new double[] {3, 1}, new double[] {2, 0}).logJoint(List.of(b, a));
    assertClose(ab, ba, 1e-6);
  }

  @Test
  void logJoint_liesBetweenTheLargestTermAndLogOfTheSize() {
    FloatMatrix a = random(3, 50, 4);
    FloatMatrix b = random(4, 50, 4);
    FloatMatrix joint = Mixture.uniform(2).logJoint(List.of(a, b));
    for (int i = 0; i < joint.data().length; i++) {
      float largest = Math.max(a.data()[i], b.data()[i]);
      assertThat(joint.data()[i]).isBetween(largest - (float) Math.log(2) - 1e-5f, largest + 1e-5f);
    }
  }

  @Test
  void logJoint_extremesNeverGiveNaN() {
    float huge = Float.MAX_VALUE;
    FloatMatrix a =
        new FloatMatrix(1, 4, new float[] {MINUS_INFINITY, MINUS_INFINITY, huge, -huge});
    FloatMatrix b = new FloatMatrix(1, 4, new float[] {3, MINUS_INFINITY, huge, huge});
    FloatMatrix joint = Mixture.uniform(2).logJoint(List.of(a, b));
    assertThat(joint.data()[0]).isCloseTo((float) (3 - Math.log(2)), within(1e-6f));
    assertThat(joint.data()[1]).isEqualTo(Mixture.LEAST_LOG_DENSITY);
    assertThat(joint.data()[2]).isEqualTo(huge);
    assertThat(joint.data()[3]).isEqualTo(huge);
  }

  @Test
  void logJoint_weightZeroTakesAModelOut() {
    FloatMatrix a = random(1, 4, 3);
    FloatMatrix joint =
        new Mixture(new double[] {2, 0}, new double[2]).logJoint(List.of(a, plus(a, 1000)));
    assertClose(joint, a, 1e-6);
  }

  @Test
  void logJoint_badLogitsAreNamed() {
    FloatMatrix good = new FloatMatrix(2, 2);
    FloatMatrix bad = new FloatMatrix(2, 2, new float[] {0, 0, 0, Float.NaN});
    assertThatThrownBy(() -> Mixture.uniform(2).logJoint(List.of(good, bad)))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("model 2 gives NaN at frame 1, pdf 1");
    assertThatThrownBy(() -> Mixture.uniform(2).logJoint(List.of(good, new FloatMatrix(2, 3))))
        .hasMessageContaining("model 1 has 2 pdfs, model 2 has 3");
    assertThatThrownBy(() -> Mixture.uniform(2).logJoint(List.of(good, new FloatMatrix(3, 2))))
        .hasMessageContaining("model 1 has 2 frames, model 2 has 3");
  }

  @Test
  void weights_outOfRangeAreNamed() {
    assertThatThrownBy(() -> new Mixture(new double[] {1, -1}, new double[2]))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("weight 2 is -1.0");
    assertThatThrownBy(() -> new Mixture(new double[2], new double[2]))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("sum to 0.0");
    assertThatThrownBy(() -> new Mixture(new double[] {1, 1}, new double[3]))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("2 weights");
    assertThatThrownBy(() -> new Mixture(new double[] {1, 1}, new double[] {0, Double.NaN}))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("log Z 2 is NaN");
  }

  @Test
  void priors_areTheWeightedMean() {
    double[] priors =
        Priors.mean(new double[] {3, 1}, List.of(new double[] {10, 30}, new double[] {1, 1}));
    assertThat(priors[0]).isCloseTo(0.75 * 0.25 + 0.25 * 0.5, within(1e-12));
    assertThat(priors[0] + priors[1]).isCloseTo(1, within(1e-12));
  }

  @Test
  void responsibilities_areTheShareOfEachModelsDensity() {
    FloatMatrix a = new FloatMatrix(1, 2, new float[] {0, 1});
    FloatMatrix b = new FloatMatrix(1, 2, new float[] {2, -1});
    double first = 0.75 * (1 + Math.E);
    double second = 0.25 * (Math.exp(2) + Math.exp(-1)) * Math.exp(-0.5);
    FloatMatrix shares =
        new Mixture(new double[] {3, 1}, new double[] {0, 0.5}).responsibilities(List.of(a, b));
    assertThat(shares.get(0, 0)).isCloseTo((float) (first / (first + second)), within(1e-6f));
    assertThat(shares.get(0, 0) + shares.get(0, 1)).isCloseTo(1f, within(1e-6f));
  }
}
