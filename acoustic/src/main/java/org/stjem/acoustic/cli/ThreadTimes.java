package org.stjem.acoustic.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the threads of a Java process that serves have spent, by what they do, as Linux counts. */
final class ThreadTimes {
  /** Linux shows times in hundredths of a second, whatever it counts in. */
  private static final Duration TICK = Duration.ofMillis(10);

  /** Where they stand behind the thread's name, from 0. */
  private static final int USER_TIME = 11;

  private static final int SYSTEM_TIME = 12;

  private ThreadTimes() {}

  /**
   * CPU time so far of the threads that run now: {@code network}, {@code compiler} and {@code
   * collector}, both of Java, and {@code computing} for all others.
   *
   * @return empty where the system does not tell
   */
  static Map<String, Duration> of(long process) {
    Map<String, Duration> times = new TreeMap<>();
    Path folder = Path.of("/proc/" + process + "/task");
    if (!Files.isDirectory(folder)) {
      return times;
    }
    try (Stream<Path> threads = Files.list(folder)) {
      for (Path thread : (Iterable<Path>) threads::iterator) {
        add(thread.resolve("stat"), times);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return times;
  }

  private static void add(Path stat, Map<String, Duration> times) {
    String line;
    try {
      line = Files.readString(stat, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It has ended since.
      return;
    }
    // The name may hold anything, parentheses too.
    int end = line.lastIndexOf(')');
    String name = line.substring(line.indexOf('(') + 1, end);
    List<String> fields = List.of(line.substring(end + 2).split(" "));
    long ticks = Long.parseLong(fields.get(USER_TIME)) + Long.parseLong(fields.get(SYSTEM_TIME));
    times.merge(kind(name), TICK.multipliedBy(ticks), Duration::plus);
  }

  private static String kind(String name) {
    if (name.startsWith("network")) {
      return "network";
    }
    if (name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler")) {
      return "compiler";
    }
    return name.startsWith("VM Thread") || name.startsWith("GC Thread") ? "collector" : "computing";
  }
}
