package org.stjem.acoustic.serving;

import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.network.FairQueue;

/**
 * Streams whose rows wait to go through the network together. A batch is due when its rows are
 * enough or its oldest stream has waited long enough. When more rows wait than a batch holds, each
 * client gets an equal share of it, and shares that out among its streams, first come, first
 * served; so a client with many streams gets no more than one with few. Time is given by the
 * caller, in nanoseconds. Not thread-safe.
 *
 * @param <C> a client
 * @param <S> a stream
 */
final class BatchQueue<C, S> {
  /** A share smaller than this costs more in handling than it gains in fairness. */
  static final int SMALLEST_SHARE = 16;

  private final int maxRows;
  private final long maxDelay;
  private final FairQueue<C, Waiting<C, S>> waiting = new FairQueue<>();
  private long rowsWaiting;

  private record Waiting<C, S>(C client, S stream, int rows, long since) {}

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

  /**
   * Queues a stream of which {@code rows} wait, or about as many: the batch asks it again.
   *
   * @param client whose stream it is
   */
  void add(C client, S stream, int rows, long now) {
    int known = Math.max(1, rows);
    waiting.add(client, new Waiting<>(client, stream, known, now));
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
    long longest = 0;
    for (Deque<Waiting<C, S>> ofClient : waiting.waiting()) {
      longest = Math.max(longest, now - ofClient.getFirst().since);
    }
    return Math.max(0, maxDelay - longest);
  }

  /** Takes the shares of the next batch off the queue, due or not. */
  List<Share<S>> take(long now) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    int ofClient = maxRows / waiting.owners();
    Map<C, Integer> equal = new HashMap<>();
    List<Waiting<C, S>> taken = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    int free = maxRows;
    while (free > 0 && !waiting.isEmpty()) {
      // Asked for before the stream is taken: of a client's streams, as many as wait now.
      Waiting<C, S> next = waiting.peek();
      int share =
          equal.computeIfAbsent(
              next.client,
              client ->
                  Math.max(Math.min(SMALLEST_SHARE, maxRows), ofClient / waiting.size(client)));
      waiting.poll();
      rowsWaiting -= next.rows;
      int some = Math.min(free, Math.min(share, next.rows));
      taken.add(next);
      rows.add(some);
      free -= some;
    }
    List<Share<S>> shares = new ArrayList<>();
    for (int i = 0; i < taken.size(); i++) {
      Waiting<C, S> next = taken.get(i);
      int more = Math.min(free, next.rows - rows.get(i));
      free -= more;
      shares.add(new Share<>(next.stream, rows.get(i) + more, now - next.since));
    }
    return shares;
  }
}
