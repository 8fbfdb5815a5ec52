package org.stjem.imagebench;

import org.stjem.acoustic.ebm.LabelledRows;
import org.stjem.acoustic.ebm.SeededRandom;

/**
 * Training pictures changed at random each time, as in JEM (Grathwohl et al. 2019): padded by four
 * pixels of their own reflection, cropped to 32 × 32, flipped left to right half of the time, plus
 * Gaussian noise.
 */
public final class AugmentedImages implements LabelledRows {
  private static final int PAD = 4;

  private final CifarImages images;
  private final double noise;

  /**
   * Augments {@code images}.
   *
   * @param noise standard deviation of the noise, where pixels range over −1 … 1
   */
  public AugmentedImages(CifarImages images, double noise) {
    if (!(noise >= 0)) {
      throw new ImageBenchException("the pixel noise cannot be " + noise);
    }
    this.images = images;
    this.noise = noise;
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public int rowSize() {
    return CifarImages.SIZE;
  }

  @Override
  public int classes() {
    return images.classNames().size();
  }

  @Override
  public int label(int index) {
    return images.label(index);
  }

  @Override
  public void copyRow(int index, float[] target, int offset, SeededRandom random) {
    int down = random.nextInt(2 * PAD + 1) - PAD;
    int right = random.nextInt(2 * PAD + 1) - PAD;
    boolean flipped = random.nextBoolean();
    copyCrop(index, down, right, flipped, target, offset);
    if (noise > 0) {
      for (int i = offset; i < offset + CifarImages.SIZE; i++) {
        target[i] += (float) (noise * random.nextGaussian());
      }
    }
  }

  /** Copies the window that starts {@code down} rows below and {@code right} columns aside. */
  void copyCrop(int index, int down, int right, boolean flipped, float[] target, int offset) {
    int side = CifarImages.SIDE;
    int place = offset;
    for (int channel = 0; channel < CifarImages.CHANNELS; channel++) {
      for (int y = 0; y < side; y++) {
        int row = (channel * side + reflect(y + down)) * side;
        for (int x = 0; x < side; x++) {
          int column = reflect((flipped ? side - 1 - x : x) + right);
          target[place++] = images.value(index, row + column);
        }
      }
    }
  }

  /** Mirrors a coordinate at the outermost pixels, which are not repeated: −1 becomes 1. */
  private static int reflect(int at) {
    int last = CifarImages.SIDE - 1;
    return last - Math.abs(last - Math.abs(at));
  }
}
