package org.stjem.acoustic.serving;

import java.util.Arrays;
import java.util.Optional;
import org.stjem.frontend.kaldi.FiniteNumbers;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStart;
import org.stjem.proto.v1.ScoreStarted;

/**
 * The rows of an utterance that have arrived, over as many calls as it took. Used by one call at a
 * time.
 */
final class UtteranceScores {
  private final FloatMatrix features;
  private final ScoreStart start;
  private FloatMatrix scores = new FloatMatrix(0, 0);
  private float[] logPx = new float[0];
  private int rows;

  /** Calls before the first one that was answered. */
  private int unanswered;

  private boolean answered;
  private String secret = "";
  private String fingerprint;
  private int leftContext;
  private int subsampling = 1;

  /**
   * Begins with no rows.
   *
   * @param start what is wanted of the utterance and expected
   * @param features {@code [frames, featureDim]}
   */
  UtteranceScores(ScoreStart start, FloatMatrix features) {
    this.start = start;
    this.features = features;
    this.fingerprint = start.getExpectedFingerprint();
  }

  FloatMatrix features() {
    return features;
  }

  /** Rows that have arrived. */
  int rows() {
    return rows;
  }

  /** The start message of the next call, which asks for the rows that are missing. */
  ScoreStart nextStart() {
    long nextFrame = (long) rows * subsampling;
    ScoreStart.Builder next =
        start.toBuilder()
            .setNextFrame(nextFrame)
            .setFirstFrame(Math.max(0, nextFrame - leftContext))
            .setExpectedFingerprint(fingerprint);
    if (!start.getSessionId().isEmpty()) {
      if (answered) {
        // A server may not have noticed yet that the connection of the last call is broken.
        next.setResume(true).setResumeSecret(secret);
      }
      if (unanswered > 0) {
        // A call that was never answered keeps its session, and cannot be shown to be ours.
        next.setSessionId(start.getSessionId() + "." + unanswered);
      }
    }
    if (!answered) {
      unanswered++;
    }
    return next.build();
  }

  void started(ScoreStarted started) {
    if (!answered) {
      answered = true;
      unanswered--;
    }
    secret = started.getResumeSecret();
    fingerprint = started.getFingerprint();
    leftContext = started.getLeftContext();
    subsampling = Math.max(1, started.getFrameSubsamplingFactor());
  }

  /** Takes the next rows; returns what is wrong with them, if anything is. */
  Optional<String> take(ScoreRows next) {
    int count = next.getNumRows();
    int cols = next.getNumColumns();
    if (count < 1
        || cols < 1
        || count > features.rows() - rows
        || next.getFirstFrame() != (long) rows * subsampling
        || next.getData().size() != (long) Float.BYTES * count * cols
        || (rows > 0 && cols != scores.cols())
        || (start.getWantLogPx() && next.getLogPx().size() != Float.BYTES * count)) {
      return Optional.of("sent rows of the wrong size");
    }
    try {
      if (rows == 0) {
        scores = new FloatMatrix(features.rows(), cols);
        logPx = new float[start.getWantLogPx() ? features.rows() : 0];
      }
    } catch (ArithmeticException | OutOfMemoryError e) {
      return Optional.of(
          "gives "
              + features.rows()
              + " rows of "
              + cols
              + " pdfs, more than the memory of this program holds");
    }
    PackedFloats.unpack(next.getData(), 0, count * cols, scores.data(), rows * cols);
    int other = FiniteNumbers.indexOfOther(scores.data(), rows * cols, count * cols);
    if (other >= 0) {
      long frame = (long) (other / cols) * subsampling;
      return Optional.of("sent the score " + scores.data()[other] + " for frame " + frame);
    }
    if (start.getWantLogPx()) {
      PackedFloats.unpack(next.getLogPx(), 0, count, logPx, rows);
    }
    rows += count;
    return Optional.empty();
  }

  /** All rows, once they are complete. */
  Scores complete() {
    if (rows == features.rows()) {
      return new Scores(scores, logPx);
    }
    return new Scores(scores.rows(0, rows), Arrays.copyOf(logPx, Math.min(rows, logPx.length)));
  }
}
