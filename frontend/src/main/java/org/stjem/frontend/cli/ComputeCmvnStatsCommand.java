package org.stjem.frontend.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend compute-cmvn-stats} (featbin/compute-cmvn-stats.cc). */
@CommandLine.Command(
    description = {
      "Computes statistics for cepstral mean and variance normalisation: a 2 x (bins + 1) matrix of"
          + " doubles with sums and frame count, sums of squares and 0. Per utterance, per speaker"
          + " with --spk2utt, or, if the output is a file and not a table, over all utterances.",
      "Example: compute-cmvn-stats --spk2utt=ark:data/train/spk2utt scp:data/train/feats.scp"
          + " ark,scp:cmvn.ark,data/train/cmvn.scp"
    })
final class ComputeCmvnStatsCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ComputeCmvnStatsCommand.class);

  @Option(names = "--spk2utt", paramLabel = "RSPECIFIER", description = "utterances per speaker")
  private String spk2utt;

  @Option(
      names = "--weights",
      paramLabel = "RSPECIFIER",
      description = "per utterance a vector of floats, the weight of each frame")
  private String weights;

  @Option(
      names = "--binary",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "true",
      description = "write global statistics in binary form (default: ${DEFAULT-VALUE})")
  private boolean binary;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER")
  private String feats;

  @Parameters(
      index = "1",
      paramLabel = "STATS-WSPECIFIER",
      description = "a table; or a file for statistics over all utterances")
  private String output;

  private final Tally tally = new Tally(log);

  @Override
  public Integer call() {
    boolean global = !Tables.isSpecifier(output);
    if (global && spk2utt != null) {
      throw new StjemException(
          "--spk2utt needs a table for output, such as ark:" + output + ", not the file " + output);
    }
    try (RandomAccessTableReader<float[]> weightReader =
        weights == null ? null : Tables.lookUpFloatVectors(weights)) {
      if (global) {
        overall(weightReader);
      } else if (spk2utt != null) {
        perSpeaker(weightReader);
      } else {
        perUtterance(weightReader);
      }
    }
    return tally.finish();
  }

  private void overall(RandomAccessTableReader<float[]> weightReader) {
    CmvnStats stats = null;
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(feats)) {
      while (reader.next()) {
        stats = accumulate(stats, reader.key(), reader::value, weightReader);
      }
    }
    if (stats == null) {
      throw new StjemException("no features in " + feats + ": no statistics were written");
    }
    DoubleMatrix doubles = stats.toMatrix();
    FloatMatrix floats = new FloatMatrix(doubles.rows(), doubles.cols());
    for (int i = 0; i < floats.data().length; i++) {
      floats.data()[i] = (float) doubles.data()[i];
    }
    KaldiObjects.writeFloatMatrix(output, binary, floats);
  }

  private void perSpeaker(RandomAccessTableReader<float[]> weightReader) {
    try (SequentialTableReader<List<String>> speakers = Tables.readTokenVectors(spk2utt);
        RandomAccessTableReader<FloatMatrix> reader = Tables.lookUpFloatMatrices(feats);
        TableWriter<DoubleMatrix> writer = Tables.writeDoubleMatrices(output)) {
      while (speakers.next()) {
        CmvnStats stats = null;
        for (String utterance : speakers.value()) {
          stats = accumulate(stats, utterance, () -> reader.value(utterance), weightReader);
        }
        if (stats == null) {
          log.warn("No statistics for speaker {}", speakers.key());
        } else {
          writer.write(speakers.key(), stats.toMatrix());
        }
      }
      writer.commit();
    }
  }

  private void perUtterance(RandomAccessTableReader<float[]> weightReader) {
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(feats);
        TableWriter<DoubleMatrix> writer = Tables.writeDoubleMatrices(output)) {
      while (reader.next()) {
        CmvnStats stats = accumulate(null, reader.key(), reader::value, weightReader);
        if (stats != null) {
          writer.write(reader.key(), stats.toMatrix());
        }
      }
      writer.commit();
    }
  }

  private interface Utterance {
    FloatMatrix read();
  }

  /** Adds one utterance to {@code stats}, which may be null; returns it as it was on a fault. */
  private CmvnStats accumulate(
      CmvnStats stats,
      String key,
      Utterance utterance,
      RandomAccessTableReader<float[]> weightReader) {
    try {
      FloatMatrix matrix = utterance.read();
      FeatureTable.check(matrix);
      CmvnStats sum = stats == null ? new CmvnStats(matrix.cols()) : stats;
      if (weightReader == null) {
        sum.accumulate(matrix);
      } else {
        sum.accumulate(matrix, weightReader.value(key));
      }
      tally.done();
      return sum;
    } catch (EntryException e) {
      tally.failed(e.getMessage());
    } catch (TableException e) {
      throw e;
    } catch (StjemException e) {
      tally.failed("Utterance " + key + ": " + e.getMessage());
    }
    return stats;
  }
}
