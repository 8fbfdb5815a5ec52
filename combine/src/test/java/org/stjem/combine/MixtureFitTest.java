package org.stjem.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.kaldi.FloatMatrix;

class MixtureFitTest {
  private static final DensityPooling FRAME = new DensityPooling(1);

  /**
   * Frames of two models; the one that is right knows the pdf, the other guesses. Which one is
   * right is drawn by the log-odds b + β·(s_1 − s_2).
   */
  private static MixtureFit frames(double b, double scale) {
    Random random = new Random(11);
    MixtureFit fit = new MixtureFit(2, FRAME);
    int frames = 20_000;
    FloatMatrix first = new FloatMatrix(frames, 4);
    FloatMatrix second = new FloatMatrix(frames, 4);
    int[] pdfs = new int[frames];
    for (int t = 0; t < frames; t++) {
      pdfs[t] = random.nextInt(4);
      double s1 = 5 + 2 * random.nextGaussian();
      double s2 = -3 + 2 * random.nextGaussian();
      boolean isFirst = random.nextDouble() < 1 / (1 + Math.exp(-b - scale * (s1 - s2)));
      fill(first, t, s1, isFirst ? pdfs[t] : random.nextInt(4));
      fill(second, t, s2, isFirst ? random.nextInt(4) : pdfs[t]);
    }
    fit.add(List.of(first, second), pdfs);
    return fit;
  }

  /** A row of density s whose posterior is 0.97 at {@code pdf}. */
  private static void fill(FloatMatrix logits, int t, double s, int pdf) {
    for (int y = 0; y < 4; y++) {
      logits.set(t, y, (float) (s + Math.log(y == pdf ? 0.97 : 0.01)));
    }
  }

  @Test
  void fit_findsOffsetsAndScale() {
    MixtureFit.Solution found = frames(-4, 0.5).fit(true);
    assertThat(found.densityScale()).isCloseTo(0.5, within(0.03));
    assertThat(found.offsets()[0] - found.offsets()[1]).isCloseTo(-4, within(0.25));
    assertThat(found.after()).isGreaterThan(found.before());
  }

  @Test
  void fit_withoutScaleKeepsOne() {
    MixtureFit.Solution found = frames(-8, 1).fit(false);
    assertThat(found.densityScale()).isEqualTo(1);
    assertThat(found.offsets()[0] - found.offsets()[1]).isCloseTo(-8, within(0.25));
  }

  @Test
  void solution_isOneMixtureWhicheverConstantsCarryIt() {
    MixtureFit.Solution found = new MixtureFit.Solution(new double[] {1, -1}, 2, 0, 0);
    double[] logZ = found.logZ(new double[] {3, 1});
    double[] weights = found.weights(new double[] {0.5, -0.5});
    assertThat(Math.log(0.75) - 2 * logZ[0] - (Math.log(0.25) - 2 * logZ[1]))
        .isCloseTo(2, within(1e-9));
    assertThat(Math.log(weights[0] / weights[1]) - 2 * (0.5 + 0.5)).isCloseTo(2, within(1e-9));
    assertThat(weights[0] + weights[1]).isCloseTo(1, within(1e-12));
  }

  @Test
  void fit_whereDensitiesMislead_takesWeightsAlone() {
    MixtureFit fit = new MixtureFit(2, FRAME);
    // The model of the lower density is right, the first of them three times out of four.
    for (int u = 0; u < 40; u++) {
      FloatMatrix sure = new FloatMatrix(1, 2, new float[] {2, -2});
      FloatMatrix wrong = new FloatMatrix(1, 2, new float[] {5, 9});
      fit.add(u % 4 == 3 ? List.of(wrong, sure) : List.of(sure, wrong), new int[] {0});
    }
    MixtureFit.Solution found = fit.fit(true);
    assertThat(found.densityScale()).isZero();
    double[] weights = found.weights(new double[2]);
    assertThat(weights[0]).isGreaterThan(0.7);
    assertThat(weights[0] + weights[1]).isCloseTo(1, within(1e-12));
    assertThat(found.after()).isGreaterThan(found.before());
  }

  @Test
  void fit_ofDomainsSeparatesThem() {
    MixtureFit fit = new MixtureFit(2, new DensityPooling(0));
    for (int u = 0; u < 40; u++) {
      FloatMatrix a = new FloatMatrix(3, 2);
      FloatMatrix b = new FloatMatrix(3, 2);
      a.data()[0] = 3 + u % 2 * 4 + u * 0.01f;
      b.data()[0] = 9;
      fit.add(List.of(a, b), u % 4 == 3 ? u % 2 : 1 - u % 2);
    }
    MixtureFit.Solution found = fit.fit(true);
    assertThat(found.after()).isGreaterThan(found.before());
    assertThat(fit.size()).isEqualTo(120);
  }

  @Test
  void add_unusableUtterancesAreNamed() {
    MixtureFit fit = new MixtureFit(2, FRAME);
    FloatMatrix row = new FloatMatrix(1, 2);
    FloatMatrix bad = new FloatMatrix(1, 2, new float[] {Float.NaN, 0});
    assertThatThrownBy(() -> fit.fit(true)).hasMessageContaining("no frames");
    assertThatThrownBy(() -> fit.add(List.of(row, row), new int[] {2}))
        .hasMessageContaining("pdf-id 2");
    assertThatThrownBy(() -> fit.add(List.of(row, row), new int[9]))
        .hasMessageContaining("the alignment 9");
    assertThatThrownBy(() -> fit.add(List.of(row, bad), new int[] {0})).hasMessageContaining("NaN");
    assertThat(fit.size()).isZero();
  }
}
