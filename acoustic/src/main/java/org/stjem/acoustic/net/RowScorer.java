package org.stjem.acoustic.net;

import org.stjem.acoustic.ebm.LogSumExp;

/** Turns the logits of one row at a time into the scores asked for. Thread-safe. */
public final class RowScorer {
  private final OutputKind kind;
  private final float[] scaledLogPriors;

  /**
   * Scores of one kind.
   *
   * @param scaledLogPriors priorScale · log p(y); only {@code LOGLIKES} uses them
   */
  RowScorer(OutputKind kind, float[] scaledLogPriors) {
    this.kind = kind;
    this.scaledLogPriors = scaledLogPriors;
  }

  /**
   * Scores a row of {@code cols} logits that begins at {@code logits[at]}.
   *
   * @param scores gets the scores from index {@code to} on; may be {@code logits}, at the same
   *     place
   */
  public void score(float[] logits, int at, float[] scores, int to, int cols) {
    switch (kind) {
      case LOGITS -> System.arraycopy(logits, at, scores, to, cols);
      case LOGLIKES -> {
        // In float, as Kaldi does it: the JVM vectorises this loop, which every row of every stream
        // goes through, but not one that turns floats into doubles.
        for (int y = 0; y < cols; y++) {
          scores[to + y] = logits[at + y] - scaledLogPriors[y];
        }
      }
      case LOG_POSTERIORS -> {
        double norm = LogSumExp.of(logits, at, cols);
        for (int y = 0; y < cols; y++) {
          scores[to + y] = (float) (logits[at + y] - norm);
        }
      }
    }
  }
}
