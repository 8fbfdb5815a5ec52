package org.stjem.acoustic.ebm;

import java.util.Arrays;

/**
 * Rows that earlier chains ended in and later ones start from (persistent contrastive divergence).
 * A start is a fresh row, uniform in ±{@code range}, with the re-initialisation probability, and a
 * random row of the buffer otherwise; the end of the chain is written back in its place. Memory:
 * size · rowSize floats.
 */
public final class ReplayBuffer {
  private final int rowSize;
  private final double reinitProbability;
  private final float range;
  private final float[] rows;

  /** A buffer of {@code size} rows, all fresh. */
  public ReplayBuffer(
      int size, int rowSize, double reinitProbability, double range, SeededRandom random) {
    if (size < 1 || reinitProbability < 0 || reinitProbability > 1) {
      throw new TrainingException(
          "a replay buffer of " + size + " rows re-initialised with " + reinitProbability);
    }
    this.rowSize = rowSize;
    this.reinitProbability = reinitProbability;
    this.range = (float) range;
    this.rows = new float[Math.multiplyExact(size, rowSize)];
    for (int i = 0; i < size; i++) {
      fresh(rows, i * rowSize, random);
    }
  }

  /** Number of rows. */
  public int size() {
    return rows.length / rowSize;
  }

  /**
   * Draws the starts of {@code count} chains.
   *
   * @param starts receives {@code count · rowSize} values
   * @return the places the chains came from, to be handed to {@link #put}
   */
  public int[] draw(int count, float[] starts, SeededRandom random) {
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = random.nextInt(size());
      if (random.nextDouble() < reinitProbability) {
        fresh(starts, i * rowSize, random);
      } else {
        System.arraycopy(rows, places[i] * rowSize, starts, i * rowSize, rowSize);
      }
    }
    return places;
  }

  /** Writes the ends of the chains back. */
  public void put(int[] places, float[] ends) {
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(ends, i * rowSize, rows, places[i] * rowSize, rowSize);
    }
  }

  private void fresh(float[] target, int offset, SeededRandom random) {
    for (int i = offset; i < offset + rowSize; i++) {
      target[i] = random.nextFloat(-range, range);
    }
  }

  /** The rows, copied: {@code [size, rowSize]}. */
  public Tensor state() {
    return new Tensor(new long[] {size(), rowSize}, Arrays.copyOf(rows, rows.length));
  }

  /** Restores what {@link #state()} gave. */
  public void restore(Tensor state) {
    if (state.values().length != rows.length) {
      throw new TrainingException(
          "the saved replay buffer has " + state.values().length + " values, not " + rows.length);
    }
    System.arraycopy(state.values(), 0, rows, 0, rows.length);
  }
}
