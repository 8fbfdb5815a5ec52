package org.stjem.frontend.reverb;

import java.util.Locale;

/**
 * A shoebox room with a reverberation time. The three rooms have the reverberation times of the
 * REVERB challenge's simulated data, whose rooms are published as small, medium and large only. The
 * dimensions here give direct-to-reverberant ratios of about 3 to 8 dB at 0.5 m and -3 to -8 dB at
 * 2 m.
 */
public enum Room {
  SMALL(4.0, 3.2, 2.5, 0.25),
  MEDIUM(6.2, 5.1, 3.0, 0.5),
  LARGE(10.1, 8.2, 4.0, 0.7);

  private final double[] size;
  private final double t60;

  Room(double length, double width, double height, double t60) {
    this.size = new double[] {length, width, height};
    this.t60 = t60;
  }

  /** Length, width and height in metres. */
  public double[] size() {
    return size.clone();
  }

  /** Time in seconds in which the sound level falls by 60 dB. */
  public double t60() {
    return t60;
  }

  /** As in options and tables: {@code small}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
