package org.stjem.acoustic.network;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.buffer.PooledByteBufAllocator;

/**
 * Memory for messages on their way, in pieces of 16 MiB. gRPC's own pieces of 2 MiB hold ten
 * messages of rows; they are empty time and again, given back to the system, fetched anew and
 * filled with zeros, which takes a twentieth of a busy server's time.
 */
public final class MessageMemory {
  private static final int PAGE = 8 << 10;

  /** Of a page, until it is a piece. */
  private static final int DOUBLINGS = 11;

  /** For connections of servers and clients. */
  public static final ByteBufAllocator ALLOCATOR =
      new PooledByteBufAllocator(
          true,
          PooledByteBufAllocator.defaultNumHeapArena(),
          PooledByteBufAllocator.defaultNumDirectArena(),
          PAGE,
          DOUBLINGS,
          PooledByteBufAllocator.defaultSmallCacheSize(),
          PooledByteBufAllocator.defaultNormalCacheSize(),
          false);

  private MessageMemory() {}
}
