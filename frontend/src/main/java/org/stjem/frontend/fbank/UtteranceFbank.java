package org.stjem.frontend.fbank;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.Resampler;
import org.stjem.frontend.audio.SampleSource;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.FloatRows;

/**
 * Makes features of whole recordings, as {@code compute-fbank-feats} does: chooses the channel,
 * resamples, extracts, subtracts the mean (featbin/compute-fbank-feats.cc). Not for several threads
 * at once.
 */
public final class UtteranceFbank {
  private static final Logger logger = LoggerFactory.getLogger(UtteranceFbank.class);

  /** Most samples and most values of features that are held in memory. */
  private static final int IN_MEMORY = 1 << 20;

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
   * @return {@code [frames, dim]}; without frames if the recording is too short for one. Those of a
   *     long recording are computed as they are used, which must be before the next call and while
   *     the recording is open
   * @throws StjemException if it is too short, has another rate or lacks the channel
   */
  public FloatRows compute(String key, SampleSource wave, float warp) {
    return compute(key, wave, warp, IN_MEMORY);
  }

  /** Features of one recording, with so many samples and values in memory at most. */
  FloatRows compute(String key, SampleSource wave, float warp, int inMemory) {
    if (wave.duration() < utteranceOptions.minDuration) {
      throw new StjemException(
          wave.duration() + " s are less than --min-duration=" + utteranceOptions.minDuration);
    }
    Channel samples = channel(wave, chooseChannel(key, wave));
    long seed = FbankExtractor.seedOf(utteranceOptions.seed, key);
    extractor.start(warp, seed);
    long frames = options.numFrames(samples.length(), true);
    if (samples.length() > inMemory || frames * options.dim() > inMemory) {
      StreamedFbank streamed =
          new StreamedFbank(extractor, warp, seed, samples, Math.toIntExact(frames));
      if (utteranceOptions.subtractMean) {
        streamed.subtractMean();
      }
      return streamed;
    }
    FloatMatrix features = extractor.compute(samples.samples(0, samples.length()));
    if (utteranceOptions.subtractMean) {
      subtractMean(features);
    }
    return features;
  }

  private int chooseChannel(String key, SampleSource wave) {
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

  /** Samples of one channel at the options' rate. */
  private Channel channel(SampleSource wave, int channel) {
    int rate = wave.sampleRate();
    if (rate == options.sampleFrequency) {
      return new Channel(wave, channel, null);
    }
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
    return new Channel(wave, channel, resampler);
  }

  /**
   * One channel of a recording.
   *
   * @param resampler null if its rate stays
   */
  record Channel(SampleSource wave, int channel, Resampler resampler) {
    int length() {
      return resampler == null ? wave.numSamples() : resampler.outputLength(wave.numSamples());
    }

    float[] samples(int from, int to) {
      return resampler == null
          ? wave.samples(channel, from, to)
          : resampler.resample(wave, channel, from, to);
    }
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
