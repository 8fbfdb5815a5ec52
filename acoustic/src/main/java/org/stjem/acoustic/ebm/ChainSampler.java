package org.stjem.acoustic.ebm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The sampled rows of one batch after the other: runs SGLD for some batches at once, and where it
 * is adaptive, learns from the batches how the chains did.
 */
final class ChainSampler {
  private final EnergyNetwork network;
  private final Sampling options;
  private final ReplayBuffer buffer;
  private final SeededRandom random;
  private final int rowSize;
  private float[] rows = new float[0];
  private int[] labels = new int[0];
  private int used;
  private final SgldAdaptation adaptation;
  private SgldAdaptation.Trial[] trials = {};

  ChainSampler(EnergyNetwork network, LabelledRows data, Sampling options, SeededRandom random) {
    this.network = network;
    this.options = options;
    this.random = random;
    this.rowSize = data.rowSize();
    this.adaptation = options.adaptive() ? new SgldAdaptation(options.sgld()) : null;
    this.buffer =
        new ReplayBuffer(
            options.bufferSize(),
            rowSize,
            options.reinitProbability(),
            options.target(),
            new ChainStarts(options.start(), options.startRange(), data));
  }

  /**
   * Puts the next M rows into a batch.
   *
   * @param progress how much of the training is done, 0 … 1
   * @param labelsAhead labels of the labelled rows of the batch that is so many after this one
   * @return the labels they were drawn for, −1 where for none
   */
  int[] next(float[] batch, int offset, double progress, IntFunction<int[]> labelsAhead) {
    int count = options.samples();
    if (used >= labels.length) {
      int[][] batches =
          options.target().labels() == ChainTarget.Labels.BATCH
              ? IntStream.range(0, options.every()).mapToObj(labelsAhead).toArray(int[][]::new)
              : new int[0][];
      Chains chains = buffer.draw(count * options.every(), batches, random);
      run(chains, options.sgld(progress));
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

  private void run(Chains chains, Sgld sgld) {
    if (adaptation == null) {
      sgld.run(network, chains.x, chains.labels, random);
      for (int i = 0; i < chains.count(); i++) {
        chains.ages[i] += sgld.steps();
      }
      return;
    }
    trials = new SgldAdaptation.Trial[chains.count()];
    int[] steps = new int[chains.count()];
    for (int i = 0; i < trials.length; i++) {
      trials[i] = adaptation.choose(chains.ages[i], random);
      steps[i] = adaptation.steps(trials[i], sgld.steps());
    }
    int done = 0;
    for (int until : Arrays.stream(steps).distinct().sorted().toArray()) {
      int from = done;
      int[] going = IntStream.range(0, steps.length).filter(i -> steps[i] > from).toArray();
      runSome(chains, going, sgld.withSteps(until - done));
      done = until;
    }
  }

  /** Runs the chains that are {@code going}, each with the settings of its trial. */
  private void runSome(Chains chains, int[] going, Sgld sgld) {
    float[] x = new float[going.length * rowSize];
    int[] goingLabels = new int[going.length];
    double[] stepSizes = new double[going.length];
    double[] noises = new double[going.length];
    for (int i = 0; i < going.length; i++) {
      System.arraycopy(chains.x, going[i] * rowSize, x, i * rowSize, rowSize);
      goingLabels[i] = chains.labels[going[i]];
      stepSizes[i] = adaptation.stepSize(trials[going[i]]);
      noises[i] = adaptation.noise(trials[going[i]]);
    }
    sgld.run(network, x, goingLabels, stepSizes, noises, random);
    for (int i = 0; i < going.length; i++) {
      System.arraycopy(x, i * rowSize, chains.x, going[i] * rowSize, rowSize);
      chains.ages[going[i]] += sgld.steps();
    }
  }

  /** Whether {@link #learn} is to be told of every batch. */
  boolean adaptive() {
    return adaptation != null;
  }

  /**
   * Learns how the samples of the last batch did.
   *
   * @param logits of the first head, of the batch's rows, row by row
   */
  void learn(float[] logits, BatchRows batch) {
    double[] shares = Competition.shares(logits, batch, network.heads().first().columns());
    for (int i = 0; i < shares.length; i++) {
      adaptation.reward(trials[used - shares.length + i], shares[i]);
    }
  }

  /** What adaptation favours, by stratum of age; empty where there is none. */
  List<AdaptedSgld> favourites() {
    return adaptation == null ? List.of() : adaptation.favourites();
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
    if (adaptation != null) {
      state.put("chains.trials", Tensor.of(SgldAdaptation.pack(trials)));
      state.putAll(adaptation.state());
    }
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
    if (adaptation != null) {
      trials = SgldAdaptation.unpack(state.get("chains.trials").values());
      adaptation.restore(state);
    }
  }
}
