package org.stjem.acoustic.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/**
 * One pair of axes with curves, bars and intervals, in the colours 0xRRGGBB. The legend names them
 * in the order in which they were first added, or announced by {@link #legend}.
 */
public final class Chart {
  /** For curves that are told apart. */
  public static final List<Integer> COLOURS =
      List.of(0x3B6FB6, 0xD95F3B, 0x3F9B57, 0x8E5EB0, 0xC99A14, 0x5A636E);

  public static final int BLACK = 0;
  private static final int GRID = 0xDDE1E6;
  private static final int AXIS = 0x9AA3AD;

  private static final int LEFT = 64;
  private static final int RIGHT = 18;
  private static final int TITLE_SIZE = 13;
  private static final int LABEL_SIZE = 11;
  private static final int LINE = 16;
  private static final int SWATCH = 18;

  /** Width of a letter as a share of its size, about; nothing depends on it but gaps. */
  private static final double LETTER = 0.56;

  private final String title;
  private String subtitle = "";
  private String xTitle = "";
  private String yTitle = "";
  private Scale x;
  private Scale y;
  private final List<Mark> marks = new ArrayList<>();
  private final Map<String, Mark> legend = new LinkedHashMap<>();

  /** Something within the axes, in their values. */
  private record Mark(
      Kind kind, int colour, double[] x, double[] y, double stroke, boolean dashed) {}

  private enum Kind {
    CURVE,
    CURVE_WITH_POINTS,
    BAR
  }

  /** An empty chart. */
  public Chart(String title) {
    this.title = title;
  }

  /** A smaller line below the title. */
  public Chart subtitle(String text) {
    subtitle = text;
    return this;
  }

  /** What the axes show. */
  public Chart axes(String horizontal, String vertical) {
    xTitle = horizontal;
    yTitle = vertical;
    return this;
  }

  /** Horizontal values from {@code low} to {@code high}, instead of those that occur. */
  public Chart horizontal(double low, double high) {
    x = new Scale(low, high, false);
    return this;
  }

  /** Vertical values from {@code low} to {@code high}, instead of those that occur. */
  public Chart vertical(double low, double high, boolean logarithmic) {
    y = new Scale(low, high, logarithmic);
    return this;
  }

  /** Announces a filled area, so that the legend names it here. */
  public Chart legend(String name, int colour) {
    legend.put(name, new Mark(Kind.BAR, colour, null, null, 1, false));
    return this;
  }

  /**
   * Adds a curve.
   *
   * @param name for the legend; empty for none
   * @param xs where its points are, at least one
   * @param points whether they are marked
   */
  public void curve(
      String name, int colour, double[] xs, double[] ys, double stroke, boolean points) {
    add(
        name,
        new Mark(
            points ? Kind.CURVE_WITH_POINTS : Kind.CURVE,
            colour,
            xs.clone(),
            ys.clone(),
            stroke,
            false));
  }

  /** Adds a thin dashed curve. */
  public void dashed(String name, int colour, double[] xs, double[] ys) {
    add(name, new Mark(Kind.CURVE, colour, xs.clone(), ys.clone(), 1.2, true));
  }

  /** Adds a bar of the given corners. */
  public void bar(String name, int colour, double left, double right, double bottom, double top) {
    add(
        name,
        new Mark(
            Kind.BAR, colour, new double[] {left, right}, new double[] {bottom, top}, 1, false));
  }

  private void add(String name, Mark mark) {
    marks.add(mark);
    if (!name.isEmpty()) {
      legend.putIfAbsent(name, mark);
    }
  }

  /** Draws the chart into a part of {@code drawing}. */
  public void draw(Drawing drawing, double left, double top, int width, int height) {
    List<Double> rows = legendRows(width);
    int above = LINE + 12 + (subtitle.isEmpty() ? 0 : LINE);
    int below = LINE + 14 + (xTitle.isEmpty() ? 0 : LINE) + (int) (LINE * lines(rows));
    Area area =
        new Area(left + LEFT, top + above, width - LEFT - RIGHT, (double) height - above - below);
    Scale across = x == null ? range(Mark::x) : x;
    Scale up = y == null ? range(Mark::y) : y;
    titles(drawing, left, top, width, area);
    DoubleUnaryOperator toX = value -> area.left + across.position(value) * area.width;
    DoubleUnaryOperator toY = value -> area.top + (1 - up.position(value)) * area.height;
    for (double tick : up.ticks()) {
      double at = toY.applyAsDouble(tick);
      line(drawing, area.left, at, area.left + area.width, at, GRID);
      words(drawing, area.left - 6, at + 4, up.label(tick), Drawing.Anchor.END, LABEL_SIZE);
    }
    marks.forEach(mark -> draw(drawing, mark, toX, toY));
    double bottom = area.top + area.height;
    line(drawing, area.left, bottom, area.left + area.width, bottom, AXIS);
    line(drawing, area.left, area.top, area.left, bottom, AXIS);
    for (double tick : across.ticks()) {
      double at = toX.applyAsDouble(tick);
      line(drawing, at, bottom, at, bottom + 4, AXIS);
      words(drawing, at, bottom + LINE, across.label(tick), Drawing.Anchor.MIDDLE, LABEL_SIZE);
    }
    drawLegend(drawing, left, top + height - LINE * lines(rows) + 4, rows);
  }

  /** Where the curves are drawn. */
  private record Area(double left, double top, double width, double height) {}

  private void titles(Drawing drawing, double left, double top, int width, Area area) {
    double centre = left + width / 2.0;
    double size = Math.min(TITLE_SIZE, (width - 8) / (LETTER * 1.1 * Math.max(1, title.length())));
    drawing.add(
        new Drawing.Words(centre, top + LINE, title, Drawing.Anchor.MIDDLE, size, true, false));
    words(drawing, centre, top + 2 * LINE, subtitle, Drawing.Anchor.MIDDLE, LABEL_SIZE);
    words(
        drawing,
        area.left + area.width / 2,
        area.top + area.height + 2 * LINE,
        xTitle,
        Drawing.Anchor.MIDDLE,
        LABEL_SIZE);
    if (!yTitle.isEmpty()) {
      drawing.add(
          new Drawing.Words(
              left + LINE,
              area.top + area.height / 2,
              yTitle,
              Drawing.Anchor.MIDDLE,
              LABEL_SIZE,
              false,
              true));
    }
  }

  private Scale range(Function<Mark, double[]> values) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Mark mark : marks) {
      for (double value : values.apply(mark)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    return least <= most ? Scale.around(least, most) : new Scale(0, 1, false);
  }

  private static void draw(
      Drawing drawing, Mark mark, DoubleUnaryOperator toX, DoubleUnaryOperator toY) {
    double[] xs = Arrays.stream(mark.x).map(toX).toArray();
    double[] ys = Arrays.stream(mark.y).map(toY).toArray();
    if (mark.kind == Kind.BAR) {
      drawing.add(
          new Drawing.Rectangle(
              xs[0] + 0.5, ys[1], Math.max(0, xs[1] - xs[0] - 1), ys[0] - ys[1], mark.colour));
      return;
    }
    drawing.add(new Drawing.Polyline(xs, ys, mark.colour, mark.stroke, mark.dashed));
    if (mark.kind == Kind.CURVE_WITH_POINTS) {
      for (int i = 0; i < xs.length; i++) {
        drawing.add(new Drawing.Disc(xs[i], ys[i], 2.5, mark.colour));
      }
    }
  }

  /** Where in its row each entry of the legend begins; 0 begins a row. */
  private List<Double> legendRows(int width) {
    List<Double> starts = new ArrayList<>();
    double at = 0;
    for (String name : legend.keySet()) {
      double needed = SWATCH + 6 + LETTER * LABEL_SIZE * name.length() + 14;
      at = at > 0 && at + needed > width - 2 * RIGHT ? 0 : at;
      starts.add(at);
      at += needed;
    }
    return starts;
  }

  private static double lines(List<Double> starts) {
    return starts.stream().filter(start -> start == 0).count();
  }

  private void drawLegend(Drawing drawing, double left, double top, List<Double> starts) {
    double y = top - LINE / 2.0;
    int entry = 0;
    for (Map.Entry<String, Mark> named : legend.entrySet()) {
      double start = starts.get(entry++);
      y += start == 0 && entry > 1 ? LINE : 0;
      double x = left + RIGHT + start;
      Mark mark = named.getValue();
      if (mark.kind == Kind.BAR) {
        drawing.add(new Drawing.Rectangle(x + 4, y - 1, 10, 10, mark.colour));
      } else {
        double[] ends = {x, x + SWATCH};
        drawing.add(
            new Drawing.Polyline(
                ends, new double[] {y + 4, y + 4}, mark.colour, mark.stroke, mark.dashed));
      }
      words(drawing, x + SWATCH + 6, y + 8, named.getKey(), Drawing.Anchor.START, LABEL_SIZE);
    }
  }

  private static void line(
      Drawing drawing, double x1, double y1, double x2, double y2, int colour) {
    drawing.add(
        new Drawing.Polyline(new double[] {x1, x2}, new double[] {y1, y2}, colour, 1, false));
  }

  private static void words(
      Drawing drawing, double x, double y, String text, Drawing.Anchor anchor, int size) {
    if (!text.isEmpty()) {
      drawing.add(new Drawing.Words(x, y, text, anchor, size, false, false));
    }
  }
}
