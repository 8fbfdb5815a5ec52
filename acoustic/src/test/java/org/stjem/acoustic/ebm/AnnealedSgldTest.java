package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnealedSgldTest {
  private static final double NONE = Double.POSITIVE_INFINITY;
  private static final int[] ENDS = {2, 4};

  /** −½(x − 1)² of each value. */
  private static float[] towardsOne(float[] x, double[] scores) {
    float[] gradient = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      gradient[i] = 1 - x[i];
      scores[i / 2] -= gradient[i] * gradient[i] / 2;
    }
    return gradient;
  }

  private static SeededRandom[] randoms() {
    return new SeededRandom[] {new SeededRandom(1, 1), new SeededRandom(1, 2)};
  }

  private static float[] run(AnnealedSgld sgld, float[] x, boolean[] free, List<Double> told) {
    sgld.run(
        AnnealedSgldTest::towardsOne,
        x,
        ENDS,
        randoms(),
        free,
        AnnealedSgld.RootOfPreconditioner.IDENTITY,
        (steps, scores) -> told.add(scores[0]));
    return x;
  }

  @Test
  void steps_andNoise_shrinkFromTheFirstToTheLast() {
    AnnealedSgld sgld = new AnnealedSgld(3, 0.4, 0.1, 1, 0, NONE, NONE);
    assertThat(sgld.stepSize(0)).isEqualTo(0.4);
    assertThat(sgld.stepSize(1)).isCloseTo(0.2, within(1e-12));
    assertThat(sgld.stepSize(2)).isCloseTo(0.1, within(1e-12));
    assertThat(sgld.noise(1)).isEqualTo(0.5);
    assertThat(sgld.noise(2)).isZero();
  }

  @Test
  void run_climbs_andTellsOfEveryStep_andLeavesWhatIsNotFree() {
    List<Double> told = new ArrayList<>();
    boolean[] free = {true, false, true, true};
    float[] x = run(new AnnealedSgld(40, 0.5, 0.1, 0, 0, NONE, NONE), new float[4], free, told);
    assertThat(x[0]).isCloseTo(1, within(1e-3f));
    assertThat(x[1]).isZero();
    assertThat(told).hasSize(41).isSorted();
  }

  @Test
  void run_ofNoSteps_leavesThePoints() {
    List<Double> told = new ArrayList<>();
    float[] x = {0, 1, 2, 3};
    assertThat(run(new AnnealedSgld(0, 1, 1, 1, 1, NONE, NONE), x, null, told))
        .containsExactly(0, 1, 2, 3);
    assertThat(told).containsExactly(-0.5);
  }

  @Test
  void noise_ofAPoint_dependsOnItsOwnGeneratorAlone() {
    AnnealedSgld sgld = new AnnealedSgld(5, 0.1, 0.1, 1, 1, NONE, NONE);
    float[] both = run(sgld, new float[4], null, new ArrayList<>());
    float[] second = new float[2];
    sgld.run(
        AnnealedSgldTest::towardsOne,
        second,
        new int[] {2},
        new SeededRandom[] {new SeededRandom(1, 2)},
        null,
        AnnealedSgld.RootOfPreconditioner.IDENTITY,
        (steps, scores) -> {});
    assertThat(second).containsExactly(both[2], both[3]);
    assertThat(second[0]).isNotEqualTo(both[0]);
  }

  @Test
  void clamps_boundStepsAndValues() {
    float[] x =
        run(new AnnealedSgld(1, 1, 1, 0, 0, 0.25, NONE), new float[4], null, new ArrayList<>());
    assertThat(x[0]).isEqualTo(0.25f);
    x = run(new AnnealedSgld(9, 1, 1, 0, 0, NONE, 0.5), new float[4], null, new ArrayList<>());
    assertThat(x[0]).isEqualTo(0.5f);
  }

  @Test
  void scoreThatIsNotFinite_endsTheRun() {
    AnnealedSgld sgld = new AnnealedSgld(5, 1, 1, 0, 0, NONE, NONE);
    assertThatThrownBy(
            () ->
                sgld.run(
                    (x, scores) -> {
                      scores[1] = Double.NaN;
                      return new float[x.length];
                    },
                    new float[4],
                    ENDS,
                    randoms(),
                    null,
                    AnnealedSgld.RootOfPreconditioner.IDENTITY,
                    (steps, scores) -> {}))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("after 0 steps the model gives log p(x) = NaN");
    assertThatThrownBy(() -> new AnnealedSgld(5, 0, 1, 0, 0, NONE, NONE))
        .hasMessage("the SGLD step size cannot be 0.0");
  }
}
