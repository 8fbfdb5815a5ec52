package org.stjem.acoustic.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Streams whose rows wait to go through the network together, first come, first served. A batch is
 * due when its rows are enough or its oldest stream has waited long enough. When more streams wait
 * than a batch holds rows for, each gets an equal share of it, and goes to the end of the queue
 * with the rest. Time is given by the caller, in nanoseconds. Not thread-safe.
 *
 * @param <S> a stream
 */
final class BatchQueue<S> {
  /** A share smaller than this costs more in handling than it gains in fairness. */
  static final int SMALLEST_SHARE = 16;

  private final int maxRows;
  private final long maxDelay;
  private final Deque<Waiting<S>> waiting = new ArrayDeque<>();
  private long rowsWaiting;

  private record Waiting<S>(S stream, int rows, long since) {}

  /**
   * What one stream may put into a batch.
   *
   * @param rows at most so many
   * @param waited nanoseconds it waited
   */
  record Share<S>(S stream, int rows, long waited) {}

  /**
   * An empty queue.
   *
   * @param maxRows rows of a batch
   * @param maxDelay nanoseconds a stream may wait for others
   */
  BatchQueue(int maxRows, long maxDelay) {
    this.maxRows = maxRows;
    this.maxDelay = maxDelay;
  }

  /** Queues a stream of which {@code rows} wait, or about as many: the batch asks it again. */
  void add(S stream, int rows, long now) {
    int known = Math.max(1, rows);
    waiting.addLast(new Waiting<>(stream, known, now));
    rowsWaiting += known;
  }

  int streams() {
    return waiting.size();
  }

  /** How long to wait for a batch; 0 if one is due, the largest number if no stream waits. */
  long untilDue(long now) {
    if (waiting.isEmpty()) {
      return Long.MAX_VALUE;
    }
    if (rowsWaiting >= maxRows) {
      return 0;
    }
    return Math.max(0, maxDelay - (now - waiting.getFirst().since));
  }

  /** Takes the shares of the next batch off the queue, due or not. */
  List<Share<S>> take(long now) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    int equal = Math.max(Math.min(SMALLEST_SHARE, maxRows), maxRows / waiting.size());
    List<Waiting<S>> taken = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    int free = maxRows;
    while (free > 0 && !waiting.isEmpty()) {
      Waiting<S> next = waiting.removeFirst();
      rowsWaiting -= next.rows;
      int some = Math.min(free, Math.min(equal, next.rows));
      taken.add(next);
      rows.add(some);
      free -= some;
    }
    List<Share<S>> shares = new ArrayList<>();
    for (int i = 0; i < taken.size(); i++) {
      Waiting<S> next = taken.get(i);
      int more = Math.min(free, next.rows - rows.get(i));
      free -= more;
      shares.add(new Share<>(next.stream, rows.get(i) + more, now - next.since));
    }
    return shares;
  }
}
