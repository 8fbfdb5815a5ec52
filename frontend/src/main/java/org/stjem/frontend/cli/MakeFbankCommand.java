package org.stjem.frontend.cli;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.audio.RawFormatOptions;
import org.stjem.frontend.data.DataDirRules;
import org.stjem.frontend.data.DataDirValidator;
import org.stjem.frontend.data.FbankDataDir;
import org.stjem.frontend.data.FbankSettings;
import org.stjem.frontend.data.Inconsistency;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.CompressionMethod;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend make-fbank} (steps/make_fbank.sh, steps/compute_cmvn_stats.sh). */
@CommandLine.Command(
    description = {
      "Makes the features of a Kaldi data directory, and their normalisation statistics per"
          + " speaker, on all cores: what steps/make_fbank.sh and steps/compute_cmvn_stats.sh do."
          + " Reads wav.scp and, if there, segments, spk2warp or utt2warp; writes feats.scp, cmvn.scp,"
          + " utt2num_frames, utt2dur, frame_shift and conf/fbank.conf into DATA-DIR, the archives"
          + " raw_fbank_NAME.N.ark and cmvn_NAME.ark with their script files into FBANK-DIR.",
      "A run that was broken off goes on where it was if repeated. The result does not depend on"
          + " --nj. Utterances that fail are listed with the reason in"
          + " LOG-DIR/make_fbank_NAME.failed; the exit status is 1 if they are more than 5 %%.",
      "E.g.: make-fbank --fbank-config=conf/fbank.conf data/train exp/make_fbank/train fbank",
      "      for x in train dev test; do make-fbank data/$x; done"
    },
    sortOptions = false)
final class MakeFbankCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(MakeFbankCommand.class);

  /** Of every so many utterances one may fail. */
  private static final int TOLERATED = 20;

  @Option(
      names = "--nj",
      paramLabel = "N",
      description = "threads; 0 for one per core (default ${DEFAULT-VALUE})")
  private int nj = 0;

  @Option(
      names = "--fbank-config",
      paramLabel = "FILE",
      description =
          "options of fbank, one per line, but for --vtln-map, --utt2spk and those that write"
              + " (default conf/fbank.conf, or the options' defaults if there is no such file)")
  private Path fbankConfig;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "seed of the dither (default: that of the configuration, or 0)")
  private Long seed;

  @Option(
      names = "--compress",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "compress the archives (default ${DEFAULT-VALUE})")
  private boolean compress = true;

  @Option(
      names = "--compression-method",
      paramLabel = "N",
      description = "1 to 7, as in copy-feats (default ${DEFAULT-VALUE})")
  private int compressionMethod = 1;

  @Option(
      names = "--cmvn",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "write cmvn.scp, statistics per speaker (default ${DEFAULT-VALUE})")
  private boolean cmvn = true;

  @Option(
      names = "--write-utt2num-frames",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "write utt2num_frames (default ${DEFAULT-VALUE})")
  private boolean writeFrames = true;

  @Option(
      names = "--write-utt2dur",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "write utt2dur (default ${DEFAULT-VALUE})")
  private boolean writeDurations = true;

  @Option(
      names = "--min-segment-length",
      paramLabel = "SECONDS",
      description = "shorter segments fail (default ${DEFAULT-VALUE})")
  private float minSegmentLength = 0.1f;

  @Option(
      names = "--max-overshoot",
      paramLabel = "SECONDS",
      description =
          "segments that go on for less than this behind the recording's end are cut there, others"
              + " fail (default ${DEFAULT-VALUE})")
  private float maxOvershoot = 0.5f;

  @Mixin private final RawFormatOptions rawOptions = new RawFormatOptions();

  @Parameters(index = "0", paramLabel = "DATA-DIR", description = "e.g. data/train; NAME is train")
  private Path dataDir;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "LOG-DIR",
      description = "(default DATA-DIR/log)")
  private Path logDir;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "FBANK-DIR",
      description = "(default DATA-DIR/data)")
  private Path fbankDir;

  @Override
  public Integer call() {
    if (nj < 0) {
      throw new StjemException("--nj=" + nj + " is below 0");
    }
    CompressionMethod method = CompressionMethod.ofNumber(compressionMethod);
    FbankConfig config = FbankConfig.read(fbankConfig);
    if (seed != null) {
      config.utterance().seed = seed;
    }
    validate();
    FbankSettings settings =
        new FbankSettings(
            config.fbank(),
            config.utterance(),
            rawOptions.format(),
            minSegmentLength,
            maxOvershoot,
            compress ? method : null);
    FbankDataDir data =
        new FbankDataDir(
            dataDir,
            logDir == null ? dataDir.resolve("log") : logDir,
            fbankDir == null ? dataDir.resolve("data") : fbankDir,
            settings);
    int size = data.size();
    int remaining = data.remaining();
    if (remaining < size) {
      log.info("Going on where an earlier run was: {} utterances are done", size - remaining);
    }
    FbankDataDir.Outcome outcome;
    try (Progress progress = new Progress("make-fbank", remaining)) {
      outcome =
          data.make(
              nj == 0 ? Runtime.getRuntime().availableProcessors() : nj,
              new FbankDataDir.Extras(
                  writeFrames, writeDurations, cmvn, config.frameShift(), config.text()),
              progress::step);
    }
    return report(outcome, size, data.failureList());
  }

  private void validate() {
    Set<String> made = new HashSet<>(Set.of("feats.scp"));
    if (cmvn) {
      made.add("cmvn.scp");
    }
    if (writeFrames) {
      made.add("utt2num_frames");
    }
    if (writeDurations) {
      made.add("utt2dur");
    }
    DataDirRules rules = new DataDirRules(false, false, true, true, false, true, made);
    List<Inconsistency> found = DataDirValidator.validate(dataDir, rules);
    if (!found.isEmpty()) {
      found.forEach(inconsistency -> log.error("{}", inconsistency));
      throw new StjemException(
          dataDir
              + " has "
              + found.size()
              + (found.size() == 1 ? " inconsistency" : " inconsistencies")
              + "; utils/fix_data_dir.sh mends many kinds");
    }
  }

  private int report(FbankDataDir.Outcome outcome, int size, Path failureList) {
    if (outcome.done() < size) {
      log.warn(
          "It seems not all of the feature files were successfully processed ({} != {}); see {},"
              + " and consider using utils/fix_data_dir.sh {}",
          outcome.done(),
          size,
          failureList,
          dataDir);
    }
    log.info("Done {} utterances, failed for {}", outcome.done(), outcome.failures().size());
    if (outcome.done() == 0 || outcome.done() < size - size / TOLERATED) {
      throw new StjemException(
          "Less than 95% of the features were made, of "
              + outcome.done()
              + " utterances of "
              + size
              + "; probably a serious error, see "
              + failureList);
    }
    return 0;
  }
}
