package org.stjem.acoustic.serving;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What the streams of a server share.
 *
 * @param models what they are scored by
 * @param streams where they are entered
 * @param heldBytes memory taken by features held back until the end of their utterance
 * @param maxHeldBytes its limit
 * @param maxIdle time after which a stream whose client does not move is ended
 * @param clock nanoseconds since some moment
 */
record StreamServices(
    ModelCatalog models,
    StreamTable streams,
    ServingMetrics metrics,
    AtomicLong heldBytes,
    long maxHeldBytes,
    Duration maxIdle,
    LongSupplier clock) {

  /** Bytes of rows in one message, a quarter of gRPC's default limit. */
  static final int MESSAGE_BYTES = 256 << 10;

  /** Bytes of rows in one turn: enough for the network to be efficient for a single stream. */
  static final int TURN_BYTES = 2 << 20;

  MemoryShare newMemoryShare() {
    return new MemoryShare(heldBytes, maxHeldBytes);
  }
}
