package org.stjem.frontend.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Normalisation statistics of the speakers of a data directory (steps/compute_cmvn_stats.sh). */
final class SpeakerStats {
  private static final Logger log = LoggerFactory.getLogger(SpeakerStats.class);

  private SpeakerStats() {}

  /**
   * Writes the statistics of every speaker that has features.
   *
   * @param spk2utt speakers, in the order of the table
   * @param features where the features of each utterance are
   * @param wspecifier the table to write
   * @return number of speakers written
   */
  static int write(DataFile spk2utt, Map<String, String> features, String wspecifier, int jobs) {
    List<Callable<CmvnStats>> tasks = new ArrayList<>();
    for (DataFile.Line line : spk2utt.lines()) {
      tasks.add(() -> of(line, features));
    }
    int done = 0;
    try (TableWriter<DoubleMatrix> writer = Tables.writeDoubleMatrices(wspecifier)) {
      List<CmvnStats> all = Parallel.run(tasks, jobs);
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i) != null) {
          writer.write(spk2utt.lines().get(i).key(), all.get(i).toMatrix());
          done++;
        }
      }
      writer.commit();
    }
    return done;
  }

  /** Statistics of a speaker; null if none of the utterances has features. */
  private static CmvnStats of(DataFile.Line speaker, Map<String, String> features) {
    CmvnStats stats = null;
    for (int i = 1; i < speaker.fields().length; i++) {
      String file = features.get(speaker.fields()[i]);
      if (file != null) {
        FloatMatrix matrix = KaldiObjects.readFloatMatrix(file);
        stats = stats == null ? new CmvnStats(matrix.cols()) : stats;
        try {
          stats.accumulate(matrix);
        } catch (StjemException e) {
          throw new StjemException(file + ": " + e.getMessage(), e);
        }
      }
    }
    if (stats == null) {
      log.warn("No statistics for speaker {}", speaker.key());
    }
    return stats;
  }
}
