package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.ebm.SeededRandom;

class AugmentedImagesTest {
  private static final CifarImages IMAGES = TestImages.random(2, 2, 1);

  private static float[] crop(int down, int right, boolean flipped) {
    float[] values = new float[CifarImages.SIZE];
    new AugmentedImages(IMAGES, 0).copyCrop(1, down, right, flipped, values, 0);
    return values;
  }

  private static float[] original() {
    float[] values = new float[CifarImages.SIZE];
    IMAGES.copy(1, values, 0);
    return values;
  }

  private static float at(float[] values, int channel, int y, int x) {
    return values[(channel * 32 + y) * 32 + x];
  }

  @Test
  void copyCrop_withoutShift_isTheImage() {
    assertThat(crop(0, 0, false)).isEqualTo(original());
  }

  @Test
  void copyCrop_beyondTheEdge_reflectsWithoutRepeatingIt() {
    float[] image = original();
    float[] upLeft = crop(-4, -3, false);
    assertThat(at(upLeft, 1, 4, 3)).isEqualTo(at(image, 1, 0, 0));
    assertThat(at(upLeft, 1, 0, 0)).isEqualTo(at(image, 1, 4, 3));
    assertThat(at(upLeft, 2, 3, 2)).isEqualTo(at(image, 2, 1, 1));
    float[] downRight = crop(4, 4, false);
    assertThat(at(downRight, 0, 27, 27)).isEqualTo(at(image, 0, 31, 31));
    assertThat(at(downRight, 0, 28, 31)).isEqualTo(at(image, 0, 30, 27));
  }

  @Test
  void copyCrop_flipped_mirrorsTheCroppedImage() {
    float[] plain = crop(2, -1, false);
    float[] flipped = crop(2, -1, true);
    for (int x = 0; x < 32; x++) {
      assertThat(at(flipped, 2, 9, x)).isEqualTo(at(plain, 2, 9, 31 - x));
    }
  }

  @Test
  void copyRow_ofOneSeed_isEqual_andWritesOnlyItsPlace() {
    float[] once = new float[CifarImages.SIZE + 2];
    float[] again = new float[CifarImages.SIZE + 2];
    AugmentedImages rows = new AugmentedImages(IMAGES, 0.03);
    rows.copyRow(1, once, 1, new SeededRandom(5, 0));
    rows.copyRow(1, again, 1, new SeededRandom(5, 0));
    assertThat(once).isEqualTo(again);
    assertThat(once[0]).isZero();
    assertThat(once[CifarImages.SIZE + 1]).isZero();
  }

  @Test
  void copyRow_addsNoiseOfTheGivenDeviation() {
    float[] clean = new float[CifarImages.SIZE];
    float[] noisy = new float[CifarImages.SIZE];
    new AugmentedImages(IMAGES, 0).copyRow(0, clean, 0, new SeededRandom(5, 0));
    new AugmentedImages(IMAGES, 0.03).copyRow(0, noisy, 0, new SeededRandom(5, 0));
    double sum = 0;
    for (int i = 0; i < clean.length; i++) {
      sum += Math.pow(noisy[i] - clean[i], 2);
    }
    assertThat(Math.sqrt(sum / clean.length)).isBetween(0.028, 0.032);
  }

  @Test
  void copyRow_movesTheImageByUpToFourPixels() {
    AugmentedImages rows = new AugmentedImages(IMAGES, 0);
    SeededRandom random = new SeededRandom(6, 0);
    float[] values = new float[CifarImages.SIZE];
    boolean[] seen = new boolean[162];
    for (int i = 0; i < 2000; i++) {
      rows.copyRow(1, values, 0, random);
      seen[place(values)] = true;
    }
    assertThat(seen).containsOnly(true);
  }

  /** Which of the 9 · 9 · 2 crops {@code values} are. */
  private static int place(float[] values) {
    for (int i = 0; i < 162; i++) {
      if (Arrays.equals(CROPS[i], values)) {
        return i;
      }
    }
    throw new AssertionError("not a crop of the image");
  }

  private static final float[][] CROPS = new float[162][];

  static {
    for (int i = 0; i < 162; i++) {
      CROPS[i] = crop(i / 18 - 4, i / 2 % 9 - 4, i % 2 == 1);
    }
  }
}
