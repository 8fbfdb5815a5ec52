package org.stjem.acoustic.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Paints a drawing as PNG, by Java's desktop libraries and the fonts of the machine. */
final class PngPainter {
  private static final float[] DASHES = {4, 3};

  private final Drawing drawing;

  PngPainter(Drawing drawing) {
    this.drawing = drawing;
  }

  byte[] paint() {
    BufferedImage picture =
        new BufferedImage(drawing.width(), drawing.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = picture.createGraphics();
    canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    drawing.shapes().forEach(shape -> paint(canvas, shape));
    canvas.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static void paint(Graphics2D canvas, Drawing.Shape shape) {
    if (shape instanceof Drawing.Rectangle r) {
      canvas.setColor(new Color(r.colour()));
      canvas.fill(new Rectangle2D.Double(r.x(), r.y(), r.width(), r.height()));
    } else if (shape instanceof Drawing.Polyline line) {
      Path2D path = new Path2D.Double();
      path.moveTo(line.x()[0], line.y()[0]);
      for (int i = 1; i < line.x().length; i++) {
        path.lineTo(line.x()[i], line.y()[i]);
      }
      canvas.setColor(new Color(line.colour()));
      canvas.setStroke(
          new BasicStroke(
              (float) line.stroke(),
              BasicStroke.CAP_BUTT,
              BasicStroke.JOIN_ROUND,
              1,
              line.dashed() ? DASHES : null,
              0));
      canvas.draw(path);
    } else if (shape instanceof Drawing.Disc disc) {
      double r = disc.radius();
      canvas.setColor(new Color(disc.colour()));
      canvas.fill(new Ellipse2D.Double(disc.x() - r, disc.y() - r, 2 * r, 2 * r));
    } else if (shape instanceof Drawing.Words words) {
      paintWords((Graphics2D) canvas.create(), words);
    }
  }

  private static void paintWords(Graphics2D canvas, Drawing.Words words) {
    canvas.setColor(Color.BLACK);
    canvas.setFont(
        new Font(Font.SANS_SERIF, words.bold() ? Font.BOLD : Font.PLAIN, 1)
            .deriveFont((float) words.size()));
    canvas.translate(words.x(), words.y());
    if (words.upwards()) {
      canvas.rotate(-Math.PI / 2);
    }
    double width = canvas.getFontMetrics().getStringBounds(words.text(), canvas).getWidth();
    double share =
        switch (words.anchor()) {
          case START -> 0;
          case MIDDLE -> 0.5;
          case END -> 1;
        };
    canvas.drawString(words.text(), (float) (-share * width), 0);
    canvas.dispose();
  }
}
