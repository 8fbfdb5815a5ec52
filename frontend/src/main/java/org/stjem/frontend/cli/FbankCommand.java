package org.stjem.frontend.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.RawFormat;
import org.stjem.frontend.audio.RawFormatOptions;
import org.stjem.frontend.audio.SpooledWave;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.fbank.UtteranceFbank;
import org.stjem.frontend.fbank.UtteranceOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatRows;
import org.stjem.frontend.kaldi.HtkMatrixHolder;
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
 * (featbin/compute-fbank-feats.cc). Holds one recording at a time, and of a long one little in
 * memory.
 */
@CommandLine.Command(
    description = {
      "Computes log-Mel filterbank features, equal to those of Kaldi's compute-fbank-feats, whose"
          + " options and defaults it has, but for --num-mel-bins and --seed.",
      "Waves may be WAV, FLAC or NIST SPHERE files, or commands that write one of them, such as"
          + " 'sph2pipe -f wav -p FILE |'; with --raw-sample-rate also samples without header."
          + " The samples of long recordings lie in $TMPDIR, or /tmp, meanwhile.",
      "E.g.: fbank --config=conf/fbank.conf scp:wav.scp ark,scp:feats.ark,feats.scp",
      "      fbank --sample-frequency=8000 --allow-downsample scp:wav.scp ark:-",
      "      extract-segments scp:wav.scp segments ark:- | fbank ark:- ark:feats.ark"
    },
    sortOptions = false)
public final class FbankCommand implements Callable<Integer> {
  private static final Logger logger = LoggerFactory.getLogger(FbankCommand.class);

  private static final int HTK_PERIODS_PER_MS = 10_000;
  private static final int HTK_FBANK = 7;
  private static final int HTK_WITH_ENERGY = 0100;

  /** Kaldi sets it for features without energy. */
  private static final int HTK_WITH_C0 = 020000;

  @Parameters(index = "0", paramLabel = "WAV-RSPECIFIER", description = "waves, e.g. scp:wav.scp")
  private String waveRspecifier;

  @Parameters(
      index = "1",
      paramLabel = "FEATS-WSPECIFIER",
      description = "where the features go, e.g. ark,scp:feats.ark,feats.scp")
  private String featureWspecifier;

  @Mixin private final FbankOptions options = new FbankOptions();

  @Mixin private final UtteranceOptions utteranceOptions = new UtteranceOptions();

  @Mixin private final RawFormatOptions rawOptions = new RawFormatOptions();

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
      description =
          "kaldi, or htk for HTK parameter files, one per utterance with a FEATS-WSPECIFIER such"
              + " as scp:htk.scp, whose lines name them (default kaldi)")
  private OutputFormat outputFormat = OutputFormat.KALDI;

  @Override
  public Integer call() {
    if (vtlnMap.isEmpty() && !utt2spk.isEmpty()) {
      throw new StjemException("--utt2spk=" + utt2spk + " is of use only with --vtln-map");
    }
    UtteranceFbank fbank = new UtteranceFbank(options, utteranceOptions);
    RawFormat raw = rawOptions.format();
    Tally tally = new Tally(logger);
    try (SequentialTableReader<SpooledWave> waves =
            Tables.read(waveRspecifier, in -> SpooledWave.read(in, raw));
        WarpFactors warps = new WarpFactors(utteranceOptions.vtlnWarp, vtlnMap, utt2spk);
        TableWriter<FloatRows> features = featureWriter();
        TableWriter<Double> durations = utt2dur.isEmpty() ? null : Tables.writeDoubles(utt2dur)) {
      while (waves.next()) {
        String key = waves.key();
        try (SpooledWave wave = waves.value()) {
          FloatRows matrix = fbank.compute(key, wave, warps.of(key));
          if (matrix.rows() == 0) {
            logger.warn("{}: {} s are too short for a frame, written empty", key, wave.duration());
          }
          features.write(key, matrix);
          if (durations != null) {
            durations.write(key, (double) wave.duration());
          }
          tally.done();
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed(key + ": no features: " + e.getMessage());
        }
      }
      features.commit();
      if (durations != null) {
        durations.commit();
      }
    }
    return tally.finish();
  }

  private TableWriter<FloatRows> featureWriter() {
    if (outputFormat == OutputFormat.KALDI) {
      return Tables.writeFloatRows(featureWspecifier, null);
    }
    int shift = Math.round(options.frameShift * HTK_PERIODS_PER_MS);
    int kind = HTK_FBANK | (options.useEnergy ? HTK_WITH_ENERGY : HTK_WITH_C0);
    return Tables.write(featureWspecifier, new HtkMatrixHolder(shift, kind)::writeRows);
  }

  private enum OutputFormat {
    KALDI,
    HTK
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
