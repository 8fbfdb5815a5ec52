package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Float16Test {

  @Test
  void of_everyNumber_comesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Float16.toFloat((short) bits);
      if (Float.isFinite(value)) {
        assertThat(Float16.of(value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void toFloat_knownNumbers() {
    assertThat(Float16.toFloat((short) 0x3c00)).isEqualTo(1f);
    assertThat(Float16.toFloat((short) 0xc000)).isEqualTo(-2f);
    assertThat(Float16.toFloat((short) 0x7bff)).isEqualTo(65504f);
    assertThat(Float16.toFloat((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(Float16.toFloat((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Float16.toFloat((short) 0x7e00)).isNaN();
  }

  @Test
  void of_anyNumber_isTheNearestOne() {
    Random random = new Random(4);
    for (int i = 0; i < 200_000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(40) - 26));
      short half = Float16.of(value);
      double error = Math.abs((double) Float16.toFloat(half) - value);
      int magnitude = half & 0x7fff;
      for (int near : new int[] {magnitude - 1, magnitude + 1}) {
        if (near >= 0 && near <= 0x7bff) {
          double other = Math.abs(Float16.toFloat((short) near) - (double) Math.abs(value));
          assertThat(error).as("%s", value).isLessThanOrEqualTo(other);
          if (error == other) {
            assertThat(magnitude % 2).as("a tie goes to the even one: %s", value).isZero();
          }
        }
      }
    }
  }

  @Test
  void of_tooLarge_isTheLargestOfItsSign() {
    for (float value : new float[] {65505, 65520, 1e30f, Float.POSITIVE_INFINITY}) {
      assertThat(Float16.toFloat(Float16.of(value))).isEqualTo(65504f);
      assertThat(Float16.toFloat(Float16.of(-value))).isEqualTo(-65504f);
    }
    assertThat(Float16.toFloat(Float16.of(Float.NaN))).isNaN();
  }
}
