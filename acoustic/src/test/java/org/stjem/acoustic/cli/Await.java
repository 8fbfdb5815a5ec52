package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what other processes do. */
final class Await {
  private Await() {}

  /** Waits two minutes for an event at most. */
  static void until(String what, Callable<Boolean> event) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!event.call()) {
      assertThat(System.nanoTime()).as("nanoseconds, waiting until " + what).isLessThan(end);
      Thread.sleep(20);
    }
  }
}
