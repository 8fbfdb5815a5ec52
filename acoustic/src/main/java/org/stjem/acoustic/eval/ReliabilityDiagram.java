package org.stjem.acoustic.eval;

import java.util.List;
import java.util.Locale;
import org.stjem.acoustic.plot.Chart;
import org.stjem.acoustic.plot.Drawing;

/**
 * Reliability diagrams: per confidence bin the accuracy as a bar with its 95 % interval, its gap to
 * the mean confidence, in the colour of its sign, and the diagonal of perfect calibration.
 */
public final class ReliabilityDiagram {
  private static final int WIDTH = 400;
  private static final int HEIGHT = 430;
  private static final int ACCURACY = 0x3B6FB6;
  private static final int OVER = 0xEEADA5;
  private static final int UNDER = 0x7FC48A;
  private static final int INTERVAL = 0x22303F;
  private static final int SHARE = 0xF0A81E;
  private static final double STROKE = 2;

  /**
   * One diagram of a picture.
   *
   * @param title text above it
   * @param report what it shows
   */
  public record Panel(String title, CalibrationReport report) {}

  private ReliabilityDiagram() {}

  /**
   * A picture of several diagrams, filled row by row.
   *
   * @param panels the diagrams, at least one
   * @param columns how many stand side by side
   */
  public static Drawing of(List<Panel> panels, int columns) {
    int rows = (panels.size() + columns - 1) / columns;
    Drawing drawing = new Drawing(columns * WIDTH, rows * HEIGHT);
    for (int i = 0; i < panels.size(); i++) {
      double left = (double) (i % columns) * WIDTH;
      double top = (double) (i / columns) * HEIGHT;
      chart(panels.get(i)).draw(drawing, left, top, WIDTH, HEIGHT);
    }
    return drawing;
  }

  private static Chart chart(Panel panel) {
    CalibrationReport report = panel.report();
    Chart chart =
        new Chart(String.format(Locale.ROOT, "%s: ECE %.1f %%", panel.title(), report.ece()))
            .subtitle(String.format(Locale.ROOT, "%,d decisions", report.frames()))
            .axes("confidence, %", "accuracy, %")
            .horizontal(0, 100)
            .vertical(0, 100, false)
            .legend("accuracy", ACCURACY)
            .legend("overconfident", OVER)
            .legend("underconfident", UNDER);
    for (CalibrationReport.Bin bin : report.bins()) {
      if (bin.frames() > 0) {
        bar(chart, "accuracy", ACCURACY, bin, 0, bin.accuracy());
        if (bin.confidence() > bin.accuracy()) {
          bar(chart, "overconfident", OVER, bin, bin.accuracy(), bin.confidence());
        } else {
          bar(chart, "underconfident", UNDER, bin, bin.confidence(), bin.accuracy());
        }
      }
    }
    for (CalibrationReport.Bin bin : report.bins()) {
      if (bin.frames() > 0) {
        BinomialInterval interval = bin.interval();
        double middle = 50 * (bin.lower() + bin.upper());
        double[] ends = {100 * interval.low(), 100 * interval.high()};
        chart.curve(
            "95 % interval", INTERVAL, new double[] {middle, middle}, ends, STROKE / 2, false);
      }
    }
    double[] diagonal = {0, 100};
    chart.dashed("perfect", Chart.BLACK, diagonal, diagonal);
    shareOfAll(chart, report);
    return chart;
  }

  private static void bar(
      Chart chart, String name, int colour, CalibrationReport.Bin bin, double from, double to) {
    chart.bar(name, colour, 100 * bin.lower(), 100 * bin.upper(), 100 * from, 100 * to);
  }

  /** The share of decisions per bin, which is the weight of the bin's gap in the ECE. */
  private static void shareOfAll(Chart chart, CalibrationReport report) {
    int n = report.bins().size();
    double[] x = new double[2 * n];
    double[] y = new double[2 * n];
    for (int i = 0; i < n; i++) {
      CalibrationReport.Bin bin = report.bins().get(i);
      x[2 * i] = 100 * bin.lower();
      x[2 * i + 1] = 100 * bin.upper();
      y[2 * i] = 100.0 * bin.frames() / report.frames();
      y[2 * i + 1] = y[2 * i];
    }
    chart.curve("share of all", SHARE, x, y, STROKE, false);
  }
}
