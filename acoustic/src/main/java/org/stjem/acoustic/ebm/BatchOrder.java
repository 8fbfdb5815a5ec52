package org.stjem.acoustic.ebm;

import java.nio.IntBuffer;

/**
 * Which rows stand in which batch: each epoch shuffles all rows anew; rows too few for a batch are
 * left out.
 */
final class BatchOrder {
  private static final long STREAM = 1000;

  /** The order of more rows lies on disk. */
  private static final int MOST_IN_MEMORY = 1 << 20;

  private final int size;
  private final int batchSize;
  private final long seed;
  private final int mostInMemory;
  private long epoch = -1;
  private IntBuffer order;

  BatchOrder(int size, int batchSize, long seed) {
    this(size, batchSize, seed, MOST_IN_MEMORY);
  }

  BatchOrder(int size, int batchSize, long seed, int mostInMemory) {
    this.size = size;
    this.batchSize = batchSize;
    this.seed = seed;
    this.mostInMemory = mostInMemory;
  }

  /** The rows of the labelled part of the batch of update {@code step}, from 0. */
  int[] batch(long step) {
    long perEpoch = size / batchSize;
    shuffle(step / perEpoch);
    int[] rows = new int[batchSize];
    order.get((int) (step % perEpoch) * batchSize, rows);
    return rows;
  }

  private void shuffle(long wanted) {
    if (wanted == epoch) {
      return;
    }
    if (order == null) {
      order = size <= mostInMemory ? IntBuffer.allocate(size) : MappedInts.of(size);
    }
    for (int i = 0; i < size; i++) {
      order.put(i, i);
    }
    new SeededRandom(seed, STREAM + wanted).shuffle(order);
    epoch = wanted;
  }
}
