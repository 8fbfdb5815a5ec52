package org.stjem.acoustic.serving;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Puts the rows of many streams through one network together, on a fixed number of threads. Owns
 * the model: after {@link #stop} the last thread closes it.
 */
final class Batcher implements Turn.Queue {
  private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

  private final AcousticModel model;
  private final LongSupplier clock;
  private final ModelMetrics metrics;
  private final CountDownLatch running;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final BatchQueue<ClientIdentity, Turn> queue;
  private boolean stopped;

  /**
   * Starts the threads.
   *
   * @param name of the threads
   * @param threads that compute, at least 1
   * @param clock nanoseconds since some moment
   */
  Batcher(
      AcousticModel model,
      String name,
      int threads,
      int maxRows,
      Duration maxDelay,
      LongSupplier clock,
      ModelMetrics metrics) {
    this.model = model;
    this.clock = clock;
    this.metrics = metrics;
    this.queue = new BatchQueue<>(maxRows, maxDelay.toNanos());
    this.running = new CountDownLatch(threads);
    for (int i = 1; i <= threads; i++) {
      Thread thread = new Thread(this::work, name + "-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Queues a stream for a turn. After {@link #stop} nothing is computed any more. */
  @Override
  public void add(Turn stream, int rows) {
    lock.lock();
    try {
      queue.add(stream.client(), stream, rows, clock.getAsLong());
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    return running.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void work() {
    try {
      List<BatchQueue.Share<Turn>> shares = next();
      while (!shares.isEmpty()) {
        try {
          compute(model, shares, metrics);
        } catch (RuntimeException | OutOfMemoryError e) {
          // The thread must go on: it is a part of what the server can do.
          LOG.error("event=batch-failed fault=\"{}\"", e.toString());
          LOG.debug("trace", e);
        }
        shares = next();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (running) {
        if (running.getCount() == 1) {
          model.close();
        }
        running.countDown();
      }
    }
  }

  /** Waits for a batch; none after {@link #stop}. */
  private List<BatchQueue.Share<Turn>> next() throws InterruptedException {
    lock.lock();
    try {
      while (!stopped) {
        long wait = queue.untilDue(clock.getAsLong());
        if (wait == 0) {
          List<BatchQueue.Share<Turn>> shares = queue.take(clock.getAsLong());
          if (queue.streams() > 0) {
            changed.signal();
          }
          return shares;
        }
        if (wait == Long.MAX_VALUE) {
          changed.await();
        } else {
          changed.awaitNanos(wait);
        }
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** Computes one batch, and hands each stream its rows. */
  static void compute(
      AcousticModel model, List<BatchQueue.Share<Turn>> shares, ModelMetrics metrics) {
    List<Turn> streams = new ArrayList<>();
    List<FloatMatrix> stretches = new ArrayList<>();
    for (BatchQueue.Share<Turn> share : shares) {
      FloatMatrix stretch = share.stream().stretch(share.rows());
      if (stretch != null) {
        streams.add(share.stream());
        stretches.add(stretch);
        metrics.waited(share.waited());
      }
    }
    if (!streams.isEmpty()) {
      forward(model, streams, stretches, metrics);
    }
    for (BatchQueue.Share<Turn> share : shares) {
      share.stream().end();
    }
  }

  private static void forward(
      AcousticModel model, List<Turn> streams, List<FloatMatrix> stretches, ModelMetrics metrics) {
    List<String> missing;
    try {
      long start = System.nanoTime();
      int context = model.description().leftContext() + model.description().rightContext();
      int total = 0;
      for (int i = 0; i < streams.size(); i++) {
        int rows = stretches.get(i).rows() - context;
        streams.get(i).begin(rows);
        total += rows;
      }
      missing =
          model.readRows(stretches, (stretch, logits, at) -> streams.get(stretch).row(logits, at));
      metrics.computed(total, System.nanoTime() - start);
    } catch (RuntimeException | OutOfMemoryError e) {
      if (streams.size() == 1) {
        streams.get(0).fail(e);
        return;
      }
      // So that a fault costs the stream that brings it about, not its neighbours in the batch.
      for (int i = 0; i < streams.size(); i++) {
        forward(model, streams.subList(i, i + 1), stretches.subList(i, i + 1), metrics);
      }
      return;
    }
    streams.forEach(stream -> stream.deliver(missing));
  }
}
