package org.stjem.acoustic.serving;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.stjem.frontend.io.StjemException;

/** Metrics over HTTP. */
final class MetricsPage {
  /** Requests that are read or answered at a time. */
  private static final int THREADS = 32;

  /** Java's HTTP server gives whoever sends half a request a thread for so many seconds. */
  private static final int REQUEST_SECONDS = 2;

  private static final String REQUEST_LIMIT = "sun.net.httpserver.maxReqTime";

  private MetricsPage() {}

  /**
   * Serves metrics.
   *
   * @throws StjemException if the port is taken, or the host is not one of this machine
   */
  static HTTPServer open(ServingMetrics metrics, ServerOptions options) {
    if (System.getProperty(REQUEST_LIMIT) == null) {
      // Read once, when the first server of the process is made; there is no other way to set it.
      System.setProperty(REQUEST_LIMIT, String.valueOf(REQUEST_SECONDS));
    }
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            1,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "metrics");
              thread.setDaemon(true);
              return thread;
            },
            // The thread that accepts connections waits for one of the others.
            (task, pool) -> put(pool, task));
    try {
      return HTTPServer.builder()
          .hostname(options.metricsHost)
          .port(options.metricsPort)
          .registry(metrics.registry())
          .executorService(threads)
          .buildAndStart();
    } catch (IOException e) {
      threads.shutdown();
      throw Listening.fault(options.metricsHost, options.metricsPort, e);
    }
  }

  private static void put(ThreadPoolExecutor pool, Runnable task) {
    try {
      pool.getQueue().put(task);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
