package org.stjem.frontend.fbank;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.Resampler;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Makes features of whole recordings, as {@code compute-fbank-feats} does: chooses the channel,
 * resamples, extracts, subtracts the mean (featbin/compute-fbank-feats.cc). Not for several threads
 * at once.
 */
public final class UtteranceFbank {
  private static final Logger logger = LoggerFactory.getLogger(UtteranceFbank.class);

  private final FbankOptions options;
  private final UtteranceOptions utteranceOptions;
  private final FbankExtractor extractor;
  private Resampler resampler;
  private int resampledFrom;

  /**
   * Takes copies of the first options and a reference to the second.
   *
   * @throws StjemException if an option is out of range
   */
  public UtteranceFbank(FbankOptions options, UtteranceOptions utteranceOptions) {
    utteranceOptions.check();
    this.options = options.copy();
    this.utteranceOptions = utteranceOptions;
    this.extractor = new FbankExtractor(options);
  }

  /**
   * Features of one recording.
   *
   * @param key seeds the dither, together with the options' seed
   * @param warp VTLN warp factor, 1 for none
   * @return {@code [frames, dim]}; without frames if the recording is too short for one
   * @throws StjemException if it is too short, has another rate or lacks the channel
   */
  public FloatMatrix compute(String key, WaveData wave, float warp) {
    if (wave.duration() < utteranceOptions.minDuration) {
      throw new StjemException(
          wave.duration() + " s are less than --min-duration=" + utteranceOptions.minDuration);
    }
    float[] samples = wave.channel(chooseChannel(key, wave));
    if (wave.sampleRate() != options.sampleFrequency) {
      samples = resample(samples, wave.sampleRate());
    }
    extractor.start(warp, FbankExtractor.seedOf(utteranceOptions.seed, key));
    FloatMatrix features = extractor.compute(samples);
    if (utteranceOptions.subtractMean) {
      subtractMean(features);
    }
    return features;
  }

  private int chooseChannel(String key, WaveData wave) {
    int channel = utteranceOptions.channel;
    if (channel >= wave.numChannels()) {
      throw new StjemException(
          "--channel=" + channel + " of a wave with " + wave.numChannels() + " channels");
    }
    if (channel < 0 && wave.numChannels() > 1) {
      logger.warn("{}: {} channels and no --channel; taking 0", key, wave.numChannels());
    }
    return Math.max(0, channel);
  }

  private float[] resample(float[] samples, int rate) {
    boolean down = rate > options.sampleFrequency;
    if (down ? !utteranceOptions.allowDownsample : !utteranceOptions.allowUpsample) {
      throw new StjemException(
          "sampled at "
              + rate
              + " Hz while --sample-frequency="
              + options.sampleFrequency
              + (down ? "; --allow-downsample" : "; --allow-upsample")
              + "=true would resample it");
    }
    if (rate != resampledFrom) {
      resampler = new Resampler(rate, (int) options.sampleFrequency);
      resampledFrom = rate;
    }
    return resampler.resample(samples);
  }

  private static void subtractMean(FloatMatrix features) {
    for (int d = 0; d < features.cols(); d++) {
      double sum = 0;
      for (int t = 0; t < features.rows(); t++) {
        sum += features.get(t, d);
      }
      float mean = (float) (sum / features.rows());
      for (int t = 0; t < features.rows(); t++) {
        features.set(t, d, features.get(t, d) - mean);
      }
    }
  }
}
