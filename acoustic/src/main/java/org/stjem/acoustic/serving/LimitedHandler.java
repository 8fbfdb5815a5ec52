package org.stjem.acoustic.serving;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * A log that nobody can fill from outside: of each kind of line so many are written in a minute,
 * then their number. A kind is a logger, a level and, of lines {@code event=NAME ...}, the event.
 * What libraries log of what clients sent is written on one line and cut. Thread-safe.
 */
final class LimitedHandler extends Handler {
  /** Lines of a kind in a minute. */
  static final int LINES = 100;

  private static final long MINUTE_NANOS = 60_000_000_000L;

  /** So that words of clients, should they be part of a kind, take no memory. */
  private static final int MOST_KINDS = 200;

  private static final String OTHER_KINDS = "other";
  private static final String EVENT = "event=";

  private final Handler log;
  private final Formatter plain = new SimpleFormatter();
  private final LongSupplier clock;
  private final Map<String, Kind> kinds = new HashMap<>();

  /** What was logged of a kind in the present minute. */
  private static final class Kind {
    final long begin;
    long lines;

    Kind(long begin) {
      this.begin = begin;
    }
  }

  /**
   * A limit.
   *
   * @param log where lines go
   * @param clock nanoseconds since some moment
   */
  LimitedHandler(Handler log, LongSupplier clock) {
    this.log = log;
    this.clock = clock;
    setLevel(Level.ALL);
  }

  @Override
  public void publish(LogRecord record) {
    if (!log.isLoggable(record)) {
      return;
    }
    synchronized (this) {
      String name = kind(record);
      if (!kinds.containsKey(name) && kinds.size() >= MOST_KINDS) {
        name = OTHER_KINDS;
      }
      Kind kind = kinds.computeIfAbsent(name, key -> new Kind(clock.getAsLong()));
      if (clock.getAsLong() - kind.begin >= MINUTE_NANOS) {
        end(name, kind);
        kind = new Kind(clock.getAsLong());
        kinds.put(name, kind);
      }
      kind.lines++;
      if (kind.lines > LINES) {
        return;
      }
    }
    String text = plain.formatMessage(record);
    record.setParameters(null);
    record.setResourceBundle(null);
    record.setMessage(ClientText.shown(text, ClientText.MOST_OF_A_SENTENCE));
    log.publish(record);
  }

  private static String kind(LogRecord record) {
    String text = String.valueOf(record.getMessage());
    String event = "";
    if (text.startsWith(EVENT)) {
      int space = text.indexOf(' ');
      event = space < 0 ? text : text.substring(0, space);
    }
    return record.getLoggerName() + " " + record.getLevel() + " " + event;
  }

  /** Says how many lines of each kind were left out in the minutes that are over. */
  synchronized void report() {
    long now = clock.getAsLong();
    kinds
        .entrySet()
        .removeIf(
            entry -> {
              boolean over = now - entry.getValue().begin >= MINUTE_NANOS;
              if (over) {
                end(entry.getKey(), entry.getValue());
              }
              return over;
            });
  }

  private void end(String name, Kind kind) {
    if (kind.lines > LINES) {
      log.publish(
          new LogRecord(
              Level.WARNING,
              "event=lines-left-out kind=\"" + name.strip() + "\" lines=" + (kind.lines - LINES)));
    }
  }

  @Override
  public void flush() {
    log.flush();
  }

  @Override
  public synchronized void close() {
    kinds.forEach(this::end);
    kinds.clear();
    log.close();
  }
}
