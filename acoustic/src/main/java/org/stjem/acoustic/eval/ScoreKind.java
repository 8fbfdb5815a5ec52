package org.stjem.acoustic.eval;

import java.util.Locale;

/** What the rows of a score matrix {@code [frames, pdfs]} hold. */
public enum ScoreKind {
  /** Log p(x, y) up to a constant per frame. */
  LOGITS,
  /** Log p(y | x); a softmax leaves them as they are, so that they count as logits. */
  LOG_POSTERIORS,
  /** P(y | x) itself. */
  POSTERIORS,
  /** Log p(x | y) up to a constant per frame: logits less the scaled log prior. */
  LOGLIKES;

  /** The name used on the command line, such as {@code log-posteriors}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
