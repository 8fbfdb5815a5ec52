package org.stjem.acoustic.network;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.SingleThreadEventLoop;
import java.util.function.Consumer;

/**
 * Lets the connections of one network thread take turns at it: addresses in turn, and connections
 * of one address in turn. Between two turns the thread looks at the network. Used by that thread
 * only.
 */
final class ReadTurns {
  /** A connection that has received something. */
  interface Reader {
    /** Works for about {@link #TURN_NANOS} on what was received; adds itself for the rest. */
    void takeTurn();
  }

  /** Long beside the cost of changing connections, short beside what a listener notices. */
  static final long TURN_NANOS = 1_000_000;

  private final Consumer<Runnable> nextRound;
  private final FairQueue<ClientAddress, Reader> waiting = new FairQueue<>();
  private boolean scheduled;

  /**
   * Nobody waits.
   *
   * @param nextRound runs something on the thread after it has looked at the network again
   */
  ReadTurns(Consumer<Runnable> nextRound) {
    this.nextRound = nextRound;
  }

  /** The turns at a thread of the network. */
  static ReadTurns at(EventLoop thread) {
    SingleThreadEventLoop rounds = (SingleThreadEventLoop) thread;
    // An ordinary task alone would follow the last one without a look at the network between.
    return new ReadTurns(task -> rounds.executeAfterEventLoopIteration(() -> rounds.execute(task)));
  }

  /** Whether a connection can go on at once without passing another one by. */
  boolean nobodyWaits() {
    return waiting.isEmpty();
  }

  /** Puts a connection at the end of those that wait. */
  void add(ClientAddress address, Reader reader) {
    waiting.add(address, reader);
    schedule();
  }

  private void schedule() {
    if (!scheduled && !waiting.isEmpty()) {
      scheduled = true;
      nextRound.accept(this::next);
    }
  }

  private void next() {
    scheduled = false;
    try {
      Reader reader = waiting.poll();
      if (reader != null) {
        reader.takeTurn();
      }
    } finally {
      schedule();
    }
  }
}
