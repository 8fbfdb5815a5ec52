package org.stjem.acoustic.network;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * Threads for what takes too long for the threads of the network; owners take turns at them. Tasks
 * that have not begun when it is closed are dropped. Thread-safe.
 *
 * @param <K> an owner
 */
public final class FairExecutor<K> implements AutoCloseable {
  /** Guarded by itself. */
  private final FairQueue<K, Runnable> waiting = new FairQueue<>();

  /** Guarded by {@link #waiting}. */
  private boolean closed;

  /** Starts the threads. */
  public FairExecutor(int threads, ThreadFactory factory) {
    for (int i = 0; i < threads; i++) {
      factory.newThread(this::work).start();
    }
  }

  /** What runs tasks of one owner. */
  public Executor of(K owner) {
    return task -> {
      synchronized (waiting) {
        waiting.add(owner, task);
        waiting.notify();
      }
    };
  }

  private void work() {
    Runnable task = next();
    while (task != null) {
      try {
        task.run();
      } catch (RuntimeException | OutOfMemoryError e) {
        // The next owner's task can do nothing for it.
        Thread.currentThread()
            .getUncaughtExceptionHandler()
            .uncaughtException(Thread.currentThread(), e);
      }
      task = next();
    }
  }

  private Runnable next() {
    synchronized (waiting) {
      while (waiting.isEmpty() && !closed) {
        try {
          waiting.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return null;
        }
      }
      return closed ? null : waiting.poll();
    }
  }

  @Override
  public void close() {
    synchronized (waiting) {
      closed = true;
      waiting.notifyAll();
    }
  }
}
