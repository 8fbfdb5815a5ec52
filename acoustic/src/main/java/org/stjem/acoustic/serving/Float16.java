package org.stjem.acoustic.serving;

/** IEEE 754 binary16 numbers in the bits of a short. */
final class Float16 {
  private static final int LARGEST = 0x7bff;

  private Float16() {}

  /** The nearest number, ties to even; what is too large becomes the largest of its sign. */
  static short of(float value) {
    int bits = Float.floatToIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x47800000) {
      return (short) (sign | LARGEST);
    }
    int half;
    if (magnitude < 0x38800000) {
      // Below the smallest normal number: multiples of 2^-24, which this addition rounds to.
      float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
      half = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(0.5f);
    } else {
      int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
      half = Math.min(LARGEST, (rounded >>> 13) - (112 << 10));
    }
    return (short) (sign | half);
  }

  /** The same number as a float. */
  static float toFloat(short half) {
    int magnitude = half & 0x7fff;
    float value;
    if (magnitude >= 0x7c00) {
      value = magnitude == 0x7c00 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else if (magnitude < 0x400) {
      value = magnitude * 0x1p-24f;
    } else {
      value = Float.intBitsToFloat((magnitude << 13) + (112 << 23));
    }
    return half < 0 ? -value : value;
  }
}
