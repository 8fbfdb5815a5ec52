package org.stjem.acoustic.tying;

/**
 * The numbers of the C library's {@code rand()} (additive feedback, seed 1), from which Kaldi draws
 * the first clusters of phones: the same questions need the same numbers.
 */
final class AdditiveRandom {
  private static final int FAR = 31;
  private static final int NEAR = 3;
  private static final int DISCARDED = 310;
  private static final long MODULUS = Integer.MAX_VALUE;

  /** The last numbers in a ring. */
  private final int[] state = new int[FAR];

  private int next;

  AdditiveRandom() {
    state[0] = 1;
    for (int i = 1; i < FAR; i++) {
      state[i] = (int) (16807L * state[i - 1] % MODULUS);
    }
    // The generator starts with the first numbers once more.
    next = NEAR;
    for (int i = 0; i < DISCARDED; i++) {
      next();
    }
  }

  /** From 0 to 2^31 - 1. */
  int next() {
    int at = next % FAR;
    state[at] += state[(next + FAR - NEAR) % FAR];
    next++;
    return state[at] >>> 1;
  }
}
