package org.stjem.acoustic.eval;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Reliability diagrams: per confidence bin the accuracy as a bar, its gap to the mean confidence,
 * in the colour of its sign, and the diagonal of perfect calibration. Works without a display.
 */
public final class ReliabilityDiagram {
  private static final int SIDE = 380;
  private static final Color ACCURACY = new Color(0x3B, 0x6F, 0xB6);
  private static final Color OVER = new Color(0xEE, 0xAD, 0xA5);
  private static final Color UNDER = new Color(0x7F, 0xC4, 0x8A);
  private static final Color FRAMES = new Color(0xF0, 0xA8, 0x1E);

  private static final BasicStroke SOLID = new BasicStroke(2);
  private static final BasicStroke DASHED =
      new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {4, 3}, 0);

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
   * @return the bytes of a PNG file
   */
  public static byte[] png(List<Panel> panels, int columns) {
    int rows = (panels.size() + columns - 1) / columns;
    BufferedImage picture =
        new BufferedImage(columns * SIDE, rows * SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = picture.createGraphics();
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    for (int i = 0; i < panels.size(); i++) {
      BufferedImage diagram = BitmapEncoder.getBufferedImage(chart(panels.get(i)));
      canvas.drawImage(diagram, i % columns * SIDE, i / columns * SIDE, null);
    }
    canvas.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static XYChart chart(Panel panel) {
    CalibrationReport report = panel.report();
    XYChart chart =
        new XYChartBuilder()
            .width(SIDE)
            .height(SIDE)
            .title(String.format(Locale.ROOT, "%s: ECE %.1f %%", panel.title(), report.ece()))
            .xAxisTitle("confidence, %")
            .yAxisTitle("accuracy, %")
            .build();
    XYStyler styler = chart.getStyler();
    styler.setXAxisMin(0.0).setXAxisMax(100.0).setXAxisTickMarkSpacingHint(50);
    styler.setYAxisMin(0.0).setYAxisMax(100.0).setYAxisTickMarkSpacingHint(50);
    styler.setPlotGridLinesVisible(false);
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    styler.setPlotContentSize(0.97);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
    styler.setLegendPosition(Styler.LegendPosition.InsideNW);
    styler.setLegendPadding(4);
    styler.setLegendSeriesLineLength(18);
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    for (CalibrationReport.Bin bin : report.bins()) {
      if (bin.frames() > 0) {
        bar(chart, "accuracy", bin, 0, bin.accuracy(), ACCURACY);
        if (bin.confidence() > bin.accuracy()) {
          bar(chart, "overconfident", bin, bin.accuracy(), bin.confidence(), OVER);
        } else {
          bar(chart, "underconfident", bin, bin.confidence(), bin.accuracy(), UNDER);
        }
      }
    }
    line(chart, "perfect", new double[] {0, 100}, new double[] {0, 100}, Color.BLACK, DASHED);
    shareOfFrames(chart, report);
    return chart;
  }

  /** The share of frames per bin, which is the weight of the bin's gap in the ECE. */
  private static void shareOfFrames(XYChart chart, CalibrationReport report) {
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
    line(chart, "share of all", x, y, FRAMES, SOLID);
  }

  private static void line(
      XYChart chart, String name, double[] x, double[] y, Color colour, BasicStroke stroke) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(colour);
    series.setLineStyle(stroke);
  }

  private static void bar(
      XYChart chart, String name, CalibrationReport.Bin bin, double from, double to, Color colour) {
    double left = 100 * bin.lower();
    double right = 100 * bin.upper();
    double[] x = {left, left, right, right, left};
    double[] y = {100 * from, 100 * to, 100 * to, 100 * from, 100 * from};
    boolean first = chart.getSeries(name) == null;
    XYSeries series = chart.addSeries(first ? name : name + " " + bin.lower(), x, y);
    series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.PolygonArea);
    series.setFillColor(colour);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(Color.WHITE);
    series.setLineWidth(1);
    series.setShowInLegend(first);
  }
}
