package org.stjem.frontend.reverb;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jtransforms.fft.FloatFFT_1D;

/**
 * Stationary Gaussian noise whose power falls with 1/f above a corner frequency and is even below
 * it, like the air conditioning and computer fans of an office.
 */
public final class PinkNoise implements NoiseSource {
  private static final double CORNER_HZ = 60;

  /** Taps of the shaping filter: enough to resolve the corner at 16 kHz. */
  private static final int TAPS = 2048;

  private final Map<Integer, FastConvolution> shapings = new ConcurrentHashMap<>();

  @Override
  public float[] make(int samples, int sampleRate, Random random) {
    float[] white = new float[samples + TAPS];
    for (int i = 0; i < white.length; i++) {
      white[i] = (float) random.nextGaussian();
    }
    float[] shaped = shapings.computeIfAbsent(sampleRate, PinkNoise::shaping).apply(white, 0);
    // The first samples lack the history that the filter needs to be as loud as later on.
    return Arrays.copyOfRange(shaped, TAPS, TAPS + samples);
  }

  private static FastConvolution shaping(int sampleRate) {
    float[] filter = new float[TAPS];
    for (int bin = 1; bin <= TAPS / 2; bin++) {
      double hertz = (double) bin * sampleRate / TAPS;
      float amplitude = (float) Math.sqrt(CORNER_HZ / Math.max(CORNER_HZ, hertz));
      // Alternating signs put the middle of the impulse response into the middle of the filter.
      // JTransforms packs the real part of the last bin into place 1.
      filter[bin == TAPS / 2 ? 1 : 2 * bin] = bin % 2 == 0 ? amplitude : -amplitude;
    }
    new FloatFFT_1D(TAPS).realInverse(filter, true);
    for (int k = 0; k < TAPS; k++) {
      filter[k] *= (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * k / TAPS));
    }
    return new FastConvolution(filter);
  }
}
