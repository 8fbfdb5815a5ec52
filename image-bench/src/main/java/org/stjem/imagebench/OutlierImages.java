package org.stjem.imagebench;

import java.util.Arrays;
import org.stjem.acoustic.ebm.Rows;
import org.stjem.acoustic.ebm.SeededRandom;

/** Made-up images that a model should find unlikely; each is drawn when it is asked for. */
final class OutlierImages {
  private OutlierImages() {}

  /** Puts one image into a place. */
  private interface Artist {
    void draw(float[] target, int offset, SeededRandom random);
  }

  private record Drawn(int size, Artist artist) implements Rows {
    @Override
    public int rowSize() {
      return CifarImages.SIZE;
    }

    @Override
    public void copyRow(int index, float[] target, int offset, SeededRandom random) {
      artist.draw(target, offset, random);
    }
  }

  /** Images of independent values, uniform over −1 … 1. */
  static Rows uniformNoise(int count) {
    return new Drawn(
        count,
        (target, offset, random) -> {
          for (int i = offset; i < offset + CifarImages.SIZE; i++) {
            target[i] = random.nextFloat(-1, 1);
          }
        });
  }

  /** Images of one colour each, whose red, green and blue are uniform over −1 … 1. */
  static Rows constant(int count) {
    int plane = CifarImages.SIDE * CifarImages.SIDE;
    return new Drawn(
        count,
        (target, offset, random) -> {
          for (int channel = 0; channel < CifarImages.CHANNELS; channel++) {
            float value = random.nextFloat(-1, 1);
            int from = offset + channel * plane;
            Arrays.fill(target, from, from + plane, value);
          }
        });
  }

  /**
   * Means of two different images of {@code images}.
   *
   * @throws ImageBenchException if there are not two
   */
  static Rows interpolations(CifarImages images, int count) {
    if (images.size() < 2) {
      throw new ImageBenchException("two test images are needed to lie between, not 1");
    }
    return new Drawn(
        count,
        (target, offset, random) -> {
          int one = random.nextInt(images.size());
          int other = (one + 1 + random.nextInt(images.size() - 1)) % images.size();
          for (int i = 0; i < CifarImages.SIZE; i++) {
            target[offset + i] = (images.value(one, i) + images.value(other, i)) / 2;
          }
        });
  }
}
