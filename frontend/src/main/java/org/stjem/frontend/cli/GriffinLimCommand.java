package org.stjem.frontend.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.WaveData;
import org.stjem.frontend.audio.WaveWriter;
import org.stjem.frontend.cmvn.Cmvn;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.FileNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.vocoder.GriffinLim;
import org.stjem.frontend.vocoder.MelVocoder;
import org.stjem.frontend.vocoder.SpectrogramPicture;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend griffin-lim}: audio of features, one utterance in memory at a time. */
@CommandLine.Command(
    description = {
      "Makes audio of log-Mel features, to hear what they have kept: Mel energies to magnitude"
          + " spectra by non-negative inversion, phases by the fast Griffin-Lim algorithm. Writes"
          + " one 16-bit WAV per utterance into WAV-DIR and logs the spectral convergence, 20"
          + " log10(‖|S| - M‖ / ‖M‖), S the spectra of the audio and M the magnitudes asked for.",
      "Give the options that the features were made with; those of dither and VTLN are without"
          + " effect.",
      "Example: griffin-lim --cmvn=scp:data/test/cmvn.scp --utt2spk=ark:data/test/utt2spk"
          + " scp:data/test/feats_normalised.scp wav"
    },
    sortOptions = false)
final class GriffinLimCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(GriffinLimCommand.class);

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "" + MelVocoder.ITERATIONS,
      description = "iterations (default ${DEFAULT-VALUE})")
  private int iterations;

  @Option(
      names = "--momentum",
      paramLabel = "ALPHA",
      defaultValue = "" + MelVocoder.MOMENTUM,
      description = "momentum of the fast variant; 0 for the original (default ${DEFAULT-VALUE})")
  private double momentum;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "of the phases at the start (default ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--cmvn",
      paramLabel = "RSPECIFIER",
      description =
          "statistics by which the features were normalised, to undo that: a table, or a file with"
              + " one set for all utterances")
  private String cmvnStats;

  @Option(
      names = "--utt2spk",
      paramLabel = "RSPECIFIER",
      description = "speaker of each utterance, where --cmvn is by speaker")
  private String utt2spk;

  @Option(
      names = "--norm-vars",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description = "variances were normalised too (default ${DEFAULT-VALUE})")
  private boolean normVars;

  @Option(
      names = "--picture-dir",
      paramLabel = "DIR",
      description = "also draw the given features and those of the audio, one PNG per utterance")
  private Path pictureDir;

  @Mixin private final FbankOptions options = new FbankOptions();

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER")
  private String feats;

  @Parameters(index = "1", paramLabel = "WAV-DIR")
  private Path wavDir;

  private MelVocoder vocoder;
  private boolean pictureFailed;
  private final Tally tally = new Tally(log);
  private double squaredError;
  private double squaredNorm;

  @Override
  public Integer call() throws IOException {
    if (cmvnStats == null && (utt2spk != null || normVars)) {
      throw new StjemException("--utt2spk and --norm-vars are of use only with --cmvn");
    }
    options.dither = 0;
    vocoder = new MelVocoder(options, iterations, momentum, seed);
    createFolders();
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(feats);
        SpeakerCmvn cmvn =
            cmvnStats == null
                ? null
                : SpeakerCmvn.open(cmvnStats, utt2spk, s -> Cmvn.reversing(s, normVars))) {
      while (reader.next()) {
        try {
          synthesise(reader.key(), reader.value(), cmvn);
          tally.done();
        } catch (EntryException e) {
          tally.failed(e.getMessage());
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed("Utterance " + reader.key() + ": " + e.getMessage());
        }
      }
    }
    log.info(
        "Spectral convergence over all frames: {}",
        decibels(GriffinLim.Result.convergence(squaredError, squaredNorm)));
    return tally.finish();
  }

  private void createFolders() {
    try {
      Files.createDirectories(wavDir);
      if (pictureDir != null) {
        Files.createDirectories(pictureDir);
      }
    } catch (IOException e) {
      throw new StjemException(
          "cannot create a folder for the output: " + StjemException.reason(e), e);
    }
  }

  private void synthesise(String key, FloatMatrix given, SpeakerCmvn cmvn) throws IOException {
    FeatureTable.check(given);
    FloatMatrix plain = cmvn == null ? given : cmvn.of(key).apply(given);
    MelVocoder.Audio audio = vocoder.audio(plain);
    GriffinLim.Result result = audio.made();
    squaredError += result.squaredError();
    squaredNorm += result.squaredNorm();
    log.info("{}: spectral convergence {}", key, decibels(result.convergence()));
    if (audio.scale() < 1) {
      log.warn("{}: scaled by {} to keep it from clipping", key, audio.scale());
    } else if (audio.silent()) {
      log.warn("{}: silent; normalised features need --cmvn", key);
    }
    float[] samples = audio.samples();
    try (AtomicFile file = AtomicFile.create(wavDir.resolve(FileNames.ofKey(key, ".wav")))) {
      WaveData wave = WaveData.mono(Math.round(options.sampleFrequency), samples);
      WaveWriter.write(wave, file.stream(), key);
      file.commitWithoutSync();
    }
    if (pictureDir != null && !pictureFailed) {
      try {
        draw(key, plain, samples);
      } catch (StjemException e) {
        // The audio is what counts; the reason is the same for every picture.
        pictureFailed = true;
        log.warn("no pictures from {} on: {}", key, e.getMessage());
      }
    }
  }

  private void draw(String key, FloatMatrix given, float[] samples) throws IOException {
    FloatMatrix remade = new FbankExtractor(options).compute(samples);
    SpectrogramPicture picture =
        new SpectrogramPicture(options)
            .add(key + ": features given", given)
            .add(key + ": features of the audio made of them", remade);
    try (AtomicFile file = AtomicFile.create(pictureDir.resolve(FileNames.ofKey(key, ".png")))) {
      picture.write(file.stream());
      file.commitWithoutSync();
    }
  }

  private static String decibels(double value) {
    return Double.isInfinite(value)
        ? "exact, as of silence"
        : String.format(Locale.ROOT, "%.2f dB", value);
  }
}
