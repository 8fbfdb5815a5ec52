package org.stjem.acoustic.ebm;

/** Some SGLD chains on their way: where they stand, what they climb, how long they have run. */
final class Chains {
  /** {@code [count, rowSize]} row by row. */
  final float[] x;

  /** The place of the replay buffer that each came from, −1 for none. */
  final int[] places;

  /** The label whose logit each climbs, or −1 for s. */
  final int[] labels;

  /** Steps that each has made since its fresh start. */
  final int[] ages;

  Chains(int count, int rowSize) {
    this.x = new float[Math.multiplyExact(count, rowSize)];
    this.places = new int[count];
    this.labels = new int[count];
    this.ages = new int[count];
  }

  int count() {
    return places.length;
  }

  /** Integers as floats, exact up to 2^24. */
  static float[] floats(int[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i];
    }
    return floats;
  }

  static void copy(float[] from, int[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = (int) from[i];
    }
  }
}
