package org.stjem.frontend.reverb;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.stjem.frontend.io.StjemException;

/**
 * What a narrow-band telephone line leaves of speech: 300 to 3400 Hz. That it is sampled at 8 kHz
 * on the way changes nothing more, since a filter of linear phase (windowed sinc, Hamming) lets
 * nothing through from 3500 Hz on, nor below 200 Hz. Level and time stay as they are. Threads may
 * share one.
 */
final class TelephoneBand {
  /** A line's sample rate; speech of a lower one does not fill the band. */
  private static final int LEAST_RATE = 8000;

  /** Where the gain is a half, in the middle of either slope. */
  private static final double LOW_HZ = 250;

  private static final double HIGH_HZ = 3450;

  private static final double SLOPE_HZ = 100;

  /** Taps times width of the slope over the sample rate, of a Hamming window. */
  private static final double TAPS_TIMES_SLOPE = 3.3;

  private final Map<Integer, Filter> filters = new ConcurrentHashMap<>();

  /** A filter whose middle is tap {@code middle}. */
  private record Filter(FastConvolution taps, int middle) {
    static Filter at(int sampleRate) {
      int middle = (int) Math.ceil(TAPS_TIMES_SLOPE * sampleRate / SLOPE_HZ / 2);
      float[] taps = new float[2 * middle + 1];
      for (int i = 0; i < taps.length; i++) {
        double window = 0.54 + 0.46 * Math.cos(Math.PI * (i - middle) / middle);
        double band =
            lowPass(HIGH_HZ / sampleRate, i - middle) - lowPass(LOW_HZ / sampleRate, i - middle);
        taps[i] = (float) (window * band);
      }
      return new Filter(new FastConvolution(taps), middle);
    }

    /** Tap {@code n} of the ideal low-pass filter; the cutoff as a share of the sample rate. */
    private static double lowPass(double cutoff, int n) {
      return n == 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * n) / (Math.PI * n);
    }
  }

  /**
   * The speech as it comes out of the line.
   *
   * @param sampleRate of the speech in Hz, at least 8000
   * @return as many samples, at the same rate
   * @throws StjemException if the sample rate is lower
   */
  float[] apply(float[] speech, int sampleRate) {
    if (sampleRate < LEAST_RATE) {
      throw new StjemException(
          "the speech is sampled at " + sampleRate + " Hz, a telephone line needs " + LEAST_RATE);
    }
    Filter filter = filters.computeIfAbsent(sampleRate, Filter::at);
    return filter.taps.apply(speech, filter.middle);
  }
}
