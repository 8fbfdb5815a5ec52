package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LimitedHandlerTest {
  private final List<String> lines = new ArrayList<>();
  private long now;
  private final LimitedHandler limited =
      new LimitedHandler(
          new Handler() {
            @Override
            public void publish(LogRecord record) {
              lines.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          },
          () -> now);

  private void log(String logger, String message, Object... parameters) {
    LogRecord record = new LogRecord(Level.WARNING, message);
    record.setLoggerName(logger);
    record.setParameters(parameters);
    limited.publish(record);
  }

  @Test
  void publish_moreOfAKindThanInAMinute_leavesTheRestOutAndSaysHowMany() {
    for (int i = 0; i < 5000; i++) {
      log("io.grpc.netty", "unexpected ping ack {0}", i);
      log("org.stjem", "event=stream stream=" + i);
    }
    log("org.stjem", "event=model-loaded model=a:1");
    assertThat(lines).hasSize(2 * LimitedHandler.LINES + 1).contains("unexpected ping ack 99");
    assertThat(lines).endsWith("event=model-loaded model=a:1");

    lines.clear();
    now += TimeUnit.SECONDS.toNanos(59);
    limited.report();
    log("org.stjem", "event=stream stream=5000");
    assertThat(lines).isEmpty();
    now += TimeUnit.SECONDS.toNanos(1);
    limited.report();
    assertThat(lines)
        .containsExactlyInAnyOrder(
            "event=lines-left-out kind=\"io.grpc.netty WARNING\" lines=4900",
            "event=lines-left-out kind=\"org.stjem WARNING event=stream\" lines=4901");
    log("org.stjem", "event=stream stream=5001");
    assertThat(lines).endsWith("event=stream stream=5001");
    limited.report();
    assertThat(lines).hasSize(3);
  }

  @Test
  void publish_inTheNextMinute_countsFirst() {
    for (int i = 0; i < 103; i++) {
      log("org.stjem", "event=stream stream=" + i);
    }
    lines.clear();
    now += TimeUnit.SECONDS.toNanos(61);
    log("org.stjem", "event=stream stream=103");
    assertThat(lines)
        .containsExactly(
            "event=lines-left-out kind=\"org.stjem WARNING event=stream\" lines=3",
            "event=stream stream=103");
  }

  @Test
  void publish_wordsOfLibraries_areOneShortLine() {
    log("io.netty", "bad header {0}", "x\r\nERROR (stjem) forged\u202e");
    log("io.netty", "y".repeat(100_000));
    assertThat(lines)
        .containsExactly(
            "bad header x\\u000d\\u000aERROR (stjem) forged\\u202e",
            "y".repeat(1000) + "… (100000 characters)");
  }

  @Test
  void publish_kindsWithoutEnd_shareOne() {
    for (int i = 0; i < 10_000; i++) {
      log("logger" + i, "words");
    }
    assertThat(lines).hasSize(200 + LimitedHandler.LINES);
  }
}
