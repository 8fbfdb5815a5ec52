package org.stjem.acoustic.ebm;

import java.nio.IntBuffer;
import java.util.random.RandomGenerator;

/**
 * The xoshiro256++ generator (Blackman and Vigna 2019) with a state that can be saved and restored,
 * so that a resumed run draws what an unbroken one would have drawn.
 */
public final class SeededRandom implements RandomGenerator {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long s0;
  private long s1;
  private long s2;
  private long s3;

  /** Seeds the state by SplitMix64; each {@code stream} of one seed is a sequence of its own. */
  public SeededRandom(long seed, long stream) {
    long z = mix(seed) + GOLDEN * (stream + 1);
    long[] words = new long[4];
    for (int i = 0; i < words.length; i++) {
      z += GOLDEN;
      words[i] = mix(z);
    }
    restore(words);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  @Override
  public long nextLong() {
    long result = Long.rotateLeft(s0 + s3, 23) + s0;
    long t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  /** The state, four words. */
  public long[] state() {
    return new long[] {s0, s1, s2, s3};
  }

  /** Restores what {@link #state()} gave. */
  public final void restore(long[] state) {
    if (state.length != 4) {
      throw new IllegalArgumentException("a state has 4 words, not " + state.length);
    }
    s0 = state[0];
    s1 = state[1];
    s2 = state[2];
    s3 = state[3];
  }

  /** Puts {@code values} into random order (Fisher-Yates). */
  public void shuffle(int[] values) {
    shuffle(IntBuffer.wrap(values));
  }

  /** The same, from the first to the limit. */
  public void shuffle(IntBuffer values) {
    for (int i = values.limit() - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int value = values.get(i);
      values.put(i, values.get(j));
      values.put(j, value);
    }
  }
}
