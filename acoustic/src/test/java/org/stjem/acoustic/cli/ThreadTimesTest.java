package org.stjem.acoustic.cli;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** CPU time by what threads do. */
class ThreadTimesTest {
  private static final long SELF = ProcessHandle.current().pid();

  @Test
  void busyThread_isCountedUnderWhatItDoes() throws InterruptedException {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch counted = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              ThreadMXBean own = ManagementFactory.getThreadMXBean();
              while (own.getCurrentThreadCpuTime() < Duration.ofMillis(100).toNanos()) {
                Thread.onSpinWait();
              }
              busy.countDown();
              try {
                counted.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "network) 1-2");
    Duration before = ThreadTimes.of(SELF).getOrDefault("network", Duration.ZERO);
    thread.start();
    busy.await();
    Map<String, Duration> times = ThreadTimes.of(SELF);
    counted.countDown();
    thread.join();
    assertThat(times.get("network").minus(before)).isBetween(ofMillis(80), ofMillis(200));
    assertThat(times.get("compiler")).isPositive();
    assertThat(times.get("computing")).isPositive();
  }

  @Test
  void processThatIsGone_hasNone() {
    assertThat(ThreadTimes.of(Integer.MAX_VALUE)).isEmpty();
  }
}
