package org.stjem.acoustic.flatstart;

import java.util.function.Function;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

/**
 * Goes over the features of a corpus and, in step with them, over a table of labels that a pass
 * before has written for some of the utterances, so that one of each is in memory.
 */
final class LabelledFeatures implements SequentialTableReader<FloatMatrix> {
  private final SequentialTableReader<FloatMatrix> features;
  private final SequentialTableReader<int[]> rows;
  private final String rowsName;
  private final Function<int[], UtteranceLabels> decode;
  private boolean more;
  private UtteranceLabels labels;

  /**
   * Begins.
   *
   * @param rowsName specifier of the labels, in the order of the features
   * @param decode makes labels of a row of the table
   */
  LabelledFeatures(
      SequentialTableReader<FloatMatrix> features,
      String rowsName,
      Function<int[], UtteranceLabels> decode) {
    this.features = features;
    this.rowsName = rowsName;
    this.decode = decode;
    this.rows = Tables.readIntVectors(rowsName);
    this.more = rows.next();
  }

  @Override
  public boolean next() {
    labels = null;
    if (!features.next()) {
      if (more) {
        throw new StjemException(
            "utterance "
                + rows.key()
                + " of "
                + rowsName
                + " is not where it was in the features: they have changed; --restart begins anew");
      }
      return false;
    }
    if (more && rows.key().equals(features.key())) {
      labels = decode.apply(rows.value());
      more = rows.next();
    }
    return true;
  }

  @Override
  public String key() {
    return features.key();
  }

  @Override
  public FloatMatrix value() {
    return features.value();
  }

  /** The labels of the current utterance, or null if it has none. */
  UtteranceLabels labels() {
    return labels;
  }

  /** The pdfs of the current utterance as a table that nothing else is asked of. */
  RandomAccessTableReader<int[]> pdfs() {
    return new RandomAccessTableReader<>() {
      @Override
      public boolean hasKey(String key) {
        return labels != null;
      }

      @Override
      public int[] value(String key) {
        if (labels == null) {
          throw new EntryException("it could not be aligned");
        }
        return labels.pdfs();
      }

      @Override
      public void close() {
        // The table belongs to the features.
      }
    };
  }

  @Override
  public void close() {
    rows.close();
    features.close();
  }
}
