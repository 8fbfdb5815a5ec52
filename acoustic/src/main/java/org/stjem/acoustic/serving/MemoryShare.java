package org.stjem.acoustic.serving;

import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;

/** What one stream takes of the memory that all streams of a server share. Thread-safe. */
final class MemoryShare {
  private final AtomicLong taken;
  private final long limit;
  private long mine;
  private boolean closed;

  /**
   * An empty share.
   *
   * @param taken bytes that all streams have taken
   * @param limit bytes that they may take
   */
  MemoryShare(AtomicLong taken, long limit) {
    this.taken = taken;
    this.limit = limit;
  }

  /**
   * Takes so many bytes more, unless the share is closed.
   *
   * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if they are not free
   */
  synchronized void take(long bytes) {
    if (closed) {
      return;
    }
    if (taken.addAndGet(bytes) > limit) {
      taken.addAndGet(-bytes);
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "the server holds "
                  + (limit >> 20)
                  + " MiB of utterances back until their end already, its limit; try again later")
          .asRuntimeException();
    }
    mine += bytes;
  }

  /** Gives all of it back. */
  synchronized void close() {
    closed = true;
    taken.addAndGet(-mine);
    mine = 0;
  }
}
