package org.stjem.acoustic.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.FrameCalibration;
import org.stjem.acoustic.eval.ScoreKind;
import org.stjem.frontend.kaldi.FloatMatrix;

class ScalingFitTest {
  private static final int PDFS = 5;

  /** Frames whose labels are drawn from softmax(a_y f_y + b_y). */
  private static HeldOutFrames frames(int n, double[] a, double[] b, FloatMatrix logits) {
    Random random = new Random(3);
    int[] labels = new int[n];
    for (int t = 0; t < n; t++) {
      double[] scores = new double[PDFS];
      for (int y = 0; y < PDFS; y++) {
        logits.set(t, y, (float) (3 * random.nextGaussian()));
        scores[y] = a[y] * logits.get(t, y) + b[y];
      }
      double left = random.nextDouble();
      double norm = LogSumExp.of(scores);
      for (int y = 0; y < PDFS && left >= 0; y++) {
        labels[t] = y;
        left -= Math.exp(scores[y] - norm);
      }
    }
    HeldOutFrames frames = new HeldOutFrames(n, 1);
    frames.add(logits, labels);
    return frames;
  }

  private static double ece(FloatMatrix logits, HeldOutFrames frames) {
    int[] labels = new int[frames.size()];
    for (int t = 0; t < labels.length; t++) {
      labels[t] = frames.label(t);
    }
    FrameCalibration measured = new FrameCalibration(Calibration.DEFAULT_BINS, ScoreKind.LOGITS);
    measured.add(logits, labels);
    return measured.report().ece();
  }

  @Test
  void temperature_isFoundByEitherCriterionAndMendsTheCalibration() {
    FloatMatrix logits = new FloatMatrix(20_000, PDFS);
    double[] half = {0.5, 0.5, 0.5, 0.5, 0.5};
    HeldOutFrames frames = frames(20_000, half, new double[PDFS], logits);
    for (ScalingFit.Criterion criterion : ScalingFit.Criterion.values()) {
      PosteriorScaling scaling = ScalingFit.temperature(frames, criterion);
      assertThat(scaling.factors()).hasSize(1);
      assertThat(scaling.factors()[0]).as(criterion.toString()).isCloseTo(0.5, within(0.02));
      assertThat(ece(logits, frames)).isGreaterThan(10);
      assertThat(ece(scaling.apply(logits), frames)).isLessThan(1.5);
    }
  }

  @Test
  void vector_findsFactorsAndOffsets() {
    double[] a = {0.4, 0.6, 0.5, 0.5, 0.8};
    double[] b = {1, -1, 0, 0.5, -0.5};
    FloatMatrix logits = new FloatMatrix(20_000, PDFS);
    HeldOutFrames frames = frames(20_000, a, b, logits);
    PosteriorScaling scaling = ScalingFit.vector(frames, 1e-6);
    assertThat(scaling.factors()).containsExactly(a, within(0.05));
    double shift = scaling.offsets()[2];
    for (int y = 0; y < PDFS; y++) {
      assertThat(scaling.offsets()[y] - shift).isCloseTo(b[y], within(0.15));
    }
    assertThat(ScalingFit.vector(frames, 100).factors()[4])
        .as("a strong penalty gives temperature scaling")
        .isCloseTo(
            ScalingFit.temperature(frames, ScalingFit.Criterion.LIKELIHOOD).factors()[0],
            within(0.01));
  }

  @Test
  void apply_leavesTheDensityAndTheOrderOfAFrame() {
    FloatMatrix logits =
        new FloatMatrix(2, 3, new float[] {4, 1, -2, 100, Float.NEGATIVE_INFINITY, 99});
    FloatMatrix scaled = PosteriorScaling.ofTemperature(2, Map.of()).apply(logits);
    for (int t = 0; t < 2; t++) {
      assertThat(LogSumExp.of(scaled.data(), 3 * t, 3))
          .isCloseTo(LogSumExp.of(logits.data(), 3 * t, 3), within(1e-5));
    }
    assertThat(scaled.get(0, 0) - scaled.get(0, 1)).isCloseTo(1.5f, within(1e-5f));
    assertThat(scaled.get(1, 1)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(logits.get(0, 0)).isEqualTo(4);
  }

  @Test
  void file_isReadAsWrittenAndDamageIsNamed(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("calibration.json");
    PosteriorScaling.ofVectors(new double[] {1, 2}, new double[] {0, -1}, Map.of("l2", "0"))
        .write(file);
    PosteriorScaling read = PosteriorScaling.read(file);
    assertThat(read.factors()).containsExactly(1, 2);
    assertThat(read.offsets()).containsExactly(0, -1);
    assertThatThrownBy(() -> read.apply(new FloatMatrix(1, 3)))
        .hasMessageContaining("of 2 pdfs, the logits of 3");
    Files.writeString(file, "{\"formatVersion\":1,\"factors\":[-1],\"offsets\":[]}");
    assertThatThrownBy(() -> PosteriorScaling.read(file)).hasMessageContaining("factor -1.0");
    Files.writeString(file, "{\"formatVersion\":1,\"factors\":[1],\"offsets\":[0]}");
    assertThatThrownBy(() -> PosteriorScaling.read(file)).hasMessageContaining("one factor, or");
    Files.writeString(file, "{\"formatVersion\":2}");
    assertThatThrownBy(() -> PosteriorScaling.read(file)).hasMessageContaining("version 2");
    Files.writeString(file, "[]");
    assertThatThrownBy(() -> PosteriorScaling.read(file)).hasMessageContaining("not a calibration");
  }

  @Test
  void frames_ofMoreThanTheyHoldAreASample() {
    HeldOutFrames frames = new HeldOutFrames(100, 7);
    FloatMatrix logits = new FloatMatrix(1000, 2);
    int[] labels = new int[1000];
    for (int t = 0; t < 1000; t++) {
      logits.set(t, 0, t);
      labels[t] = t % 2;
    }
    frames.add(logits, labels);
    assertThat(frames.size()).isEqualTo(100);
    double mean = 0;
    for (int t = 0; t < 100; t++) {
      assertThat(frames.label(t)).isEqualTo((int) frames.row(t)[0] % 2);
      mean += frames.row(t)[0] / 100;
    }
    assertThat(mean).isBetween(400.0, 600.0);
  }

  @Test
  void frames_thatCannotBeUsedAreNamed() {
    HeldOutFrames frames = new HeldOutFrames(10, 1);
    assertThatThrownBy(() -> ScalingFit.temperature(frames, ScalingFit.Criterion.LIKELIHOOD))
        .hasMessageContaining("no frames");
    assertThatThrownBy(() -> frames.add(new FloatMatrix(1, 2), new int[] {2}))
        .hasMessageContaining("pdf-id 2");
    assertThatThrownBy(() -> frames.add(new FloatMatrix(1, 2), new int[6]))
        .hasMessageContaining("1 frames, the alignment 6");
    assertThatThrownBy(
            () -> frames.add(new FloatMatrix(1, 1, new float[] {Float.NaN}), new int[] {0}))
        .hasMessageContaining("NaN");
  }
}
