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
    if (taps[direct] == 0) {
      throw new StjemException("an impulse response of " + taps.length + " samples is silent");
    }
    this.sampleRate = sampleRate;
    this.direct = direct;
    this.taps = new float[taps.length];
    for (int i = 0; i < taps.length; i++) {
      this.taps[i] = taps[i] / Math.abs(taps[direct]);
    }
    this.all = new FastConvolution(this.taps);
    this.earlyFrom = Math.max(0, direct - (int) (EARLY_BEFORE_S * sampleRate));
    int to = Math.min(taps.length, direct + (int) (EARLY_AFTER_S * sampleRate) + 1);
    this.early = new FastConvolution(Arrays.copyOfRange(this.taps, earlyFrom, to));
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
