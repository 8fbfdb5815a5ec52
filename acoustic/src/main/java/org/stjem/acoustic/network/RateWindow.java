package org.stjem.acoustic.network;

import java.util.concurrent.TimeUnit;

/** Counts events second by second. Not thread-safe. */
final class RateWindow {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final int limit;
  private long start;
  private int count;

  /**
   * A window without events.
   *
   * @param limit events that are allowed in a second
   * @param now nanoseconds
   */
  RateWindow(int limit, long now) {
    this.limit = limit;
    this.start = now;
  }

  /** Counts one event; returns whether its second has seen too many. */
  boolean exceeded(long now) {
    if (now - start >= SECOND) {
      start = now;
      count = 0;
    }
    count++;
    return count > limit;
  }
}
