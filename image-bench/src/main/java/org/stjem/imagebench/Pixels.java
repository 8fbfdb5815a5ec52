package org.stjem.imagebench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A decoded picture. Apart from its callers, so that these can be loaded where Java's desktop
 * libraries are missing.
 *
 * @param colours 0xRRGGBB row by row
 */
record Pixels(int width, int height, int[] colours) {
  /** Decodes a JPEG or PNG file; null if it is neither. */
  static Pixels decode(byte[] file) throws IOException {
    BufferedImage image =
        ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(file)));
    if (image == null) {
      return null;
    }
    int width = image.getWidth();
    int height = image.getHeight();
    return new Pixels(width, height, image.getRGB(0, 0, width, height, null, 0, width));
  }
}
