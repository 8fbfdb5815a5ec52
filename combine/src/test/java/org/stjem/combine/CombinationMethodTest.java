package org.stjem.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.stjem.acoustic.net.Priors;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

class CombinationMethodTest {
  private static final FloatMatrix SURE = logs(0.98, 0.01, 0.01);
  private static final FloatMatrix UNSURE = logs(0.2, 0.3, 0.5);
  private static final double[] EQUAL = {1, 1};

  private static FloatMatrix logs(double... posteriors) {
    FloatMatrix row = new FloatMatrix(1, posteriors.length);
    for (int i = 0; i < posteriors.length; i++) {
      row.set(0, i, (float) Math.log(posteriors[i]));
    }
    return row;
  }

  private static FloatMatrix shifted(FloatMatrix matrix, float by) {
    FloatMatrix moved = new FloatMatrix(matrix.rows(), matrix.cols());
    for (int k = 0; k < moved.data().length; k++) {
      moved.data()[k] = matrix.data()[k] + by;
    }
    return moved;
  }

  private static double posterior(CombinationMethod method, double[] weights, int pdf) {
    FloatMatrix joint =
        method.combination(weights, new double[2]).logJoint(List.of(SURE, shifted(UNSURE, 100)));
    return Math.exp(Priors.logPosteriors(joint).get(0, pdf));
  }

  @Test
  void posteriorMean_ignoresTheDensity() {
    assertThat(posterior(CombinationMethod.POSTERIOR_MEAN, EQUAL, 0)).isCloseTo(0.59, within(1e-5));
    assertThat(posterior(CombinationMethod.POSTERIOR_MEAN, new double[] {3, 1}, 2))
        .isCloseTo(0.75 * 0.01 + 0.25 * 0.5, within(1e-5));
  }

  @Test
  void geometricMean_averagesTheLogs() {
    double a = Math.sqrt(0.98 * 0.2);
    double b = Math.sqrt(0.01 * 0.3);
    double c = Math.sqrt(0.01 * 0.5);
    assertThat(posterior(CombinationMethod.GEOMETRIC_MEAN, EQUAL, 0))
        .isCloseTo(a / (a + b + c), within(1e-5));
  }

  @Test
  void inverseEntropy_believesTheSurerModel() {
    double sure = -(0.98 * Math.log(0.98) + 0.02 * Math.log(0.01));
    double unsure = -(0.2 * Math.log(0.2) + 0.3 * Math.log(0.3) + 0.5 * Math.log(0.5));
    double share = (1 / sure) / (1 / sure + 1 / unsure);
    assertThat(posterior(CombinationMethod.INVERSE_ENTROPY, EQUAL, 0))
        .isCloseTo(share * 0.98 + (1 - share) * 0.2, within(1e-4));
  }

  @ParameterizedTest
  @EnumSource
  void everyMethod_ofCopiesIsTheModelItself(CombinationMethod method) {
    Combination combination = method.combination(EQUAL, new double[2]);
    assertThat(Priors.logPosteriors(combination.logJoint(List.of(UNSURE, UNSURE))).data())
        .containsExactly(UNSURE.data(), within(1e-5f));
    FloatMatrix shares = combination.responsibilities(List.of(UNSURE, UNSURE));
    assertThat(shares.rows()).isEqualTo(1);
    assertThat(shares.data()).containsExactly(new float[] {0.5f, 0.5f}, within(1e-6f));
    assertThat(CombinationMethod.of(method.toString())).isEqualTo(method);
  }

  @ParameterizedTest
  @EnumSource
  void everyMethod_givesFiniteScoresAndRefusesWhatIsNot(CombinationMethod method) {
    Combination combination = method.combination(EQUAL, new double[2]);
    FloatMatrix off = new FloatMatrix(1, 3, new float[] {0, Float.NEGATIVE_INFINITY, 1});
    for (float value : combination.logJoint(List.of(off, off)).data()) {
      assertThat(value).isFinite();
    }
    FloatMatrix bad = new FloatMatrix(1, 3, new float[] {0, Float.NaN, 1});
    assertThatThrownBy(() -> combination.logJoint(List.of(off, bad)))
        .isInstanceOf(EntryException.class);
    assertThatThrownBy(() -> combination.logJoint(List.of(off, new FloatMatrix(1, 2))))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("3 pdfs, model 2 has 2");
    assertThatThrownBy(() -> method.combination(new double[] {0, 0}, new double[2]))
        .hasMessageContaining("sum to 0");
  }

  @Test
  void of_unknownNameListsTheMethods() {
    assertThatThrownBy(() -> CombinationMethod.of("max")).hasMessageContaining("inverse-entropy");
  }
}
