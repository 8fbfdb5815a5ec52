package org.stjem.acoustic.ebm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rows that earlier chains ended in and later ones start from (persistent contrastive divergence).
 * A start is a fresh row with the re-initialisation probability, or where no chain has ended yet,
 * and a random row of the buffer otherwise; the end of the chain is written back in its place. Of a
 * share of the buffer, its first places, each belongs to one label, in the training data's
 * proportions. Memory: size · (rowSize + 1) floats.
 */
final class ReplayBuffer {
  private static final int NO_LABEL = -1;

  private static final int NO_PLACE = -1;

  private final int rowSize;
  private final double reinitProbability;
  private final ChainStarts starts;
  private final ChainTarget target;
  private final float[] rows;

  /** Of each place, in ascending order; then those of none. */
  private final int[] labels;

  /** Places that belong to a label. */
  private final int labelled;

  /** Steps that each row's chain has made since its start; 0 where none has ended yet. */
  private final int[] ages;

  ReplayBuffer(
      int size, int rowSize, double reinitProbability, ChainTarget target, ChainStarts starts) {
    this.rowSize = rowSize;
    this.reinitProbability = reinitProbability;
    this.starts = starts;
    this.target = target;
    this.rows = new float[Math.multiplyExact(size, rowSize)];
    this.labelled = (int) Math.round(size * target.conditional());
    this.labels = Arrays.copyOf(starts.labels(labelled), size);
    Arrays.fill(labels, labelled, size, NO_LABEL);
    this.ages = new int[size];
  }

  /**
   * Draws the starts of one chain for each sampled row.
   *
   * @param batches labels of the labelled rows of the batches that the rows will stand in, as many
   *     to each; unused where labels are drawn as in the training data
   */
  Chains draw(int count, int[][] batches, SeededRandom random) {
    Chains chains = new Chains(count, rowSize);
    for (int i = 0; i < count; i++) {
      if (target.labels() == ChainTarget.Labels.BATCH) {
        drawFor(chains, i, batches[(int) ((long) i * batches.length / count)], random);
      } else {
        int place = random.nextInt(ages.length);
        start(chains, i, place, labels[place], random);
      }
    }
    return chains;
  }

  private void drawFor(Chains chains, int chain, int[] batch, SeededRandom random) {
    if (random.nextDouble() >= target.conditional()) {
      int unlabelled = ages.length - labelled;
      int place = unlabelled == 0 ? NO_PLACE : labelled + random.nextInt(unlabelled);
      start(chains, chain, place, NO_LABEL, random);
      return;
    }
    int label = batch[random.nextInt(batch.length)];
    int from = first(label);
    int count = first(label + 1) - from;
    // A rare label may have no place; its chains start afresh each time.
    start(chains, chain, count == 0 ? NO_PLACE : from + random.nextInt(count), label, random);
  }

  /** The first labelled place whose label is at least {@code label}. */
  private int first(int label) {
    int low = 0;
    int high = labelled;
    while (low < high) {
      int middle = (low + high) / 2;
      if (labels[middle] < label) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void start(Chains chains, int chain, int place, int label, SeededRandom random) {
    chains.places[chain] = place;
    chains.labels[chain] = label;
    if (random.nextDouble() < reinitProbability || place == NO_PLACE || ages[place] == 0) {
      starts.draw(chains.x, chain * rowSize, label, random);
    } else {
      System.arraycopy(rows, place * rowSize, chains.x, chain * rowSize, rowSize);
      chains.ages[chain] = ages[place];
    }
  }

  /** Writes the ends of the chains back. */
  void put(Chains chains) {
    for (int i = 0; i < chains.places.length; i++) {
      if (chains.places[i] == NO_PLACE) {
        continue;
      }
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
