package org.stjem.acoustic.cli;

/** How long words took, counted in steps of 10 ms, so that any number of them fits. */
final class DelayCounts {
  private static final double STEP = 0.01;
  private static final int STEPS = 6000;

  private final long[] counts = new long[STEPS + 1];
  private long count;
  private double most;

  /** Adds a delay in seconds. */
  void add(double seconds) {
    counts[(int) Math.max(0, Math.min(STEPS, seconds / STEP))]++;
    count++;
    most = Math.max(most, seconds);
  }

  long count() {
    return count;
  }

  /** Half of them took no longer, up to a step; a minute if it is more. */
  double median() {
    long below = 0;
    int step = 0;
    while (below + counts[step] <= count / 2) {
      below += counts[step++];
    }
    return step * STEP;
  }

  /** The longest. */
  double most() {
    return most;
  }
}
