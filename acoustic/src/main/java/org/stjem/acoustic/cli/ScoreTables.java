package org.stjem.acoustic.cli;

import java.util.Locale;
import org.slf4j.Logger;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** The scores of a table of features on their way out, and the count of its utterances. */
final class ScoreTables implements AutoCloseable {
  private final Logger log;
  private final long started = System.nanoTime();
  private final TableWriter<FloatMatrix> scores;
  private final TableWriter<float[]> densities;
  private int done;
  private int failed;
  private long frames;

  /**
   * Opens the tables.
   *
   * @param logDensity where log p(x) of each frame goes, or null
   */
  ScoreTables(String loglikes, String logDensity, Logger log) {
    this.log = log;
    this.scores = Tables.writeFloatMatrices(loglikes);
    this.densities = logDensity == null ? null : Tables.writeFloatVectors(logDensity);
  }

  /**
   * Writes the scores of an utterance.
   *
   * @param matrix {@code [frames, pdfs]}
   * @param logDensity log p(x) of each frame, if it is wanted
   */
  void write(String key, FloatMatrix matrix, float[] logDensity) {
    scores.write(key, matrix);
    if (densities != null) {
      densities.write(key, logDensity);
    }
    frames += matrix.rows();
    done++;
  }

  /** Warns that an utterance is left out. */
  void skip(String key, String reason) {
    log.warn("utterance {}: {}", key, reason);
    failed++;
  }

  /**
   * Lets the tables appear and tells the counts.
   *
   * @param failedBefore utterances that were left out before they came here
   * @throws StjemException if there is no utterance in them
   */
  void finish(int failedBefore) {
    failed += failedBefore;
    double seconds = (System.nanoTime() - started) / 1e9;
    log.info(
        String.format(Locale.ROOT, "%d frames, %.0f frames per second", frames, frames / seconds));
    log.info("Done {} utterances, failed for {}", done, failed);
    if (done == 0) {
      throw new StjemException("no utterance was scored, failed for " + failed);
    }
    scores.commit();
    if (densities != null) {
      densities.commit();
    }
  }

  @Override
  public void close() {
    scores.close();
    if (densities != null) {
      densities.close();
    }
  }
}
