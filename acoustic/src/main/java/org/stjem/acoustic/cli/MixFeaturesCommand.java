package org.stjem.acoustic.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.wer.Transcripts;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic mix-features}. */
@Command(
    description = {
      "Mixes pairs of utterances by adding the powers of their features, natural logarithms of"
          + " powers that are not normalised. The shorter one ends the mixture.",
      "PAIRS has a line for each mixture: its key and two utterances. The first and second voice are"
          + " written as they stand in the mixture.",
      "",
      "e.g.: stjem acoustic mix-features pairs scp:feats.scp ark:mixture.ark ark:first.ark"
          + " ark:second.ark",
      ""
    },
    sortOptions = false)
final class MixFeaturesCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(MixFeaturesCommand.class);

  @Parameters(index = "0", paramLabel = "PAIRS", description = "a table or a file")
  private String pairs;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String feats;

  @Parameters(index = "2", paramLabel = "MIXTURE-WSPECIFIER", description = "mixtures to write")
  private String mixtures;

  @Parameters(index = "3", paramLabel = "FIRST-WSPECIFIER", description = "first voices to write")
  private String first;

  @Parameters(index = "4", paramLabel = "SECOND-WSPECIFIER", description = "second voices to write")
  private String second;

  @Option(
      names = "--snr",
      paramLabel = "DB",
      defaultValue = "0",
      description =
          "mean power of the first voice over that of the second, which is made louder or softer"
              + " (default: ${DEFAULT-VALUE})")
  private double snr;

  @Override
  public Integer call() {
    UtteranceTally tally = new UtteranceTally(LOG, 1);
    try (SequentialTableReader<List<String>> lines =
            Tables.readTokenVectors(Transcripts.rspecifier(pairs));
        RandomAccessTableReader<FloatMatrix> table = Tables.lookUpFloatMatrices(feats);
        TableWriter<FloatMatrix> mixtureWriter = Tables.writeFloatMatrices(mixtures);
        TableWriter<FloatMatrix> firstWriter = Tables.writeFloatMatrices(first);
        TableWriter<FloatMatrix> secondWriter = Tables.writeFloatMatrices(second)) {
      while (lines.next()) {
        try {
          if (lines.value().size() != 2) {
            throw new EntryException(
                pairs + " has " + lines.value().size() + " utterances for it, not two");
          }
          FloatMatrix a = table.value(lines.value().get(0));
          FloatMatrix b = table.value(lines.value().get(1));
          int frames = Math.min(a.rows(), b.rows());
          FloatMatrix one = part(a, frames, 0);
          FloatMatrix other =
              part(b, frames, logPower(one) - logPower(part(b, frames, 0)) - log(snr));
          mixtureWriter.write(lines.key(), sum(one, other));
          firstWriter.write(lines.key(), one);
          secondWriter.write(lines.key(), other);
          tally.done();
        } catch (EntryException e) {
          tally.failed(lines.key(), e);
        }
      }
      tally.finish();
      mixtureWriter.commit();
      firstWriter.commit();
      secondWriter.commit();
    }
    return 0;
  }

  /** Decibels as a natural logarithm of powers. */
  private static double log(double decibels) {
    return decibels / 10 * Math.log(10);
  }

  private static FloatMatrix part(FloatMatrix features, int frames, double louder) {
    FloatMatrix part = new FloatMatrix(frames, features.cols());
    for (int i = 0; i < part.data().length; i++) {
      part.data()[i] = (float) (features.data()[i] + louder);
    }
    return part;
  }

  private static double logPower(FloatMatrix features) {
    double sum = 0;
    for (float value : features.data()) {
      sum += Math.exp(value);
    }
    return Math.log(sum);
  }

  private static FloatMatrix sum(FloatMatrix a, FloatMatrix b) {
    if (a.cols() != b.cols()) {
      throw new EntryException("features of dimension " + a.cols() + " and " + b.cols());
    }
    FloatMatrix sum = new FloatMatrix(a.rows(), a.cols());
    for (int i = 0; i < sum.data().length; i++) {
      sum.data()[i] = (float) Math.log(Math.exp(a.data()[i]) + Math.exp(b.data()[i]));
    }
    return sum;
  }
}
