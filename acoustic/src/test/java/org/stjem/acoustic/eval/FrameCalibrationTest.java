package org.stjem.acoustic.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class FrameCalibrationTest {
  private static final float MINUS_INFINITY = Float.NEGATIVE_INFINITY;

  private static FloatMatrix logs(double... posteriors) {
    float[] row = new float[posteriors.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) Math.log(posteriors[i]);
    }
    return new FloatMatrix(1, row.length, row);
  }

  @Test
  void add_softmaxOfLogitsIgnoresTheirOffset() {
    FloatMatrix scores = logs(0.2, 0.7, 0.1);
    FloatMatrix shifted = logs(0.2, 0.7, 0.1);
    for (int i = 0; i < 3; i++) {
      shifted.data()[i] += 3000;
    }
    for (FloatMatrix matrix : new FloatMatrix[] {scores, shifted}) {
      FrameCalibration calibration = new FrameCalibration(10, ScoreKind.LOGITS);
      calibration.add(matrix, new int[] {1});
      CalibrationReport report = calibration.report();
      assertThat(report.confidence()).isCloseTo(70, within(0.02));
      assertThat(report.ece()).isCloseTo(30, within(0.02));
      assertThat(report.accuracy()).isEqualTo(100);
      assertThat(report.nll()).isCloseTo(-Math.log(0.7), within(3e-4));
    }
  }

  @Test
  void add_posteriorsAndLogPosteriorsAgree() {
    FrameCalibration posteriors = new FrameCalibration(10, ScoreKind.POSTERIORS);
    posteriors.add(new FloatMatrix(1, 3, new float[] {0.2f, 0.8f, 0}), new int[] {0});
    FrameCalibration logPosteriors = new FrameCalibration(10, ScoreKind.LOG_POSTERIORS);
    logPosteriors.add(logs(0.2, 0.8, 0), new int[] {0});
    assertThat(posteriors.report().ece()).isCloseTo(80, within(1e-4));
    assertThat(logPosteriors.report().ece()).isCloseTo(80, within(1e-4));
    assertThat(logPosteriors.report().nll()).isCloseTo(posteriors.report().nll(), within(1e-6));
  }

  @Test
  void ofLogLikelihoods_addsThePriorBack() {
    double[] counts = {10, 30, 60, 0};
    float[] row = new float[4];
    double[] posterior = {0.5, 0.3, 0.2};
    for (int y = 0; y < 3; y++) {
      row[y] = (float) (Math.log(posterior[y]) - 0.8 * Math.log(counts[y] / 100) + 5);
    }
    row[3] = -1.8e19f;
    FrameCalibration calibration = FrameCalibration.ofLogLikelihoods(10, counts, 0.8);
    calibration.add(new FloatMatrix(1, 4, row), new int[] {0});
    assertThat(calibration.report().confidence()).isCloseTo(50, within(1e-3));
    assertThat(calibration.report().nll()).isCloseTo(-Math.log(0.5), within(1e-5));
  }

  @Test
  void ofLogLikelihoods_withoutPriorScaleIsTheSoftmax() {
    FrameCalibration calibration = FrameCalibration.ofLogLikelihoods(10, new double[] {5, 0}, 0);
    calibration.add(logs(0.25, 0.75), new int[] {1});
    assertThat(calibration.report().confidence()).isCloseTo(75, within(1e-4));
  }

  @Test
  void add_lengthsMayDifferByFour() {
    FrameCalibration calibration = new FrameCalibration(10, ScoreKind.LOGITS);
    calibration.add(new FloatMatrix(10, 3), new int[6]);
    calibration.add(new FloatMatrix(6, 3), new int[10]);
    assertThat(calibration.report().frames()).isEqualTo(12);
    assertThatThrownBy(() -> calibration.add(new FloatMatrix(10, 3), new int[5]))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("10 frames, the alignment 5");
    assertThat(calibration.report().frames()).isEqualTo(12);
  }

  @Test
  void add_badUtterancesLeaveNothingBehind() {
    FrameCalibration calibration = new FrameCalibration(10, ScoreKind.LOGITS);
    calibration.add(logs(0.4, 0.6), new int[] {1});
    assertThatThrownBy(() -> calibration.add(new FloatMatrix(2, 2), new int[] {0, 2}))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("frame 1 is aligned to pdf-id 2")
        .hasMessageContaining("0 … 1");
    FloatMatrix nan = new FloatMatrix(1, 2, new float[] {0, Float.NaN});
    assertThatThrownBy(() -> calibration.add(nan, new int[] {0}))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("frame 0");
    FloatMatrix empty = new FloatMatrix(1, 2, new float[] {MINUS_INFINITY, MINUS_INFINITY});
    assertThatThrownBy(() -> calibration.add(empty, new int[] {0}))
        .isInstanceOf(StjemException.class);
    assertThat(calibration.report().frames()).isEqualTo(1);
  }

  @Test
  void classCounts_thatDoNotFitAreNamed() {
    assertThatThrownBy(() -> FrameCalibration.ofLogLikelihoods(10, new double[2], 1))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("all 2 class counts are zero");
    FrameCalibration calibration = FrameCalibration.ofLogLikelihoods(10, new double[] {1, 2}, 1);
    assertThatThrownBy(() -> calibration.add(new FloatMatrix(1, 3), new int[1]))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("3 columns, the class counts 2");
  }
}
