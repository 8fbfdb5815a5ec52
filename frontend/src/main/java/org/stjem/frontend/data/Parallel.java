package org.stjem.frontend.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.stjem.frontend.io.StjemException;

/** Runs tasks on several threads. */
final class Parallel {
  private static final int GRACE_SECONDS = 10;

  private Parallel() {}

  /**
   * Runs all tasks and returns their results in the order of the tasks. If one throws, those that
   * have not begun are dropped.
   *
   * @param jobs number of threads
   */
  static <T> List<T> run(List<Callable<T>> tasks, int jobs) {
    ExecutorService pool = Executors.newFixedThreadPool(jobs);
    AtomicBoolean failed = new AtomicBoolean();
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> task : tasks) {
        futures.add(pool.submit(() -> callUnless(failed, task)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      if (e.getCause() instanceof Error fault) {
        throw fault;
      }
      if (e.getCause() instanceof IOException fault) {
        throw new UncheckedIOException(fault);
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StjemException("interrupted", e);
    } finally {
      end(pool);
    }
  }

  private static <T> T callUnless(AtomicBoolean failed, Callable<T> task) throws Exception {
    if (failed.get()) {
      return null;
    }
    boolean done = false;
    try {
      T result = task.call();
      done = true;
      return result;
    } finally {
      if (!done) {
        failed.set(true);
      }
    }
  }

  /** Waits for tasks that are under way, though not for ever: they may wait for a command. */
  private static void end(ExecutorService pool) {
    pool.shutdownNow();
    try {
      pool.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
