package org.stjem.acoustic.monitor;

import com.google.gson.JsonObject;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves over the updates of a training, in panels two abreast. */
final class Curves {
  private static final int COLUMNS = 2;
  private static final int WIDTH = 600;
  private static final int HEIGHT = 300;
  private static final int MOST_POINTS = 1000;
  private static final int SHORT = 10;
  private static final float THICK = 1.6f;
  private static final float THIN = 0.9f;
  private static final Color[] COLOURS = {
    new Color(0x3B, 0x6F, 0xB6),
    new Color(0xD9, 0x5F, 0x3B),
    new Color(0x3F, 0x9B, 0x57),
    new Color(0x8E, 0x5E, 0xB0),
    new Color(0xC9, 0x9A, 0x14),
    new Color(0x5A, 0x63, 0x6E)
  };

  private final List<Panel> panels = new ArrayList<>();

  /** Adds an empty panel. */
  Panel panel(String title) {
    Panel panel = new Panel(title);
    panels.add(panel);
    return panel;
  }

  /** A logarithmic axis that spans less than this factor would have no labels. */
  private static final double LEAST_LOGARITHMIC_SPAN = 20;

  /** The panels that hold a curve, as the bytes of a PNG file. */
  byte[] png() {
    List<XYChart> charts =
        panels.stream().filter(panel -> panel.curves > 0).map(panel -> panel.chart).toList();
    int rows = (charts.size() + COLUMNS - 1) / COLUMNS;
    BufferedImage picture =
        new BufferedImage(COLUMNS * WIDTH, rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = picture.createGraphics();
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    for (int i = 0; i < charts.size(); i++) {
      BufferedImage drawn = BitmapEncoder.getBufferedImage(charts.get(i));
      canvas.drawImage(drawn, i % COLUMNS * WIDTH, i / COLUMNS * HEIGHT, null);
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

  /** One pair of axes. */
  static final class Panel {
    private final XYChart chart;
    private final Set<String> names = new HashSet<>();
    private float stroke = THICK;
    private boolean logarithmic;
    private int curves;
    private double least = Double.POSITIVE_INFINITY;
    private double most;

    private Panel(String title) {
      chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).build();
      XYStyler styler = chart.getStyler();
      styler.setChartBackgroundColor(Color.WHITE);
      styler.setPlotBorderVisible(false);
      styler.setPlotGridVerticalLinesVisible(false);
      styler.setPlotGridLinesColor(new Color(0xDD, 0xE1, 0xE6));
      styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
      styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
      styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
      styler.setLegendPosition(Styler.LegendPosition.OutsideS);
      styler.setLegendLayout(Styler.LegendLayout.Horizontal);
      styler.setLegendBorderColor(Color.WHITE);
      styler.setLegendPadding(4);
      styler.setXAxisDecimalPattern("#,###");
      styler.setXAxisMin(0.0);
    }

    /** Makes the vertical axis logarithmic if the curves span enough of it. */
    Panel logarithmic() {
      logarithmic = true;
      return this;
    }

    /** Draws thin lines without markers, for many curves. */
    Panel thin() {
      chart.getStyler().setMarkerSize(0);
      chart.getStyler().setLegendSeriesLineLength(SHORT);
      stroke = THIN;
      return this;
    }

    /**
     * Adds a curve through the points that are finite (and positive on a logarithmic axis); none if
     * there are none.
     *
     * @param name for the legend, which is left out when empty
     * @param lines objects with a {@code step}
     */
    void line(String name, List<JsonObject> lines, Function<JsonObject, Double> value) {
      line(name, curves, lines, value);
    }

    /**
     * Adds a curve in a colour that others may have as well; of several of one name the legend
     * shows the first.
     *
     * @param colour number of the colour
     */
    void line(String name, int colour, List<JsonObject> lines, Function<JsonObject, Double> value) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      int every = (lines.size() + MOST_POINTS - 1) / MOST_POINTS;
      for (int i = 0; i < lines.size(); i++) {
        double v = value.apply(lines.get(i));
        boolean shown = i % every == 0 || i == lines.size() - 1;
        if (shown && Double.isFinite(v) && (v > 0 || !logarithmic)) {
          x.add(lines.get(i).get("step").getAsDouble());
          y.add(v);
          least = Math.min(least, v);
          most = Math.max(most, v);
        }
      }
      if (x.isEmpty()) {
        return;
      }
      chart.getStyler().setYAxisLogarithmic(logarithmic && most > LEAST_LOGARITHMIC_SPAN * least);
      chart.getStyler().setLegendVisible(!name.isEmpty());
      String shown = name.isEmpty() ? chart.getTitle() : name;
      boolean again = !names.add(shown);
      XYSeries series = chart.addSeries(again ? shown + " " + curves : shown, x, y);
      series.setShowInLegend(!again);
      series.setMarker(x.size() > 40 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
      Color paint = COLOURS[colour % COLOURS.length];
      series.setMarkerColor(paint);
      series.setLineColor(paint);
      curves++;
      series.setLineStyle(new BasicStroke(stroke));
    }
  }
}
