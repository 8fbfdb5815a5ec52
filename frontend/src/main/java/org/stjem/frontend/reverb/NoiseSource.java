package org.stjem.frontend.reverb;

import java.util.Random;

/** A supply of stationary background noise. Threads may share one. */
public interface NoiseSource {
  /**
   * A stretch of noise of no particular level.
   *
   * @param samples its length
   * @param sampleRate samples per second
   * @param random decides all that is random about it
   */
  float[] make(int samples, int sampleRate, Random random);
}
