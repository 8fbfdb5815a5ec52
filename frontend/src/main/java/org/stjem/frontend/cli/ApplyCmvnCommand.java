package org.stjem.frontend.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.cmvn.Cmvn;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.Tables;
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
    if (!Tables.isSpecifier(stats)) {
      if (utt2spk != null) {
        throw new StjemException(
            "--utt2spk needs a table of statistics, such as ark:" + stats + ", not a file");
      }
      Cmvn cmvn = cmvn(KaldiObjects.readDoubleMatrix(stats));
      return FeatureTable.map(feats, output, log, (key, matrix) -> cmvn.apply(matrix));
    }
    try (RandomAccessTableReader<DoubleMatrix> reader = Tables.lookUpDoubleMatrices(stats);
        RandomAccessTableReader<List<String>> speakers =
            utt2spk == null ? null : Tables.lookUpTokenVectors(utt2spk)) {
      Function<String, String> speaker = key -> speakers == null ? key : speaker(speakers, key);
      return FeatureTable.map(
          feats, output, log, (key, matrix) -> cmvn(reader, speaker.apply(key)).apply(matrix));
    }
  }

  private static String speaker(RandomAccessTableReader<List<String>> speakers, String key) {
    List<String> words = speakers.value(key);
    if (words.size() != 1) {
      throw new StjemException("--utt2spk has " + words.size() + " words for it, one is expected");
    }
    return words.get(0);
  }

  private Cmvn cmvn(RandomAccessTableReader<DoubleMatrix> reader, String key) {
    DoubleMatrix matrix = reader.value(key);
    try {
      return cmvn(matrix);
    } catch (StjemException e) {
      throw new StjemException(e.getMessage() + " (statistics of " + key + ")", e);
    }
  }

  private Cmvn cmvn(DoubleMatrix matrix) {
    CmvnStats used = CmvnStats.of(matrix).withoutBins(skipDims);
    return reverse ? Cmvn.reversing(used, normVars) : Cmvn.normalising(used, normVars);
  }
}
