package org.stjem.frontend.reverb;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;

/**
 * A room impulse response whose direct path has gain 1 and keeps its time: what it makes of an
 * utterance is neither shifted nor longer. Immutable: threads may share one.
 */
public final class ImpulseResponse {
  /** What the REVERB challenge takes as early when it sets the signal-to-noise ratio. */
  private static final double EARLY_BEFORE_S = 0.001;

  private static final double EARLY_AFTER_S = 0.05;

  /** Longer than the resampling filter reaches back, so that none of the direct path is cut off. */
  private static final double LEAD_S = 0.005;

  private final int sampleRate;
  private final float[] taps;
  private final int direct;
  private final FastConvolution all;
  private final FastConvolution early;
  private final int earlyFrom;

  /**
   * Scales a response so that its direct path has gain 1.
   *
   * @param direct index of the direct path in {@code taps}
   * @throws StjemException if there is no sound at {@code direct}
   */
  ImpulseResponse(int sampleRate, float[] taps, int direct) {
    this(sampleRate, direct, scaled(taps, direct));
  }

  private ImpulseResponse(int sampleRate, int direct, float[] taps) {
    this.sampleRate = sampleRate;
    this.direct = direct;
    this.taps = taps;
    this.all = new FastConvolution(taps);
    this.earlyFrom = Math.max(0, direct - (int) (EARLY_BEFORE_S * sampleRate));
    int to = Math.min(taps.length, direct + (int) (EARLY_AFTER_S * sampleRate) + 1);
    this.early = new FastConvolution(Arrays.copyOfRange(taps, earlyFrom, to));
  }

  private static float[] scaled(float[] taps, int direct) {
    if (taps.length == 0 || taps[direct] == 0) {
      throw new StjemException("an impulse response of " + taps.length + " samples is silent");
    }
    float[] scaled = new float[taps.length];
    for (int i = 0; i < taps.length; i++) {
      scaled[i] = taps[i] / Math.abs(taps[direct]);
    }
    return scaled;
  }

  /** The same frequency response, as far as there is one at both rates, at {@code rate}. */
  ImpulseResponse resampled(int rate) {
    int lead = (int) Math.ceil(LEAD_S * sampleRate);
    float[] led = new float[lead + taps.length];
    System.arraycopy(taps, 0, led, lead, taps.length);
    float[] converted = SampleRate.convert(led, sampleRate, rate);
    // A filter of more samples per second sums over more of them.
    float gain = (float) sampleRate / rate;
    for (int i = 0; i < converted.length; i++) {
      converted[i] *= gain;
    }
    int at = (int) Math.round((double) (lead + direct) * rate / sampleRate);
    return new ImpulseResponse(rate, Math.min(at, converted.length - 1), converted);
  }

  int sampleRate() {
    return sampleRate;
  }

  /** Reverberation time in seconds; see {@link DecayTime}. */
  double t60() {
    return DecayTime.t60(taps, sampleRate);
  }

  /** The reverberated {@code speech}, of the same length. */
  float[] reverberate(float[] speech) {
    return all.apply(speech, direct);
  }

  /** Only the direct sound and the reflections within 50 ms of it. */
  float[] early(float[] speech) {
    return early.apply(speech, direct - earlyFrom);
  }
}
