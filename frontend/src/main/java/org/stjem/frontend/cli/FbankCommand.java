package org.stjem.frontend.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.Resampler;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveHolder;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Computes the filterbank features of a table of waves, as Kaldi's {@code compute-fbank-feats} does
 * (featbin/compute-fbank-feats.cc). Holds one recording in memory at a time.
 */
@CommandLine.Command(
    description = {
      "Computes log-Mel filterbank features, equal to those of Kaldi's compute-fbank-feats, whose"
          + " options and defaults it has, but for --num-mel-bins and --seed.",
      "Waves may be WAV, FLAC or NIST SPHERE files, or commands that write one of them.",
      "E.g.: fbank --config=conf/fbank.conf scp:wav.scp ark,scp:feats.ark,feats.scp"
    },
    sortOptions = false)
public final class FbankCommand implements Callable<Integer> {
  private static final Logger logger = LoggerFactory.getLogger(FbankCommand.class);
  private static final String KALDI_FORMAT = "kaldi";

  @Parameters(index = "0", paramLabel = "WAV-RSPECIFIER", description = "waves, e.g. scp:wav.scp")
  private String waveRspecifier;

  @Parameters(
      index = "1",
      paramLabel = "FEATS-WSPECIFIER",
      description = "where the features go, e.g. ark,scp:feats.ark,feats.scp")
  private String featureWspecifier;

  @Mixin private final FbankOptions options = new FbankOptions();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "seed of the dither; with it and its key, the noise of an utterance is always the same"
              + " (default ${DEFAULT-VALUE})")
  private long seed = 0;

  @Option(
      names = "--channel",
      paramLabel = "N",
      description =
          "channel to take, 0 for left; -1 expects one and takes the first of several with a"
              + " warning (default ${DEFAULT-VALUE})")
  private int channel = -1;

  @Option(
      names = "--min-duration",
      paramLabel = "SECONDS",
      description = "shorter waves are left out (default ${DEFAULT-VALUE})")
  private float minDuration = 0;

  @Option(
      names = "--subtract-mean",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "subtract the mean over each utterance (default ${DEFAULT-VALUE})")
  private boolean subtractMean = false;

  @Option(
      names = "--allow-downsample",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "resample waves of a higher rate than --sample-frequency instead of leaving them out"
              + " (default ${DEFAULT-VALUE})")
  private boolean allowDownsample = false;

  @Option(
      names = "--allow-upsample",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "likewise for waves of a lower rate (default ${DEFAULT-VALUE})")
  private boolean allowUpsample = false;

  @Option(
      names = "--vtln-warp",
      paramLabel = "FACTOR",
      description = "VTLN warp factor, if there is no --vtln-map (default ${DEFAULT-VALUE})")
  private float vtlnWarp = 1;

  @Option(
      names = "--vtln-map",
      paramLabel = "RSPECIFIER",
      description = "warp factors by utterance, or by speaker with --utt2spk")
  private String vtlnMap = "";

  @Option(
      names = "--utt2spk",
      paramLabel = "RSPECIFIER",
      description = "speakers by utterance, for --vtln-map")
  private String utt2spk = "";

  @Option(
      names = "--write-utt2dur",
      paramLabel = "WSPECIFIER",
      description = "where durations in seconds go, e.g. ark,t:utt2dur")
  private String utt2dur = "";

  @Option(
      names = "--output-format",
      paramLabel = "FORMAT",
      description = "only ${DEFAULT-VALUE}; HTK files are not written")
  private String outputFormat = KALDI_FORMAT;

  @Option(
      names = "--debug-mel",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "accepted, since Kaldi's configuration files may hold it; without effect")
  private boolean debugMel = false;

  @Option(names = "--max-feature-vectors", paramLabel = "N", description = "likewise")
  private int maxFeatureVectors = -1;

  private FbankExtractor extractor;
  private Resampler resampler;
  private int resampledFrom;

  @Override
  public Integer call() {
    if (!outputFormat.equals(KALDI_FORMAT)) {
      throw new StjemException("--output-format=" + outputFormat + ": must be " + KALDI_FORMAT);
    }
    if (vtlnMap.isEmpty() && !utt2spk.isEmpty()) {
      throw new StjemException("--utt2spk=" + utt2spk + " is of use only with --vtln-map");
    }
    extractor = new FbankExtractor(options);
    int done = 0;
    int failed = 0;
    try (SequentialTableReader<WaveData> waves = Tables.read(waveRspecifier, new WaveHolder());
        WarpFactors warps = new WarpFactors(vtlnWarp, vtlnMap, utt2spk);
        TableWriter<FloatMatrix> features = Tables.writeFloatMatrices(featureWspecifier);
        TableWriter<Double> durations = utt2dur.isEmpty() ? null : Tables.writeDoubles(utt2dur)) {
      while (waves.next()) {
        String key = waves.key();
        try {
          WaveData wave = waves.value();
          features.write(key, compute(key, wave, warps.of(key)));
          if (durations != null) {
            durations.write(key, wave.duration());
          }
          done++;
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          logger.warn("{}: no features: {}", key, e.getMessage());
          failed++;
        }
      }
      features.commit();
      if (durations != null) {
        durations.commit();
      }
    }
    logger.info("Done {} utterances, failed for {}", done, failed);
    return done > 0 ? 0 : 1;
  }

  private FloatMatrix compute(String key, WaveData wave, float warp) {
    if (wave.duration() < minDuration) {
      throw new StjemException(wave.duration() + " s are less than --min-duration=" + minDuration);
    }
    float[] samples = wave.channel(chooseChannel(key, wave));
    if (wave.sampleRate() != options.sampleFrequency) {
      samples = resample(samples, wave.sampleRate());
    }
    extractor.start(warp, seedOf(key));
    FloatMatrix features = extractor.compute(samples);
    if (features.rows() == 0) {
      logger.warn("{}: {} samples are too short for a frame, written empty", key, samples.length);
      return new FloatMatrix(0, 0);
    }
    if (subtractMean) {
      subtractMean(features);
    }
    return features;
  }

  private int chooseChannel(String key, WaveData wave) {
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
    if (down ? !allowDownsample : !allowUpsample) {
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

  private long seedOf(String key) {
    return seed + 0x9E3779B97F4A7C15L * key.hashCode();
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

  /** The warp factor of each utterance: one for all, or from a table by utterance or speaker. */
  private static final class WarpFactors implements AutoCloseable {
    private final float common;
    private final RandomAccessTableReader<Double> map;
    private final RandomAccessTableReader<List<String>> speakers;

    WarpFactors(float common, String map, String speakers) {
      this.common = common;
      this.map = map.isEmpty() ? null : Tables.lookUpDoubles(map);
      this.speakers = speakers.isEmpty() ? null : Tables.lookUpTokenVectors(speakers);
    }

    float of(String utterance) {
      if (map == null) {
        return common;
      }
      if (speakers == null) {
        return map.value(utterance).floatValue();
      }
      List<String> words = speakers.value(utterance);
      if (words.size() != 1) {
        throw new StjemException("--utt2spk has not one but " + words.size() + " speakers for it");
      }
      return map.value(words.get(0)).floatValue();
    }

    @Override
    public void close() {
      if (map != null) {
        map.close();
      }
      if (speakers != null) {
        speakers.close();
      }
    }
  }
}
