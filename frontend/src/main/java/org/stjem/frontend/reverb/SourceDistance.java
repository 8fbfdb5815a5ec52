package org.stjem.frontend.reverb;

import java.util.Locale;

/** Distance between speaker and microphone, as in the REVERB challenge. */
public enum SourceDistance {
  NEAR(0.5),
  FAR(2.0);

  private final double metres;

  SourceDistance(double metres) {
    this.metres = metres;
  }

  public double metres() {
    return metres;
  }

  /** As in options and tables: {@code near}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
