package org.stjem.frontend.reverb;

import java.util.Arrays;
import org.jtransforms.fft.FloatFFT_1D;
import org.visnow.jlargearrays.ConcurrencyUtils;

/**
 * Convolution with one filter by overlap-add in the frequency domain. Immutable: threads may share
 * one.
 */
final class FastConvolution {
  static {
    // Callers work on many utterances at once; threads inside a transform only cost time then.
    ConcurrencyUtils.setNumberOfThreads(1);
  }

  private static final int SMALLEST_TRANSFORM = 1024;

  private final int taps;
  private final int size;
  private final FloatFFT_1D transform;
  private final float[] spectrum;

  FastConvolution(float[] filter) {
    taps = filter.length;
    size = Math.max(SMALLEST_TRANSFORM, 2 * Integer.highestOneBit(2 * taps - 1));
    transform = new FloatFFT_1D(size);
    spectrum = new float[size];
    System.arraycopy(filter, 0, spectrum, 0, taps);
    transform.realForward(spectrum);
  }

  /**
   * Samples {@code delay} to {@code delay + signal.length} of the convolution: as many as the
   * signal has, with the filter's tap {@code delay} at time 0.
   */
  float[] apply(float[] signal, int delay) {
    float[] result = new float[signal.length];
    int hop = size - taps + 1;
    float[] block = new float[size];
    for (int from = 0; from < signal.length; from += hop) {
      int length = Math.min(hop, signal.length - from);
      System.arraycopy(signal, from, block, 0, length);
      Arrays.fill(block, length, size, 0f);
      transform.realForward(block);
      multiply(block);
      transform.realInverse(block, true);
      int start = from - delay;
      int first = Math.max(0, -start);
      int last = Math.min(length + taps - 1, result.length - start);
      for (int i = first; i < last; i++) {
        result[start + i] += block[i];
      }
    }
    return result;
  }

  /** Packed as [re 0, re n/2, re 1, im 1, re 2, im 2, ...]. */
  private void multiply(float[] block) {
    block[0] *= spectrum[0];
    block[1] *= spectrum[1];
    for (int i = 2; i < size; i += 2) {
      float re = block[i] * spectrum[i] - block[i + 1] * spectrum[i + 1];
      block[i + 1] = block[i] * spectrum[i + 1] + block[i + 1] * spectrum[i];
      block[i] = re;
    }
  }
}
