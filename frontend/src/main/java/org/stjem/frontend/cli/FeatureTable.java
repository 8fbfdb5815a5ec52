package org.stjem.frontend.cli;

import org.slf4j.Logger;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Maps a table of features to another, one utterance in memory at a time. */
final class FeatureTable {
  private FeatureTable() {}

  /** What becomes of one utterance; a {@link StjemException} leaves it out. */
  interface Transform {
    FloatMatrix apply(String key, FloatMatrix feats);
  }

  /**
   * Writes every utterance of {@code rspecifier}, transformed, to {@code wspecifier}. Utterances
   * that cannot be read, are empty or cannot be transformed are warned about and left out.
   *
   * @return the exit status, 0
   * @throws StjemException if no utterance was done
   */
  static int map(String rspecifier, String wspecifier, Logger log, Transform transform) {
    Tally tally = new Tally(log);
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(rspecifier);
        TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(wspecifier)) {
      while (reader.next()) {
        FloatMatrix result;
        try {
          result = transform(reader, transform);
        } catch (EntryException e) {
          tally.failed(e.getMessage());
          continue;
        } catch (TableException e) {
          throw e;
        } catch (StjemException e) {
          tally.failed("Utterance " + reader.key() + ": " + e.getMessage());
          continue;
        }
        writer.write(reader.key(), result);
        tally.done();
      }
      writer.commit();
    }
    return tally.finish();
  }

  /**
   * Checks that features can be worked with.
   *
   * @throws StjemException if there are none, or one is not finite
   */
  static void check(FloatMatrix feats) {
    if (feats.rows() == 0 || feats.cols() == 0) {
      throw new StjemException("empty feature matrix");
    }
    try {
      FiniteNumbers.requireFeatures(feats, 0);
    } catch (EntryException e) {
      // Other faults of entries name the utterance themselves.
      throw new StjemException(e.getMessage(), e);
    }
  }

  private static FloatMatrix transform(
      SequentialTableReader<FloatMatrix> reader, Transform transform) {
    FloatMatrix feats = reader.value();
    check(feats);
    return transform.apply(reader.key(), feats);
  }
}
