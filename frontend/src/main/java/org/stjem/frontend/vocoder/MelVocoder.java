package org.stjem.frontend.vocoder;

import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.fbank.MelInversion;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Audio of Mel features: their inversion, phases by {@link GriffinLim}, and 16-bit samples. */
public final class MelVocoder {
  /** Iterations that leave little to gain. */
  public static final int ITERATIONS = 60;

  /** Momentum of the fast variant. */
  public static final double MOMENTUM = 0.99;

  private static final float FULL_SCALE = 32767;

  private final MelInversion inversion;
  private final GriffinLim griffinLim;

  /**
   * Audio of features.
   *
   * @param samples whole numbers of 16 bits
   * @param scale below 1 where the audio was made softer to keep it from clipping
   * @param silent whether no sample is as large as one half
   * @param made what {@link GriffinLim} gave
   */
  public record Audio(float[] samples, float scale, boolean silent, GriffinLim.Result made) {}

  /** Of features of these options, as {@link GriffinLim} takes them. */
  public MelVocoder(FbankOptions options, int iterations, double momentum, long seed) {
    inversion = new MelInversion(options);
    griffinLim = new GriffinLim(options, iterations, momentum, seed);
  }

  /**
   * Audio of an utterance.
   *
   * @param features not normalised, {@code [frames, dim]}
   * @throws StjemException if the number of bins is another, or a value is none of such features
   */
  public Audio audio(FloatMatrix features) {
    GriffinLim.Result result = griffinLim.synthesise(inversion.magnitudes(features));
    float peak = 0;
    for (float sample : result.samples()) {
      peak = Math.max(peak, Math.abs(sample));
    }
    float scale = peak > FULL_SCALE ? FULL_SCALE / peak : 1;
    float[] whole = new float[result.samples().length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = Math.round(result.samples()[i] * scale);
    }
    return new Audio(whole, scale, peak < 0.5, result);
  }
}
