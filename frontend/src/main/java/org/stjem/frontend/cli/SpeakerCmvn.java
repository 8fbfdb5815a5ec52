package org.stjem.frontend.cli;

import java.util.List;
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

/**
 * Normalisation by utterance, from a table of statistics by utterance or speaker or from one file
 * for all.
 */
final class SpeakerCmvn implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpeakerCmvn.class);

  /** Null if the statistics are one for all. */
  private final RandomAccessTableReader<DoubleMatrix> table;

  /** Null if there is a table. */
  private final Cmvn common;

  /** Null if the table is by utterance. */
  private final RandomAccessTableReader<List<String>> speakers;

  private final Function<CmvnStats, Cmvn> making;

  private SpeakerCmvn(
      RandomAccessTableReader<DoubleMatrix> table,
      Cmvn common,
      RandomAccessTableReader<List<String>> speakers,
      Function<CmvnStats, Cmvn> making) {
    this.table = table;
    this.common = common;
    this.speakers = speakers;
    this.making = making;
  }

  /**
   * Opens statistics.
   *
   * @param stats an rspecifier or a file
   * @param utt2spk an rspecifier, or null for statistics by utterance
   * @param making what becomes of statistics
   */
  static SpeakerCmvn open(String stats, String utt2spk, Function<CmvnStats, Cmvn> making) {
    if (Tables.isSpecifier(stats)) {
      return new SpeakerCmvn(
          Tables.lookUpDoubleMatrices(stats),
          null,
          utt2spk == null ? null : Tables.lookUpTokenVectors(utt2spk),
          making);
    }
    if (utt2spk != null) {
      throw new StjemException(
          "--utt2spk needs a table of statistics, such as ark:" + stats + ", not a file");
    }
    Cmvn common = making.apply(CmvnStats.of(KaldiObjects.readDoubleMatrix(stats)));
    warnOfFloors("Statistics " + stats, common);
    return new SpeakerCmvn(null, common, null, making);
  }

  /**
   * The normalisation of an utterance.
   *
   * @throws StjemException if there are no statistics or they do not serve
   */
  Cmvn of(String utterance) {
    if (common != null) {
      return common;
    }
    String key = speakers == null ? utterance : speaker(utterance);
    DoubleMatrix matrix = table.value(key);
    try {
      Cmvn cmvn = making.apply(CmvnStats.of(matrix));
      warnOfFloors("Utterance " + utterance, cmvn);
      return cmvn;
    } catch (StjemException e) {
      throw new StjemException(e.getMessage() + " (statistics of " + key + ")", e);
    }
  }

  private static void warnOfFloors(String whose, Cmvn cmvn) {
    if (cmvn.flooredVariances() > 0) {
      log.warn("{}: floored {} of {} variances", whose, cmvn.flooredVariances(), cmvn.dim());
    }
  }

  private String speaker(String utterance) {
    List<String> words = speakers.value(utterance);
    if (words.size() != 1) {
      throw new StjemException("--utt2spk has " + words.size() + " words for it, one is expected");
    }
    return words.get(0);
  }

  @Override
  public void close() {
    if (table != null) {
      table.close();
    }
    if (speakers != null) {
      speakers.close();
    }
  }
}
