package org.stjem.acoustic.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.eval.FeatureDistortion;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic feature-distortion}. */
@Command(
    description = {
      "Signal-to-distortion ratio of features in their own domain, in dB: the power of the reference"
          + " about its mean over that of the difference. The mean over utterances, and with"
          + " --before the gain over other features, each with its standard error.",
      ""
    },
    sortOptions = false)
final class FeatureDistortionCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(FeatureDistortionCommand.class);

  @Parameters(index = "0", paramLabel = "REFERENCE-RSPECIFIER", description = "what should be")
  private String references;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "what is")
  private String feats;

  @Option(
      names = "--before",
      paramLabel = "RSPECIFIER",
      description = "what was, such as the mixtures that were parted")
  private String before;

  /** Mean and standard error of some values. */
  private static final class Mean {
    private int count;
    private double sum;
    private double squares;

    void add(double value) {
      count++;
      sum += value;
      squares += value * value;
    }

    @Override
    public String toString() {
      double mean = sum / count;
      double variance = Math.max(0, squares / count - mean * mean);
      return String.format(
          Locale.ROOT, "%.2f ± %.2f dB", mean, Math.sqrt(variance / Math.max(1, count - 1)));
    }
  }

  @Override
  public Integer call() {
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    Mean ratios = new Mean();
    Mean gains = new Mean();
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(references);
        RandomAccessTableReader<FloatMatrix> found = Tables.lookUpFloatMatrices(feats);
        RandomAccessTableReader<FloatMatrix> earlier =
            before == null ? null : Tables.lookUpFloatMatrices(before)) {
      while (reader.next()) {
        try {
          FloatMatrix reference = reader.value();
          double ratio = FeatureDistortion.ratio(reference, found.value(reader.key()));
          if (earlier != null) {
            gains.add(ratio - FeatureDistortion.ratio(reference, earlier.value(reader.key())));
          }
          ratios.add(ratio);
          tally.done();
        } catch (EntryException e) {
          tally.failed(reader.key(), e);
        }
      }
      tally.finish();
    }
    System.out.println(
        "signal to distortion "
            + ratios
            + (before == null ? "" : ", gain " + gains)
            + " over "
            + ratios.count
            + " utterances");
    return 0;
  }
}
