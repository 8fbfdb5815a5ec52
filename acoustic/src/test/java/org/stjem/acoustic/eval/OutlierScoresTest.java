package org.stjem.acoustic.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.DensityScores;

class OutlierScoresTest {
  private static final float[] FAMILIAR = {9, 0, 8, 0};
  private static final float[] STRANGE = {1, 1, 0, 9};

  private static OutlierScores of(float[] logits, float... norms) {
    OutlierScores scores = new OutlierScores();
    scores.add(logits, new DensityScores(logits, norms).logDensities(), norms);
    return scores;
  }

  private static void addMean(OutlierScores scores, float[] logits, float... norms) {
    scores.addMean(logits, new DensityScores(logits, norms).logDensities(), norms);
  }

  /**
   * Of four pairs log p(x) has two right and one tie, the posterior likewise, the norm two right.
   */
  @Test
  void against_givesTheAreaOfEachScore() {
    OutlierTable.Row row = of(FAMILIAR, 1, 2).against("strange", of(STRANGE, 3, 0));
    assertThat(row.name()).isEqualTo("strange");
    assertThat(row.count()).isEqualTo(2);
    assertThat(row.logDensity()).isEqualTo(2.5 / 4);
    assertThat(row.maxPosterior()).isEqualTo(2.5 / 4);
    assertThat(row.gradient()).isEqualTo(2.0 / 4);
  }

  @Test
  void addMean_makesOneItemOfTheMeanScores() {
    OutlierScores familiar = new OutlierScores();
    addMean(familiar, FAMILIAR, 1, 2);
    OutlierScores strange = new OutlierScores();
    addMean(strange, STRANGE, 3, 0.1f);
    assertThat(familiar.size()).isOne();
    OutlierTable.Row row = familiar.against("strange", strange);
    assertThat(row.logDensity()).isOne();
    assertThat(row.maxPosterior()).isOne();
    assertThat(row.gradient()).as("mean norms 1.5 and 1.55").isOne();
  }

  @Test
  void addMeans_makesAnItemOfEachWholeStretch() {
    OutlierScores scores = new OutlierScores();
    addMeans(scores, 2, 0, 0, 2, 4, 100);
    addMeans(scores, 2, 7);
    assertThat(scores.size()).as("0 and 3, without 100; and 7 alone").isEqualTo(3);
    for (float norm : new float[] {-1, 1, 4, 8}) {
      OutlierScores one = new OutlierScores();
      addMeans(one, 1, norm);
      double lower = norm < 0 ? 0 : norm < 3 ? 1 : norm < 7 ? 2 : 3;
      assertThat(scores.against("one", one).gradient()).as("%s", norm).isEqualTo(lower / 3);
    }
  }

  private static void addMeans(OutlierScores scores, int length, float... norms) {
    float[] logits = new float[2 * norms.length];
    scores.addMeans(logits, new DensityScores(logits, norms).logDensities(), norms, length);
  }
}
