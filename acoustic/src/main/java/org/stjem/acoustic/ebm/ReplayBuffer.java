package org.stjem.acoustic.ebm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rows that earlier chains ended in and later ones start from (persistent contrastive divergence).
 * A start is a fresh row with the re-initialisation probability, or where no chain has ended yet,
 * and a random row of the buffer otherwise; the end of the chain is written back in its place. In a
 * conditional buffer each place belongs to one label, in the training data's proportions. Memory:
 * size · (rowSize + 1) floats.
 */
final class ReplayBuffer {
  private static final int NO_LABEL = -1;

  private final int rowSize;
  private final double reinitProbability;
  private final ChainStarts starts;
  private final float[] rows;
  private final int[] labels;

  /** Steps that each row's chain has made since its start; 0 where none has ended yet. */
  private final int[] ages;

  ReplayBuffer(
      int size, int rowSize, double reinitProbability, boolean conditional, ChainStarts starts) {
    this.rowSize = rowSize;
    this.reinitProbability = reinitProbability;
    this.starts = starts;
    this.rows = new float[Math.multiplyExact(size, rowSize)];
    this.labels = conditional ? starts.labels(size) : new int[size];
    if (!conditional) {
      Arrays.fill(labels, NO_LABEL);
    }
    this.ages = new int[size];
  }

  /** Draws the starts of {@code count} chains. */
  Chains draw(int count, SeededRandom random) {
    Chains chains = new Chains(count, rowSize);
    for (int i = 0; i < count; i++) {
      int place = random.nextInt(ages.length);
      chains.places[i] = place;
      chains.labels[i] = labels[place];
      if (random.nextDouble() < reinitProbability || ages[place] == 0) {
        starts.draw(chains.x, i * rowSize, labels[place], random);
      } else {
        System.arraycopy(rows, place * rowSize, chains.x, i * rowSize, rowSize);
        chains.ages[i] = ages[place];
      }
    }
    return chains;
  }

  /** Writes the ends of the chains back. */
  void put(Chains chains) {
    for (int i = 0; i < chains.places.length; i++) {
      System.arraycopy(chains.x, i * rowSize, rows, chains.places[i] * rowSize, rowSize);
      ages[chains.places[i]] = chains.ages[i];
    }
  }

  /** Mean steps of the chains in the buffer; 0 when it is empty. */
  double meanAge() {
    return Arrays.stream(ages).filter(age -> age > 0).average().orElse(0);
  }

  /** Rows and ages, copied. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put(
        "buffer.rows",
        new Tensor(new long[] {ages.length, rowSize}, Arrays.copyOf(rows, rows.length)));
    state.put("buffer.ages", Tensor.of(Chains.floats(ages)));
    return state;
  }

  /** Restores what {@link #state()} gave. */
  void restore(Map<String, Tensor> state) {
    float[] saved = state.get("buffer.rows").values();
    System.arraycopy(saved, 0, rows, 0, rows.length);
    Chains.copy(state.get("buffer.ages").values(), ages);
  }
}
