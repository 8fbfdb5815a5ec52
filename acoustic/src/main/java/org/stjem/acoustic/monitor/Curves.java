package org.stjem.acoustic.monitor;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.stjem.acoustic.plot.Chart;
import org.stjem.acoustic.plot.Drawing;

/** Curves over the updates of a training, in panels two abreast. */
final class Curves {
  private static final int COLUMNS = 2;
  private static final int WIDTH = 600;
  private static final int HEIGHT = 300;
  private static final int MOST_POINTS = 1000;

  /** Of so many points each is marked. */
  private static final int FEW_POINTS = 40;

  private static final double THICK = 1.6;
  private static final double THIN = 0.9;

  /** A logarithmic axis that spans less than this factor would be harder to read than a linear. */
  private static final double LEAST_LOGARITHMIC_SPAN = 20;

  private final List<Panel> panels = new ArrayList<>();

  /** Adds an empty panel. */
  Panel panel(String title) {
    Panel panel = new Panel(title);
    panels.add(panel);
    return panel;
  }

  /** The panels that hold a curve. */
  Drawing drawing() {
    List<Panel> drawn = panels.stream().filter(panel -> !panel.lines.isEmpty()).toList();
    int rows = (drawn.size() + COLUMNS - 1) / COLUMNS;
    Drawing drawing = new Drawing(COLUMNS * WIDTH, rows * HEIGHT);
    for (int i = 0; i < drawn.size(); i++) {
      double left = (double) (i % COLUMNS) * WIDTH;
      double top = (double) (i / COLUMNS) * HEIGHT;
      drawn.get(i).chart().draw(drawing, left, top, WIDTH, HEIGHT);
    }
    return drawing;
  }

  /** One pair of axes. */
  static final class Panel {
    private final String title;
    private final List<Line> lines = new ArrayList<>();
    private boolean thin;
    private boolean logarithmic;

    private record Line(String name, int colour, double[] x, double[] y) {}

    private Panel(String title) {
      this.title = title;
    }

    /** Makes the vertical axis logarithmic if the curves span enough of it. */
    Panel logarithmic() {
      logarithmic = true;
      return this;
    }

    /** Draws thin lines without markers, for many curves. */
    Panel thin() {
      thin = true;
      return this;
    }

    /**
     * Adds a curve through the points that are finite (and positive on a logarithmic axis); none if
     * there are none.
     *
     * @param name for the legend, which is left out when empty
     * @param objects with a {@code step}
     */
    void line(String name, List<JsonObject> objects, Function<JsonObject, Double> value) {
      line(name, lines.size(), objects, value);
    }

    /**
     * Adds a curve in a colour that others may have as well; of several of one name the legend
     * shows the first.
     *
     * @param colour number of the colour
     */
    void line(
        String name, int colour, List<JsonObject> objects, Function<JsonObject, Double> value) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      int every = (objects.size() + MOST_POINTS - 1) / MOST_POINTS;
      for (int i = 0; i < objects.size(); i++) {
        double v = value.apply(objects.get(i));
        boolean shown = i % every == 0 || i == objects.size() - 1;
        if (shown && Double.isFinite(v) && (v > 0 || !logarithmic)) {
          x.add(objects.get(i).get("step").getAsDouble());
          y.add(v);
        }
      }
      if (!x.isEmpty()) {
        lines.add(new Line(name, colour, array(x), array(y)));
      }
    }

    private static double[] array(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private Chart chart() {
      Chart chart = new Chart(title);
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      double last = 1;
      Set<String> named = new HashSet<>();
      for (Line line : lines) {
        for (double v : line.y) {
          least = Math.min(least, v);
          most = Math.max(most, v);
        }
        last = Math.max(last, line.x[line.x.length - 1]);
        chart.curve(
            named.add(line.name) ? line.name : "",
            Chart.COLOURS.get(line.colour % Chart.COLOURS.size()),
            line.x,
            line.y,
            thin ? THIN : THICK,
            !thin && line.x.length <= FEW_POINTS);
      }
      if (logarithmic && most > LEAST_LOGARITHMIC_SPAN * least) {
        chart.vertical(least, most, true);
      }
      return chart.horizontal(0, last);
    }
  }
}
