package org.stjem.acoustic.serving;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ModelAdminServiceGrpc;

/**
 * What a server does beside its calls, each kind on a thread of its own, so that a file that is
 * waited for keeps only its own kind from going on; and a watchdog, which has the health service
 * say what is stuck.
 */
final class Housekeeping implements AutoCloseable {
  /** Ends idle streams; never waits for files. */
  static final Duration STREAMS_LIMIT = Duration.ofSeconds(10);

  /** Reads and tries models. */
  static final Duration MODELS_LIMIT = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  private final LongSupplier clock;
  private final BiConsumer<String, ServingStatus> health;
  private final ScheduledExecutorService watchdog = thread("watchdog");
  private final Kind streams;
  private final Kind models;
  private final Kind credentials;

  /** Threads that were found stuck. */
  private final Map<String, Boolean> stuck = new ConcurrentHashMap<>();

  /** A thread for one kind of task. */
  final class Kind {
    private final String name;
    private final Duration limit;
    private final List<String> services;
    private final ScheduledExecutorService thread;

    /** When the present task began; empty while there is none. */
    private volatile Long began;

    private Kind(String name, Duration limit, List<String> services) {
      this.name = name;
      this.limit = limit;
      this.services = services;
      this.thread = thread(name);
    }

    /** Has a task done as soon as those before it are. */
    void execute(Runnable task) {
      thread.execute(timed(task));
    }

    /** Has a task done again and again, with pauses. */
    void repeat(Runnable task, Duration pause) {
      thread.scheduleWithFixedDelay(
          timed(task), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How long the present task has taken; zero if there is none. */
    Duration busy() {
      Long since = began;
      return since == null ? Duration.ZERO : Duration.ofNanos(clock.getAsLong() - since);
    }

    /** Whether the present task takes longer than it may. */
    boolean isStuck() {
      return busy().compareTo(limit) > 0;
    }

    /** The task, but without faults, after which it would not be repeated. */
    private Runnable timed(Runnable task) {
      return () -> {
        began = clock.getAsLong();
        try {
          task.run();
        } catch (RuntimeException | OutOfMemoryError e) {
          LOG.error("event=housekeeping-failed thread={} fault=\"{}\"", name, e.toString());
        } finally {
          began = null;
        }
      };
    }
  }

  /**
   * Threads without tasks.
   *
   * @param clock nanoseconds since some moment
   * @param health takes what is to be said of a service
   */
  Housekeeping(LongSupplier clock, BiConsumer<String, ServingStatus> health) {
    this.clock = clock;
    this.health = health;
    streams =
        new Kind("streams", STREAMS_LIMIT, List.of("", AcousticModelServiceGrpc.SERVICE_NAME));
    models = new Kind("models", MODELS_LIMIT, List.of(ModelAdminServiceGrpc.SERVICE_NAME));
    credentials = new Kind("credentials", MODELS_LIMIT, List.of());
  }

  /** The thread that ends idle streams. */
  Kind streams() {
    return streams;
  }

  /** The thread that loads and unloads models. */
  Kind models() {
    return models;
  }

  /** The thread that reads certificates, keys and tokens again. */
  Kind credentials() {
    return credentials;
  }

  /** Has the watchdog look every second. */
  void watch() {
    watchdog.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
  }

  /** Tells the health service of each thread that got stuck since the last look, or goes on. */
  void look() {
    for (Kind kind : List.of(streams, models, credentials)) {
      boolean now = kind.isStuck();
      if (now == stuck.getOrDefault(kind.name, false)) {
        continue;
      }
      stuck.put(kind.name, now);
      if (now) {
        LOG.error(
            "event=housekeeping-stuck thread={} seconds={}", kind.name, kind.busy().toSeconds());
      } else {
        LOG.info("event=housekeeping-goes-on thread={}", kind.name);
      }
      for (String service : kind.services) {
        health.accept(service, now ? ServingStatus.NOT_SERVING : ServingStatus.SERVING);
      }
    }
  }

  /** A thread for tasks at their times, which keeps no process from ending. */
  static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public void close() {
    watchdog.shutdownNow();
    for (Kind kind : List.of(streams, models, credentials)) {
      kind.thread.shutdownNow();
    }
  }
}
