package org.stjem.imagebench;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.ChainStarts;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.frontend.io.DesktopLibrary;

/** Pictures drawn from a network's p(x) or p(x|y) by SGLD chains. */
public final class ImageSamples {
  private static final Logger LOG = LoggerFactory.getLogger(ImageSamples.class);
  private static final int LOG_EVERY = 100;
  private static final int GAP = 2;

  /** Chains that run together. */
  private static final int BLOCK = 100;

  private final float[] values;

  private ImageSamples(float[] values) {
    this.values = values;
  }

  /**
   * Runs the chains, some at a time.
   *
   * @param labels the class of each picture, or −1 for pictures of p(x)
   * @param starts where the chains start
   * @param sgld the sampler, whose steps are those of a whole chain
   * @throws TrainingException if the chains leave the finite numbers
   */
  public static ImageSamples draw(
      EnergyNetwork network, int[] labels, ChainStarts starts, Sgld sgld, SeededRandom random) {
    float[] all = new float[labels.length * CifarImages.SIZE];
    for (int first = 0; first < labels.length; first += BLOCK) {
      int[] some = Arrays.copyOfRange(labels, first, Math.min(first + BLOCK, labels.length));
      float[] x = new float[some.length * CifarImages.SIZE];
      for (int i = 0; i < some.length; i++) {
        starts.draw(x, i * CifarImages.SIZE, some[i], random);
      }
      climb(network, x, some, sgld, random, "pictures to " + (first + some.length));
      System.arraycopy(x, 0, all, first * CifarImages.SIZE, x.length);
    }
    return new ImageSamples(all);
  }

  private static void climb(
      EnergyNetwork network, float[] x, int[] labels, Sgld sgld, SeededRandom random, String name) {
    for (int done = 0; done < sgld.steps(); done += LOG_EVERY) {
      int steps = Math.min(LOG_EVERY, sgld.steps() - done);
      sgld.withSteps(steps).run(network, x, labels, random);
      double score = meanScore(network, x, labels.length);
      LOG.info(
          String.format(
              Locale.ROOT,
              "%s: step %d/%d mean log p(x) + const %.3f",
              name,
              done + steps,
              sgld.steps(),
              score));
      if (!Double.isFinite(score)) {
        throw new TrainingException(
            "the chains diverged by step " + (done + steps) + "; try a smaller step size");
      }
    }
  }

  private static double meanScore(EnergyNetwork network, float[] x, int count) {
    float[] logits = network.logits(x, count);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += LogSumExp.of(logits, i * network.classes(), network.classes());
    }
    return sum / count;
  }

  /**
   * The pictures side by side, row by row; values beyond ±1 are cut off.
   *
   * @param columns pictures in a row
   * @return the bytes of a PNG file
   * @throws org.stjem.frontend.io.StjemException if this machine lacks libraries for that
   */
  public byte[] png(int columns) {
    return DesktopLibrary.draw(() -> paint(columns));
  }

  private byte[] paint(int columns) {
    int count = values.length / CifarImages.SIZE;
    int tile = CifarImages.SIDE + GAP;
    BufferedImage grid =
        new BufferedImage(
            columns * tile + GAP,
            (count + columns - 1) / columns * tile + GAP,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = grid.createGraphics();
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, grid.getWidth(), grid.getHeight());
    canvas.dispose();
    for (int i = 0; i < count; i++) {
      paint(i, grid, GAP + i % columns * tile, GAP + i / columns * tile);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(grid, "png", out);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private void paint(int index, BufferedImage grid, int left, int top) {
    int plane = CifarImages.SIDE * CifarImages.SIDE;
    for (int i = 0; i < plane; i++) {
      int colour = 0;
      for (int channel = 0; channel < CifarImages.CHANNELS; channel++) {
        float value = values[index * CifarImages.SIZE + channel * plane + i];
        colour = colour << 8 | Math.round((Math.max(-1, Math.min(1, value)) + 1) * 127.5f);
      }
      grid.setRGB(left + i % CifarImages.SIDE, top + i / CifarImages.SIDE, colour);
    }
  }
}
