package org.stjem.frontend.vocoder;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.DesktopLibrary;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A picture of Mel features, one panel below the other on one scale of levels: time in seconds to
 * the right, Mel channels upwards with their frequencies, levels in dB as colours that are evenly
 * spaced for the eye (viridis).
 */
public final class SpectrogramPicture {
  /** Levels this far below the highest and further look alike. */
  private static final double RANGE_DB = 70;

  private static final int PLOT_WIDTH = 1100;
  private static final int PLOT_HEIGHT = 260;
  private static final int LEFT = 80;
  private static final int RIGHT = 190;
  private static final int ABOVE = 40;
  private static final int BELOW = 50;
  private static final int TICK = 5;
  private static final int BAR_WIDTH = 18;
  private static final int CHANNEL_TICKS = 8;
  private static final int MOST_SECOND_TICKS = 12;

  /** Viridis at ninths of the scale. */
  private static final int[][] COLOURS = {
    {68, 1, 84}, {72, 40, 120}, {62, 73, 137}, {49, 104, 142}, {38, 130, 142},
    {31, 158, 137}, {53, 183, 121}, {110, 206, 88}, {181, 222, 43}, {253, 231, 37}
  };

  private final FbankOptions options;
  private final List<String> titles = new ArrayList<>();
  private final List<FloatMatrix> panels = new ArrayList<>();

  /** A picture without panels for features of these options. */
  public SpectrogramPicture(FbankOptions options) {
    this.options = options;
  }

  /** Adds a panel below the others; {@code feats} is {@code [frames, options.dim()]}. */
  public SpectrogramPicture add(String title, FloatMatrix feats) {
    titles.add(title);
    panels.add(feats);
    return this;
  }

  /**
   * Writes the picture as PNG.
   *
   * @throws org.stjem.frontend.io.StjemException if this machine lacks fonts or libraries for that
   */
  public void write(OutputStream out) throws IOException {
    DesktopLibrary.draw(() -> ImageIO.write(draw(), "png", out));
  }

  BufferedImage draw() {
    int panelHeight = ABOVE + PLOT_HEIGHT + BELOW;
    BufferedImage image =
        new BufferedImage(
            LEFT + PLOT_WIDTH + RIGHT, panels.size() * panelHeight, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    g.setStroke(new BasicStroke(1));
    double top = highest();
    for (int i = 0; i < panels.size(); i++) {
      int y = i * panelHeight + ABOVE;
      g.setColor(Color.BLACK);
      g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
      g.drawString(titles.get(i), LEFT, y - 12);
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
      drawFeatures(image, y, panels.get(i), top);
      g.drawRect(LEFT - 1, y - 1, PLOT_WIDTH + 1, PLOT_HEIGHT + 1);
      drawSeconds(g, y + PLOT_HEIGHT, panels.get(i).rows());
      drawChannels(g, y);
      drawLevels(g, image, y, top);
    }
    g.dispose();
    return image;
  }

  private double level(FloatMatrix feats, int frame, int channel) {
    int first = options.useEnergy && !options.htkCompat ? 1 : 0;
    double value = feats.get(frame, first + channel);
    double log = options.useLogFbank ? value : Math.log(Math.max(value, Float.MIN_NORMAL));
    return (options.usePower ? 10 : 20) / Math.log(10) * log;
  }

  private double highest() {
    double highest = Double.NEGATIVE_INFINITY;
    for (FloatMatrix feats : panels) {
      for (int t = 0; t < feats.rows(); t++) {
        for (int channel = 0; channel < options.numMelBins; channel++) {
          highest = Math.max(highest, level(feats, t, channel));
        }
      }
    }
    return highest;
  }

  private void drawFeatures(BufferedImage image, int y, FloatMatrix feats, double top) {
    for (int i = 0; i < PLOT_WIDTH; i++) {
      int frame = (int) ((long) i * feats.rows() / PLOT_WIDTH);
      for (int j = 0; j < PLOT_HEIGHT; j++) {
        int channel = (PLOT_HEIGHT - 1 - j) * options.numMelBins / PLOT_HEIGHT;
        double part = 1 - (top - level(feats, frame, channel)) / RANGE_DB;
        image.setRGB(LEFT + i, y + j, colour(part));
      }
    }
  }

  private static int colour(double part) {
    double place = Math.max(0, Math.min(1, part)) * (COLOURS.length - 1);
    int below = Math.min((int) place, COLOURS.length - 2);
    double share = place - below;
    int rgb = 0;
    for (int c = 0; c < 3; c++) {
      double mixed = (1 - share) * COLOURS[below][c] + share * COLOURS[below + 1][c];
      rgb = rgb << 8 | (int) Math.round(mixed);
    }
    return rgb;
  }

  private void drawSeconds(Graphics2D g, int y, int frames) {
    double seconds = frames * options.windowShift() / (double) options.sampleFrequency;
    double step = 0.1;
    for (int i = 0; seconds / step > MOST_SECOND_TICKS; i++) {
      step *= i % 3 == 1 ? 2.5 : 2;
    }
    for (int i = 0; i * step <= seconds; i++) {
      int x = LEFT + (int) Math.round(i * step / seconds * (PLOT_WIDTH - 1));
      g.drawLine(x, y, x, y + TICK);
      String label = String.format(Locale.ROOT, step < 1 ? "%.1f" : "%.0f", i * step);
      centre(g, label, x, y + TICK + 15);
    }
    centre(g, "time in s", LEFT + PLOT_WIDTH / 2, y + TICK + 32);
  }

  private static void centre(Graphics2D g, String text, int x, int y) {
    g.drawString(text, x - g.getFontMetrics().stringWidth(text) / 2, y);
  }

  private void drawChannels(Graphics2D g, int y) {
    double[] centres = options.filterCentres();
    int step = Math.max(1, (int) Math.round(options.numMelBins / (double) CHANNEL_TICKS));
    for (int channel = 0; channel < options.numMelBins; channel += step) {
      double fromBottom = (channel + 0.5) / options.numMelBins;
      int at = y + (int) Math.round((1 - fromBottom) * PLOT_HEIGHT);
      g.drawLine(LEFT - TICK, at, LEFT, at);
      String label = Integer.toString(channel);
      g.drawString(label, LEFT - TICK - 4 - g.getFontMetrics().stringWidth(label), at + 5);
      g.drawLine(LEFT + PLOT_WIDTH, at, LEFT + PLOT_WIDTH + TICK, at);
      g.drawString(
          String.format(Locale.ROOT, "%.0f Hz", centres[channel]),
          LEFT + PLOT_WIDTH + TICK + 4,
          at + 5);
    }
    Graphics2D turned = (Graphics2D) g.create();
    turned.rotate(-Math.PI / 2, 25, y + PLOT_HEIGHT / 2.0);
    centre(turned, "Mel channel", 25, y + PLOT_HEIGHT / 2);
    turned.dispose();
  }

  private void drawLevels(Graphics2D g, BufferedImage image, int y, double top) {
    int x = LEFT + PLOT_WIDTH + 90;
    for (int j = 0; j < PLOT_HEIGHT; j++) {
      for (int i = 0; i < BAR_WIDTH; i++) {
        image.setRGB(x + i, y + j, colour(1 - j / (PLOT_HEIGHT - 1.0)));
      }
    }
    g.drawRect(x - 1, y - 1, BAR_WIDTH + 1, PLOT_HEIGHT + 1);
    for (double fallen = 0; fallen <= RANGE_DB; fallen += 10) {
      int at = y + (int) Math.round(fallen / RANGE_DB * (PLOT_HEIGHT - 1));
      g.drawString(String.format(Locale.ROOT, "%.0f dB", top - fallen), x + BAR_WIDTH + 5, at + 5);
    }
  }
}
