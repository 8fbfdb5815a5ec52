package org.stjem.acoustic.cli;

import java.util.Locale;

/** Forms of tables on standard output. */
enum TableFormat {
  /** Aligned columns. */
  TEXT,
  /** Markdown. */
  MARKDOWN;

  /** The name that options take. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
