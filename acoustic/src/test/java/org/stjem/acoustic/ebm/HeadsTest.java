package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several heads over one network: their losses, the energy of all, and a training. */
class HeadsTest {
  private static final float[] LOGITS = {
    2, .5f, -1, 1, 0, /**/ 0, 1.5f, .5f, -1, 2, /**/ 1, -.5f, .25f, .5f, .5f, /**/ -1, 0, 2.5f, 3, 1
  };
  private static final int ROWS = 4;
  private static final Head PHONES = new Head("phones", 0, 3, 1);
  private static final Head SPEAKERS = new Head("speakers", 3, 2, 0.5);
  private static final Heads TWO = new Heads(List.of(PHONES, SPEAKERS));
  private static final Sampling SAMPLING =
      new Sampling(
          4,
          2,
          new Sgld(3, 1, 0.01),
          3,
          ChainTarget.UNCONDITIONAL,
          ChainStart.UNIFORM,
          3,
          50,
          0.05,
          false);

  private static TrainerOptions options(Objective objective, double unlabelledWeight, int epochs) {
    return new TrainerOptions(
        objective,
        new AddedTerms(0, unlabelledWeight, 1, 0, 0, 0, AddedTerms.BALANCED, 0.3),
        new Schedule(epochs, 32, 5e-2, 1, 0, 0),
        SAMPLING,
        9);
  }

  private static double loss(Heads heads, BatchRows batch) {
    try (NDManager scope = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
      NDArray logits = scope.create(LOGITS, new Shape(ROWS, 5));
      return new BatchLoss(heads, options(Objective.ST_JEM_ROW, 0.7, 1))
          .of(scope, logits, batch)
          .getFloat();
    }
  }

  /** The loss of one head, with its rows in the order given. */
  private static double lossOf(Head head, int[] rows, int... labels) {
    try (NDManager scope = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
      NDArray own = part(scope, head, rows);
      return Objective.ST_JEM_ROW.loss(own, labels(scope, labels), 0, 0.3).getFloat();
    }
  }

  private static NDArray part(NDManager scope, Head head, int... rows) {
    float[] values = new float[rows.length * head.columns()];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(
          LOGITS, rows[i] * 5 + head.first(), values, i * head.columns(), head.columns());
    }
    return scope.create(values, new Shape(rows.length, head.columns()));
  }

  private static NDArray labels(NDManager scope, int... labels) {
    return scope.create(
        Arrays.stream(labels).asLongStream().toArray(), new Shape(labels.length, 1));
  }

  @Test
  void loss_ofTwoHeads_isTheWeightedSumOfThoseOfTheirColumns() {
    BatchRows batch =
        new BatchRows(new float[0], new int[][] {{0, 1, 2}, {1, 0, 0}}, new int[] {-1}, 0, 0, 0);
    double expected =
        lossOf(PHONES, new int[] {0, 1, 2, 3}, 0, 1, 2)
            + 0.5 * lossOf(SPEAKERS, new int[] {0, 1, 2, 3}, 1, 0, 0);
    assertThat(loss(TWO, batch)).isCloseTo(expected, within(1e-5));
  }

  @Test
  void loss_rowWithoutALabelOfAHead_standsInItsDenominatorsAndIsAnUnlabelledRow() {
    BatchRows batch =
        new BatchRows(new float[0], new int[][] {{0, 1, 2}, {1, -1, 0}}, new int[] {-1}, 0, 0, 0);
    double unlabelled;
    try (NDManager scope = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
      unlabelled = Objective.unlabelledTerm(part(scope, SPEAKERS, 0, 2, 3, 1), 1).getFloat();
    }
    double expected =
        lossOf(PHONES, new int[] {0, 1, 2, 3}, 0, 1, 2)
            + 0.5 * (lossOf(SPEAKERS, new int[] {0, 2, 1, 3}, 1, 0) + 0.7 * unlabelled);
    assertThat(loss(TWO, batch)).isCloseTo(expected, within(1e-5));
  }

  @Test
  void loss_batchWithoutAnyLabelOfAHead_isFinite() {
    BatchRows batch =
        new BatchRows(new float[0], new int[][] {{0, 1, 2}, {-1, -1, -1}}, new int[] {-1}, 0, 0, 0);
    assertThat(loss(TWO, batch)).isFinite();
  }

  /** To the last bit: what one head trains must not change by there being heads. */
  @Test
  void loss_ofOneHead_isThatOfTheObjective() {
    BatchRows batch = new BatchRows(new float[0], new int[][] {{0, 4, 2}}, new int[] {-1}, 0, 0, 0);
    Head all = new Head("", 0, 5, 1);
    assertThat(loss(Heads.one(5), batch)).isEqualTo(lossOf(all, new int[] {0, 1, 2, 3}, 0, 4, 2));
  }

  @Test
  void score_isTheWeightedSumOfTheHeads() {
    double phones = LogSumExp.of(LOGITS, 5, 3);
    double speakers = LogSumExp.of(LOGITS, 8, 2);
    assertThat(TWO.score(LOGITS, 1)).isCloseTo(phones + 0.5 * speakers, within(1e-6));
    try (NDManager scope = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
      NDArray logits = scope.create(LOGITS, new Shape(ROWS, 5));
      float[] scores = TWO.scores(scope, logits, new int[] {-1, -1, 2, 4}).toFloatArray();
      assertThat(scores[1]).isCloseTo((float) (phones + 0.5 * speakers), within(1e-5f));
      assertThat(scores[2])
          .as("a label of the first head takes its place")
          .isCloseTo((float) (0.25 + 0.5 * LogSumExp.of(LOGITS, 13, 2)), within(1e-5f));
      float[] both =
          TWO.scores(scope, logits, new int[] {1, 1, 1, 1}, new int[] {3, 3, 3, 3}).toFloatArray();
      assertThat(both[1]).isCloseTo((float) (1.5 + 0.5 * -1), within(1e-5f));
      assertThat(scores[3])
          .as("a label of the second head takes its place")
          .isCloseTo((float) (LogSumExp.of(LOGITS, 15, 3) + 0.5 * 1), within(1e-5f));
    }
  }

  @Test
  void heads_withAGapBetween_areRefused() {
    assertThatThrownBy(() -> new Heads(List.of(PHONES, new Head("speakers", 4, 2, 1))))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("speakers begins at column 4, not 3");
  }

  /** The toy's clouds by their label, and one of them against the others. */
  private static final class TwoLabels implements LabelledRows {
    private final ToyRows rows = new ToyRows(320, 5);

    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public int rowSize() {
      return rows.rowSize();
    }

    @Override
    public int classes() {
      return 5;
    }

    @Override
    public int label(int index) {
      return rows.label(index);
    }

    @Override
    public Heads heads() {
      return TWO;
    }

    @Override
    public int label(int head, int index) {
      if (head == 0) {
        return rows.label(index);
      }
      return index % 5 == 0 ? Head.NO_LABEL : rows.label(index) == 2 ? 1 : 0;
    }

    @Override
    public void copyRow(int index, float[] target, int offset, SeededRandom random) {
      rows.copyRow(index, target, offset, random);
    }
  }

  private static EnergyNetwork network() {
    EnergyNetwork network =
        new EnergyNetwork(
            TestDevice.get(),
            Linear.builder().setUnits(5).build(),
            new Shape(4),
            new SeededRandom(1, 0));
    network.setHeads(TWO);
    return network;
  }

  private static float[] train(Path checkpoint, int breakAfter) throws IOException {
    TrainingData data = TrainingData.of(new TwoLabels());
    TrainerOptions options = options(Objective.ST_JEM_ROW, 1, 4);
    if (breakAfter > 0) {
      try (EnergyNetwork network = network();
          Trainer trainer =
              new Trainer(
                  network,
                  data,
                  options,
                  status -> {
                    if (status.step() == breakAfter) {
                      throw new IllegalStateException("broken off");
                    }
                  },
                  InstantSource.system())) {
        assertThatThrownBy(() -> trainer.run(checkpoint, breakAfter - 1, 1, OnDivergence.STOP))
            .hasMessage("broken off");
      }
    }
    try (EnergyNetwork network = network();
        Trainer trainer =
            new Trainer(network, data, options, status -> {}, InstantSource.system())) {
      assertThat(trainer.resume(checkpoint)).isEqualTo(breakAfter > 0);
      trainer.run(checkpoint, 1000, 1000, OnDivergence.STOP);
      float[] x = new float[320 * 4];
      for (int i = 0; i < 320; i++) {
        new TwoLabels().copyRow(i, x, i * 4, null);
      }
      return network.logits(x, 320);
    }
  }

  private static double accuracy(float[] logits, int head) {
    TwoLabels data = new TwoLabels();
    Head it = TWO.list().get(head);
    int right = 0;
    int all = 0;
    for (int i = 0; i < data.size(); i++) {
      int best = it.first();
      for (int c = it.first(); c < it.end(); c++) {
        best = logits[i * 5 + c] > logits[i * 5 + best] ? c : best;
      }
      int label = data.label(head, i);
      right += best - it.first() == label ? 1 : 0;
      all += label >= 0 ? 1 : 0;
    }
    return (double) right / all;
  }

  @Test
  void training_ofTwoHeads_learnsBoth_andGoesOnAsIfNeverBrokenOff(@TempDir Path folder)
      throws IOException {
    float[] logits = train(folder.resolve("whole"), 0);
    assertThat(accuracy(logits, 0)).isGreaterThan(0.95);
    assertThat(accuracy(logits, 1)).isGreaterThan(0.9);
    assertThat(train(folder.resolve("broken"), 15)).isEqualTo(logits);
  }

  @Test
  void training_whoseNetworkHasOtherHeads_isRefused() {
    try (EnergyNetwork network = network()) {
      network.setHeads(new Heads(List.of(new Head("a", 0, 2, 1), new Head("b", 2, 3, 1))));
      assertThatThrownBy(
              () ->
                  new Trainer(
                      network,
                      TrainingData.of(new TwoLabels()),
                      options(Objective.ST_JEM, 1, 1),
                      status -> {},
                      InstantSource.system()))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("labels of [3, 2] classes, the network has heads of [2, 3]");
    }
  }
}
