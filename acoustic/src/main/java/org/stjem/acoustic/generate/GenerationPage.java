package org.stjem.acoustic.generate;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.stjem.acoustic.eval.HtmlPage;
import org.stjem.acoustic.plot.Chart;
import org.stjem.acoustic.plot.Drawing;

/** A page of generated speech: what was measured, the course of the energy, pictures, players. */
public final class GenerationPage {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 380;

  private final HtmlPage page;

  /** An empty page. */
  public GenerationPage(String title) {
    page = new HtmlPage(title);
  }

  /** Adds the measures by name, with their units. */
  public void measures(Map<String, Double> measures) {
    page.table(
        "Measures",
        List.of("measure", "value"),
        measures.entrySet().stream()
            .map(it -> List.of(it.getKey(), String.format(Locale.ROOT, "%.3f", it.getValue())))
            .toList(),
        1);
  }

  /**
   * Adds the curves of the energy per frame, −log p up to a constant.
   *
   * @param courses of some sequences, each named
   */
  public void courses(List<Generated> courses) {
    Chart chart = new Chart("Energy per frame").axes("steps", "energy, nats per frame");
    for (int i = 0; i < courses.size(); i++) {
      double[] course = courses.get(i).course();
      double[] steps = IntStream.range(0, course.length).asDoubleStream().toArray();
      int colour = Chart.COLOURS.get(i % Chart.COLOURS.size());
      chart.curve(courses.get(i).key(), colour, steps, course, 1.5, false);
    }
    Drawing drawing = new Drawing(WIDTH, HEIGHT);
    chart.draw(drawing, 0, 0, WIDTH, HEIGHT);
    page.heading("Course of the energy");
    page.picture(drawing, "energy per frame by steps");
  }

  /**
   * Adds a sequence.
   *
   * @param picture its spectrogram, below that of real speech where there is some; null for none
   * @param audio of it, relative to the page; null for none
   */
  public void sequence(Generated made, byte[] picture, Path audio) {
    double[] course = made.course();
    page.heading(made.key());
    page.paragraph(
        String.format(
            Locale.ROOT,
            "%d frames%s; energy per frame %.2f at the start, %.2f at the end.",
            made.features().rows(),
            made.labels() == null ? ", no labels" : " of the labels of " + made.source(),
            course[0],
            course[course.length - 1]));
    if (picture != null) {
      page.image(made.key(), picture, "spectrogram of " + made.key());
    }
    if (audio != null) {
      page.audio(audio, "Generated:");
    }
  }

  /** Adds the options of the run. */
  public void options(Map<String, String> options) {
    page.table(
        "Options",
        List.of("option", "value"),
        options.entrySet().stream().map(it -> List.of(it.getKey(), it.getValue())).toList(),
        2);
  }

  /** The whole page. */
  public String html() {
    return page.text();
  }
}
