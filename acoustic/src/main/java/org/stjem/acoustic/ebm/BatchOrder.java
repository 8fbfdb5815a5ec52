package org.stjem.acoustic.ebm;

import java.util.Arrays;

/**
 * Which rows stand in which batch: each epoch shuffles all rows anew; rows too few for a batch are
 * left out.
 */
final class BatchOrder {
  private static final long STREAM = 1000;

  private final int size;
  private final int batchSize;
  private final long seed;
  private long epoch = -1;
  private int[] order;

  BatchOrder(int size, int batchSize, long seed) {
    this.size = size;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /** The rows of the labelled part of the batch of update {@code step}, from 0. */
  int[] batch(long step) {
    long perEpoch = size / batchSize;
    shuffle(step / perEpoch);
    int first = (int) (step % perEpoch) * batchSize;
    return Arrays.copyOfRange(order, first, first + batchSize);
  }

  private void shuffle(long wanted) {
    if (wanted == epoch) {
      return;
    }
    epoch = wanted;
    order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    new SeededRandom(seed, STREAM + epoch).shuffle(order);
  }
}
