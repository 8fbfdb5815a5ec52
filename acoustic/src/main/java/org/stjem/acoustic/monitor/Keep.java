package org.stjem.acoustic.monitor;

import java.util.Locale;

/** Which weights of a training become the model. */
public enum Keep {
  /** Those after the last update. */
  LAST,
  /** Those after the epoch of the highest accuracy on held-out rows, the earliest of equals. */
  BEST;

  /** The name used on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
