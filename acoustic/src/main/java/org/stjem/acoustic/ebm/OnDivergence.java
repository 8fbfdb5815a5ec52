package org.stjem.acoustic.ebm;

import java.util.Locale;

/** What a training does that diverges. */
public enum OnDivergence {
  /** Ends with a {@link DivergenceException}. */
  STOP,
  /**
   * Returns to the last good checkpoint and goes on at half the learning rate with other samples;
   * ends as {@link #STOP} does after some returns.
   */
  ROLLBACK,
  /** Goes on as long as the loss is finite; to see what becomes of it. */
  IGNORE;

  /** The name used on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
