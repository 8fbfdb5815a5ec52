package org.stjem.acoustic.cli;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.slf4j.Logger;

/** Says how far chains are and when they will be done, at most every ten seconds. */
final class ChainProgress {
  private static final long INTERVAL_NANOS = 10_000_000_000L;

  private final Logger log;
  private final int sequences;
  private final int steps;
  private final long started = System.nanoTime();
  private final long cpuStarted = cpuNanos();
  private long lastTold = started;
  private int before;
  private int block;

  /**
   * At the start.
   *
   * @param sequences of all blocks together
   * @param steps that each makes
   */
  ChainProgress(Logger log, int sequences, int steps) {
    this.log = log;
    this.sequences = sequences;
    this.steps = steps;
  }

  /** The next block begins, of so many sequences. */
  void block(int count) {
    before += block;
    block = count;
  }

  /** The block has made so many steps. */
  void step(int made) {
    long now = System.nanoTime();
    if (now - lastTold < INTERVAL_NANOS || made == 0) {
      return;
    }
    lastTold = now;
    double done = before + block * (double) made / steps;
    long left = Math.round((now - started) / 1e9 / done * (sequences - done));
    log.info(
        "sequences {} to {} of {}, step {} of {}, left {}",
        before + 1,
        before + block,
        sequences,
        made,
        steps,
        String.format(Locale.ROOT, "%d:%02d:%02d", left / 3600, left / 60 % 60, left % 60));
  }

  /** Processor time of the process since the start. */
  double cpuSeconds() {
    return (cpuNanos() - cpuStarted) / 1e9;
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
