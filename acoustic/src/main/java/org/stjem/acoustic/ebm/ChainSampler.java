package org.stjem.acoustic.ebm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The sampled rows of one batch after the other: runs SGLD for some batches at once. */
final class ChainSampler {
  private final EnergyNetwork network;
  private final Sampling options;
  private final ReplayBuffer buffer;
  private final SeededRandom random;
  private final int rowSize;
  private float[] rows = new float[0];
  private int[] labels = new int[0];
  private int used;

  ChainSampler(EnergyNetwork network, LabelledRows data, Sampling options, SeededRandom random) {
    this.network = network;
    this.options = options;
    this.random = random;
    this.rowSize = data.rowSize();
    this.buffer =
        new ReplayBuffer(
            options.bufferSize(),
            rowSize,
            options.reinitProbability(),
            options.conditional(),
            new ChainStarts(options.start(), options.startRange(), data));
  }

  /**
   * Puts the next M rows into a batch.
   *
   * @param progress how much of the training is done, 0 … 1
   * @return the labels they were drawn for, −1 where for none
   */
  int[] next(float[] batch, int offset, double progress) {
    int count = options.samples();
    if (used >= labels.length) {
      Chains chains = buffer.draw(count * options.every(), random);
      Sgld sgld = options.sgld(progress);
      sgld.run(network, chains.x, chains.labels, random);
      for (int i = 0; i < chains.ages.length; i++) {
        chains.ages[i] += sgld.steps();
      }
      buffer.put(chains);
      rows = chains.x;
      labels = chains.labels;
      used = 0;
    }
    System.arraycopy(rows, used * rowSize, batch, offset, count * rowSize);
    int[] own = Arrays.copyOfRange(labels, used, used + count);
    used += count;
    return own;
  }

  /** Mean steps of the chains in the replay buffer. */
  double bufferAge() {
    return buffer.meanAge();
  }

  /** The whole state but for the random generator's, copied. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(buffer.state());
    state.put("chains.rows", Tensor.of(rows));
    state.put("chains.labels", Tensor.of(Chains.floats(labels)));
    state.put("chains.used", Tensor.of(used));
    return state;
  }

  /** Restores what {@link #state()} gave. */
  void restore(Map<String, Tensor> state) {
    buffer.restore(state);
    rows = state.get("chains.rows").values();
    float[] savedLabels = state.get("chains.labels").values();
    labels = new int[savedLabels.length];
    Chains.copy(savedLabels, labels);
    used = (int) state.get("chains.used").values()[0];
  }
}
