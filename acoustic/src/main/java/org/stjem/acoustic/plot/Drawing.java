package org.stjem.acoustic.plot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.DesktopLibrary;

/**
 * Lines, rectangles, discs and words on a white ground, in pixels from the upper left corner. As
 * SVG it is text, made without fonts and Java's desktop libraries, which servers often lack.
 */
public final class Drawing {
  private static final String SVG = ".svg";

  /** A file, unlike an element of a page, names its language. */
  private static final String FILE_START = "<svg xmlns=\"http://www.w3.org/2000/svg\" ";

  private final int width;
  private final int height;
  private final List<Shape> shapes = new ArrayList<>();

  /** Where a word stands by its place. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  /** What is drawn, the earlier below the later. */
  sealed interface Shape permits Rectangle, Polyline, Disc, Words {}

  /** A filled rectangle; colours are 0xRRGGBB. */
  record Rectangle(double x, double y, double width, double height, int colour) implements Shape {}

  /** Straight lines from point to point. */
  record Polyline(double[] x, double[] y, int colour, double stroke, boolean dashed)
      implements Shape {}

  record Disc(double x, double y, double radius, int colour) implements Shape {}

  /**
   * Words on a base line.
   *
   * @param size of the letters
   * @param upwards whether they run from below upwards
   */
  record Words(
      double x, double y, String text, Anchor anchor, double size, boolean bold, boolean upwards)
      implements Shape {}

  /** An empty drawing. */
  public Drawing(int width, int height) {
    this.width = width;
    this.height = height;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  List<Shape> shapes() {
    return shapes;
  }

  void add(Shape shape) {
    shapes.add(shape);
  }

  /**
   * The drawing as an {@code svg} element of HTML.
   *
   * @param description for readers who do not see it
   */
  public String svg(String description) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %1$d"
                + " %2$d\" role=\"img\" aria-label=\"%s\" font-family=\"system-ui, sans-serif\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n",
            width,
            height,
            escape(description)));
    shapes.forEach(shape -> append(svg, shape));
    return svg.append("</svg>\n").toString();
  }

  private static void append(StringBuilder svg, Shape shape) {
    if (shape instanceof Rectangle r) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#%06x\"/>%n",
              r.x,
              r.y,
              r.width,
              r.height,
              r.colour));
    } else if (shape instanceof Polyline line) {
      svg.append("<polyline points=\"");
      for (int i = 0; i < line.x.length; i++) {
        svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", line.x[i], line.y[i]));
      }
      svg.append(
          String.format(
              Locale.ROOT,
              "\" fill=\"none\" stroke=\"#%06x\" stroke-width=\"%.1f\"%s/>%n",
              line.colour,
              line.stroke,
              line.dashed ? " stroke-dasharray=\"4 3\"" : ""));
    } else if (shape instanceof Disc disc) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"#%06x\"/>%n",
              disc.x,
              disc.y,
              disc.radius,
              disc.colour));
    } else if (shape instanceof Words words) {
      String place = String.format(Locale.ROOT, "%.1f %.1f", words.x, words.y);
      svg.append(
          String.format(
              Locale.ROOT,
              "<text transform=\"translate(%s)%s\" font-size=\"%.1f\" text-anchor=\"%s\"%s>%s</text>%n",
              place,
              words.upwards ? " rotate(-90)" : "",
              words.size,
              words.anchor.name().toLowerCase(Locale.ROOT),
              words.bold ? " font-weight=\"bold\"" : "",
              escape(words.text)));
    }
  }

  /**
   * The drawing as the bytes of a PNG file.
   *
   * @throws org.stjem.frontend.io.StjemException if this machine lacks fonts or libraries for that
   */
  public byte[] png() {
    return DesktopLibrary.draw(() -> new PngPainter(this).paint());
  }

  /**
   * Writes the drawing, as SVG if the file's name ends in {@code .svg} and else as PNG.
   *
   * @param description for readers who do not see it
   * @throws org.stjem.frontend.io.StjemException if this machine lacks fonts or libraries for PNG
   */
  public void write(Path file, String description) throws IOException {
    if (file.toString().endsWith(SVG)) {
      AtomicFile.writeString(file, svg(description).replaceFirst("<svg ", FILE_START));
    } else {
      AtomicFile.write(file, png());
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
