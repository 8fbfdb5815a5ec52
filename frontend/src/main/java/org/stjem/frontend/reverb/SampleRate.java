package org.stjem.frontend.reverb;

import be.tarsos.dsp.resample.Resampler;

/**
 * Conversion of a recording to another sample rate by a low-pass filter of linear phase (a sinc
 * under a Kaiser window, from 0.9 times the lower Nyquist frequency on) that is centred on every
 * sample: level and time stay as they are.
 *
 * <p>Not for features: Kaldi's resampling, which they are to agree with, has another filter.
 */
final class SampleRate {
  private SampleRate() {}

  /** The {@code samples} at rate {@code to}, lasting as long, rounded up to a whole sample. */
  static float[] convert(float[] samples, int from, int to) {
    double factor = (double) to / from;
    float[] converted = new float[(int) (((long) samples.length * to + from - 1) / from)];
    new Resampler(true, factor, factor)
        .process(factor, samples, 0, samples.length, true, converted, 0, converted.length);
    return converted;
  }
}
