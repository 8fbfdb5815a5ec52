package org.stjem.frontend.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.cmvn.Cmvn;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend apply-cmvn} (featbin/apply-cmvn.cc). */
@CommandLine.Command(
    description = {
      "Applies cepstral mean and, with --norm-vars, variance normalisation: per utterance, per"
          + " speaker with --utt2spk, or with one set of statistics from a file.",
      "Example: apply-cmvn --utt2spk=ark:data/train/utt2spk scp:data/train/cmvn.scp"
          + " scp:data/train/feats.scp ark:-"
    })
final class ApplyCmvnCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ApplyCmvnCommand.class);

  @Option(names = "--utt2spk", paramLabel = "RSPECIFIER", description = "speaker of each utterance")
  private String utt2spk;

  @Option(
      names = "--norm-vars",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description = "normalise variances (default: ${DEFAULT-VALUE})")
  private boolean normVars;

  @Option(
      names = "--norm-means",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "true",
      description = "normalise means; if false, features are copied (default: ${DEFAULT-VALUE})")
  private boolean normMeans;

  @Option(
      names = "--skip-dims",
      split = ":",
      paramLabel = "BINS",
      description = "bins, from 0, not to normalise, divided by colons: 13:14:15")
  private int[] skipDims = {};

  @Option(
      names = "--reverse",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description =
          "give features of mean 0 and variance 1 the mean and variance of the statistics"
              + " (default: ${DEFAULT-VALUE})")
  private boolean reverse;

  @Parameters(
      index = "0",
      paramLabel = "STATS-RSPECIFIER",
      description = "a table; or a file with one set of statistics for all utterances")
  private String stats;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER")
  private String feats;

  @Parameters(index = "2", paramLabel = "FEATS-WSPECIFIER")
  private String output;

  @Override
  public Integer call() {
    if (normVars && !normMeans) {
      throw new StjemException("--norm-vars=true needs --norm-means=true");
    }
    if (!normMeans) {
      return FeatureTable.map(feats, output, log, (key, matrix) -> matrix);
    }
    try (SpeakerCmvn cmvn = SpeakerCmvn.open(stats, utt2spk, this::making)) {
      return FeatureTable.map(feats, output, log, (key, matrix) -> cmvn.of(key).apply(matrix));
    }
  }

  private Cmvn making(CmvnStats given) {
    CmvnStats used = given.withoutBins(skipDims);
    return reverse ? Cmvn.reversing(used, normVars) : Cmvn.normalising(used, normVars);
  }
}
