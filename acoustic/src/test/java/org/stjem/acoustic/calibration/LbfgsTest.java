package org.stjem.acoustic.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LbfgsTest {
  @Test
  void minimise_findsTheBottomOfRosenbrocksValley() {
    double[] best =
        Lbfgs.minimise(
            (x, gradient) -> {
              double a = 1 - x[0];
              double b = x[1] - x[0] * x[0];
              gradient[0] = -2 * a - 400 * x[0] * b;
              gradient[1] = 200 * b;
              return a * a + 100 * b * b;
            },
            new double[] {-1.2, 1},
            200,
            1e-14);
    assertThat(best).containsExactly(new double[] {1, 1}, within(1e-5));
  }

  @Test
  void minimise_staysWhereTheGradientIsZero() {
    double[] best = Lbfgs.minimise((x, gradient) -> 3, new double[] {0.5}, 10, 1e-9);
    assertThat(best).containsExactly(0.5);
  }
}
