package org.stjem.frontend.kaldi;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.stjem.frontend.io.StjemException;

/**
 * Applies a function to many items, such as the entries of a table, on several threads and hands
 * the results on in the order of the items. At most two items per thread are under way, so memory
 * does not grow with their number.
 *
 * @param <T> type of the items
 * @param <R> type of the results
 */
public final class OrderedWorkers<T, R> implements AutoCloseable {
  private final ExecutorService threads;
  private final ThreadLocal<Function<T, R>> workers;
  private final Consumer<R> sink;
  private final Deque<Future<R>> underWay = new ArrayDeque<>();
  private final int limit;

  /**
   * Starts without items.
   *
   * @param threadCount threads, at least 1
   * @param workers makes each thread's own function
   * @param sink receives the results on the thread that calls {@link #submit} and {@link #finish}
   */
  public OrderedWorkers(int threadCount, Supplier<Function<T, R>> workers, Consumer<R> sink) {
    this.threads =
        Executors.newFixedThreadPool(
            threadCount,
            task -> {
              Thread thread = new Thread(task, "worker");
              thread.setDaemon(true);
              return thread;
            });
    this.workers = ThreadLocal.withInitial(workers);
    this.sink = sink;
    this.limit = 2 * threadCount;
  }

  /** Adds an item; waits while too many are under way. */
  public void submit(T item) {
    if (underWay.size() == limit) {
      takeOne();
    }
    underWay.add(threads.submit(() -> workers.get().apply(item)));
  }

  /** Waits for all items. */
  public void finish() {
    while (!underWay.isEmpty()) {
      takeOne();
    }
  }

  private void takeOne() {
    R result;
    try {
      result = underWay.remove().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StjemException("interrupted", e);
    }
    sink.accept(result);
  }

  /** Stops the threads; items still under way are dropped. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
