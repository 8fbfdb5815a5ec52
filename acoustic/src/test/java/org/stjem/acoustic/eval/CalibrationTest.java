package org.stjem.acoustic.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  @Test
  void report_handComputedValues() {
    Calibration calibration = new Calibration(5);
    calibration.add(0.9, true, 0.9);
    calibration.add(0.95, false, 0.05);
    calibration.add(0.5, true, 0.5);
    calibration.add(0.3, false, 0.25);
    CalibrationReport report = calibration.report();
    // Bins (0.8, 1]: accuracy 0.5, confidence 0.925; (0.4, 0.6]: 1 and 0.5; (0.2, 0.4]: 0 and 0.3.
    assertThat(report.ece()).isCloseTo(100 * (2 * 0.425 + 1 * 0.5 + 1 * 0.3) / 4, within(1e-12));
    assertThat(report.accuracy()).isEqualTo(50.0);
    assertThat(report.confidence()).isCloseTo(100 * 2.65 / 4, within(1e-12));
    assertThat(report.nll()).isCloseTo(-Math.log(0.9 * 0.05 * 0.5 * 0.25) / 4, within(1e-12));
    assertThat(report.frames()).isEqualTo(4);
    assertThat(report.bins()).hasSize(5);
    assertThat(report.bins().get(4).frames()).isEqualTo(2);
    assertThat(report.bins().get(4).accuracy()).isEqualTo(0.5);
    assertThat(report.bins().get(4).confidence()).isCloseTo(0.925, within(1e-12));
  }

  @Test
  void add_edgesBelongToTheBinBelow() {
    Calibration calibration = new Calibration(4);
    calibration.add(0, false, 0);
    calibration.add(0.25, true, 0.25);
    calibration.add(0.5, true, 0.5);
    calibration.add(1, true, 1);
    assertThat(calibration.report().bins())
        .extracting(CalibrationReport.Bin::frames)
        .containsExactly(2L, 1L, 0L, 1L);
  }

  @Test
  void add_inPartsEqualsTheWhole() {
    Random random = new Random(7);
    Calibration whole = new Calibration(Calibration.DEFAULT_BINS);
    Calibration sum = new Calibration(Calibration.DEFAULT_BINS);
    for (int part = 0; part < 3; part++) {
      Calibration piece = new Calibration(Calibration.DEFAULT_BINS);
      for (int i = 0; i < 50; i++) {
        double confidence = random.nextDouble();
        boolean right = random.nextBoolean();
        whole.add(confidence, right, right ? confidence : 1 - confidence);
        piece.add(confidence, right, right ? confidence : 1 - confidence);
      }
      sum.add(piece);
    }
    assertThat(sum.report().ece()).isCloseTo(whole.report().ece(), within(1e-10));
    assertThat(sum.report().nll()).isCloseTo(whole.report().nll(), within(1e-10));
    assertThat(sum.report().frames()).isEqualTo(150);
  }

  @Test
  void report_perfectlyCalibratedDecisionsHaveNoError() {
    Calibration calibration = new Calibration(10);
    for (int i = 0; i < 1000; i++) {
      calibration.add(0.75, i % 4 != 0, 0.75);
    }
    assertThat(calibration.report().ece()).isCloseTo(0, within(1e-9));
  }

  @Test
  void add_impossiblePosteriorCostsAtMostTheFloor() {
    Calibration calibration = new Calibration(1);
    calibration.add(1, false, 0);
    assertThat(calibration.report().nll()).isCloseTo(-Math.log(1e-20), within(1e-9));
  }

  @Test
  void arguments_outOfRangeAreNamed() {
    assertThatThrownBy(() -> new Calibration(0)).hasMessageContaining("is 0");
    assertThatThrownBy(() -> new Calibration(3).add(1.5, true, 0.5)).hasMessageContaining("1.5");
    assertThatThrownBy(() -> new Calibration(3).add(0.5, true, Double.NaN))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Calibration(3).add(new Calibration(4)))
        .hasMessageContaining("4 bins");
  }

  @Test
  void defaultBins_isFifteen() {
    assertThat(Calibration.DEFAULT_BINS).isEqualTo(15);
  }

  @Test
  void diagram_isAReadablePng() throws Exception {
    List<ReliabilityDiagram.Panel> panels = new ArrayList<>();
    Random random = new Random(1);
    for (String title : List.of("baseline", "ST-JEM", "empty bins")) {
      Calibration calibration = new Calibration(15);
      for (int i = 0; i < 2000; i++) {
        double confidence = title.startsWith("e") ? 0.97 : Math.sqrt(random.nextDouble());
        calibration.add(confidence, random.nextDouble() < confidence * confidence, confidence);
      }
      panels.add(new ReliabilityDiagram.Panel(title, calibration.report()));
    }
    byte[] png = ReliabilityDiagram.png(panels, 2);
    var image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(2 * 380);
    assertThat(image.getHeight()).isEqualTo(2 * 380);
  }
}
