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

  /** A decision of confidence {@code c} between two classes, the first of which is chosen. */
  private static void add(Calibration calibration, double c, boolean right) {
    calibration.add(new double[] {c, 1 - c}, right ? 0 : 1);
  }

  @Test
  void report_handComputedValues() {
    Calibration calibration = new Calibration(5);
    calibration.add(new double[] {0.9, 0.05, 0.05}, 0);
    calibration.add(new double[] {0.95, 0.05, 0}, 1);
    calibration.add(new double[] {0.25, 0.5, 0.25}, 1);
    calibration.add(new double[] {0.4, 0.35, 0.25}, 2);
    CalibrationReport report = calibration.report();
    // Bins (0.8, 1]: accuracy 0.5, confidence 0.925; (0.4, 0.6]: 1 and 0.5; (0.2, 0.4]: 0 and 0.4.
    assertThat(report.ece()).isCloseTo(100 * (2 * 0.425 + 0.5 + 0.4) / 4, within(1e-12));
    assertThat(report.accuracy()).isEqualTo(50.0);
    assertThat(report.confidence()).isCloseTo(100 * 2.75 / 4, within(1e-12));
    assertThat(report.nll()).isCloseTo(-Math.log(0.9 * 0.05 * 0.5 * 0.25) / 4, within(1e-12));
    double first = 0.01 + 0.0025 + 0.0025;
    double second = 0.95 * 0.95 + 0.95 * 0.95;
    double third = 0.0625 + 0.25 + 0.0625;
    double fourth = 0.16 + 0.35 * 0.35 + 0.75 * 0.75;
    assertThat(report.brier()).isCloseTo((first + second + third + fourth) / 4, within(1e-12));
    assertThat(report.frames()).isEqualTo(4);
    assertThat(report.bins()).hasSize(5);
    assertThat(report.bins().get(4).frames()).isEqualTo(2);
    assertThat(report.bins().get(4).accuracy()).isEqualTo(0.5);
    assertThat(report.bins().get(4).confidence()).isCloseTo(0.925, within(1e-12));
  }

  @Test
  void report_classwiseErrorByHand() {
    Calibration calibration = new Calibration(2);
    calibration.add(new double[] {0.8, 0.2}, 0);
    calibration.add(new double[] {0.6, 0.4}, 1);
    calibration.add(new double[] {0.1, 0.9}, 1);
    // Class 0: bin (0.5, 1] holds 0.8 and 0.6 with one hit, bin [0, 0.5] holds 0.1 with none: gaps
    // 0.4 and 0.1. Class 1 mirrors it: 0.2 and 0.4 with one hit, 0.9 with one.
    assertThat(calibration.report().classwiseEce()).isCloseTo(100 * 0.5 / 3, within(1e-9));
    // Equal mass: {0.1, 0.6} and {0.8}: gaps 0.7 and 0.2; {0.2, 0.4} and {0.9}: 0.4 and 0.1.
    assertThat(calibration.report().classwiseEceEqualMass()).isCloseTo(100 * 0.7 / 3, within(1e-9));
  }

  @Test
  void report_binsOfEqualMassHoldAsManyEach() {
    Calibration calibration = new Calibration(4);
    Random random = new Random(5);
    for (int i = 0; i < 1000; i++) {
      add(calibration, 0.5 + 0.5 * Math.sqrt(random.nextDouble()), random.nextBoolean());
    }
    List<CalibrationReport.Bin> bins = calibration.report().massBins();
    assertThat(bins).hasSize(4);
    double before = 0;
    for (CalibrationReport.Bin bin : bins) {
      assertThat(bin.frames()).isBetween(240L, 260L);
      assertThat(bin.lower()).isCloseTo(before, within(1e-9));
      assertThat(bin.confidence()).isBetween(bin.lower(), bin.upper());
      before = bin.upper();
    }
    assertThat(before).isGreaterThan(0.999);
    double gaps = bins.stream().mapToDouble(b -> Math.abs(b.accuracy() - b.confidence())).sum() / 4;
    assertThat(calibration.report().eceEqualMass()).isCloseTo(100 * gaps, within(0.5));
  }

  @Test
  void add_edgesBelongToTheBinBelow() {
    Calibration calibration = new Calibration(4);
    calibration.add(new double[] {0}, 0);
    calibration.add(new double[] {0.25}, 0);
    calibration.add(new double[] {0.5}, 0);
    calibration.add(new double[] {1}, 0);
    assertThat(calibration.report().bins())
        .extracting(CalibrationReport.Bin::frames)
        .containsExactly(2L, 1L, 0L, 1L);
  }

  @Test
  void report_perfectlyCalibratedDecisionsHaveNoError() {
    Calibration calibration = new Calibration(10);
    for (int i = 0; i < 1000; i++) {
      add(calibration, 0.75, i % 4 != 0);
    }
    assertThat(calibration.report().ece()).isCloseTo(0, within(1e-9));
    assertThat(calibration.report().eceEqualMass()).isCloseTo(0, within(1e-9));
    assertThat(calibration.report().classwiseEceEqualMass()).isCloseTo(0, within(1e-9));
  }

  @Test
  void add_impossiblePosteriorCostsAtMostTheFloor() {
    Calibration calibration = new Calibration(1);
    add(calibration, 1, false);
    assertThat(calibration.report().nll()).isCloseTo(-Math.log(1e-20), within(1e-9));
    assertThat(calibration.report().brier()).isEqualTo(2);
  }

  @Test
  void arguments_outOfRangeAreNamed() {
    assertThatThrownBy(() -> new Calibration(0)).hasMessageContaining("is 0");
    assertThatThrownBy(() -> new Calibration(3).add(new double[] {1.5}, 0))
        .hasMessageContaining("1.5");
    assertThatThrownBy(() -> new Calibration(3).add(new double[] {Double.NaN}, 0))
        .hasMessageContaining("NaN");
  }

  @Test
  void page_showsAllMeasures() {
    Calibration calibration = new Calibration(3);
    add(calibration, 0.9, true);
    assertThat(CalibrationPage.html("a <model>", calibration.report()))
        .contains("a &lt;model&gt;", "Brier", "classwise", "<svg ", "equal mass");
  }

  @Test
  void defaultBins_isFifteen() {
    assertThat(Calibration.DEFAULT_BINS).isEqualTo(15);
  }

  @Test
  void interval_isWilsons() {
    // 8 of 10: 0.4902 to 0.9433 (Agresti and Coull, 1998, and R's prop.test without correction).
    BinomialInterval interval = BinomialInterval.of(0.8, 10);
    assertThat(interval.low()).isCloseTo(0.4902, within(5e-5));
    assertThat(interval.high()).isCloseTo(0.9433, within(5e-5));
    assertThat(BinomialInterval.of(1, 5).high()).isEqualTo(1);
    assertThat(BinomialInterval.of(0, 5).low()).isZero();
  }

  @Test
  void diagram_isAReadablePng() throws Exception {
    List<ReliabilityDiagram.Panel> panels = new ArrayList<>();
    Random random = new Random(1);
    for (String title : List.of("baseline", "ST-JEM", "empty bins")) {
      Calibration calibration = new Calibration(15);
      for (int i = 0; i < 2000; i++) {
        double confidence = title.startsWith("e") ? 0.97 : 0.5 + 0.5 * random.nextDouble();
        add(calibration, confidence, random.nextDouble() < confidence * confidence);
      }
      panels.add(new ReliabilityDiagram.Panel(title, calibration.report()));
    }
    byte[] png = ReliabilityDiagram.of(panels, 2).png();
    var image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getWidth()).isEqualTo(2 * 400);
    assertThat(image.getHeight()).isEqualTo(2 * 430);
  }
}
