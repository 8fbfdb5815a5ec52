package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Training on toy data: learning, sampling, determinism, resuming. */
class TrainerTest {
  private static final LabelledRows DATA = new ToyRows(640, 5);

  @TempDir private Path folder;

  private static EnergyNetwork network() {
    Block block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(16).build())
            .add(list -> new NDList(Activation.relu(list.singletonOrThrow())))
            .add(Linear.builder().setUnits(3).build());
    return new EnergyNetwork(TestDevice.get(), block, new Shape(4), new SeededRandom(1, 0));
  }

  private static final Sampling SAMPLING =
      new Sampling(
          4,
          2,
          new Sgld(5, 1, 0.01),
          5,
          ChainTarget.UNCONDITIONAL,
          ChainStart.UNIFORM,
          3,
          50,
          0.05,
          false);

  /** Sampling for seven batches at once looks past the end of an epoch of 20, and of the run. */
  private static final Sampling OF_THE_BATCHS_LABELS =
      new Sampling(
          4,
          7,
          new Sgld(3, 1, 0.01),
          3,
          new ChainTarget(ChainTarget.Labels.BATCH, 0.5),
          ChainStart.UNIFORM,
          3,
          50,
          0.05,
          false);

  private static TrainerOptions options(Objective objective, int epochs) {
    return options(objective, epochs, AddedTerms.NONE, SAMPLING);
  }

  private static TrainerOptions options(
      Objective objective, int epochs, AddedTerms terms, Sampling sampling) {
    return new TrainerOptions(
        objective, terms, new Schedule(epochs, 32, 1e-2, 5, 0, 0.9), sampling, 9);
  }

  private static final class Recorder implements TrainingListener {
    private final List<TrainingStatus> statuses = new ArrayList<>();

    @Override
    public void interval(TrainingStatus status) {
      statuses.add(status);
    }
  }

  private static Trainer trainer(
      EnergyNetwork network, Objective objective, int epochs, Recorder recorder) {
    return trainer(network, options(objective, epochs), recorder);
  }

  private static Trainer trainer(
      EnergyNetwork network, TrainerOptions options, TrainingListener listener) {
    return new Trainer(
        network,
        new TrainingData(
            DATA, other(options.terms().unlabelledRows()), other(options.terms().negativeRows())),
        options,
        listener,
        InstantSource.system());
  }

  private static Rows other(int rows) {
    return rows == 0 ? null : new ToyRows(100, 6);
  }

  @ParameterizedTest
  @EnumSource(value = Objective.class, names = "JEM", mode = EnumSource.Mode.EXCLUDE)
  void run_learnsTheClasses(Objective objective) throws IOException {
    Recorder recorder = new Recorder();
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, objective, 5, recorder)) {
      trainer.run(null, 1000, 20, OnDivergence.STOP);
    }
    assertThat(recorder.statuses).hasSize(5);
    TrainingStatus last = recorder.statuses.get(4);
    assertThat(last.step()).isEqualTo(100).isEqualTo(last.totalSteps());
    assertThat(last.accuracy()).isGreaterThan(0.9);
    assertThat(last.columnExcess()).isNotNegative();
    assertThat(last.loss()).isFinite();
    if (objective.sampled()) {
      assertThat(last.negativeMass()).isBetween(0.0, 1.0);
      assertThat(last.sampleScore()).isFinite();
    } else {
      assertThat(last.sampleScore()).isNaN();
    }
  }

  @Test
  void run_ofOneSeed_givesEqualWeights() throws IOException {
    assertThat(weightsAfter(Objective.ST_JEM))
        .usingRecursiveComparison()
        .isEqualTo(weightsAfter(Objective.ST_JEM));
  }

  private static List<float[]> weightsAfter(Objective objective) throws IOException {
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, objective, 1, new Recorder())) {
      trainer.run(null, 1000, 20, OnDivergence.STOP);
      return values(network);
    }
  }

  private static List<float[]> values(EnergyNetwork network) {
    return network.weights().values().stream().map(Tensor::values).toList();
  }

  private static List<float[]> averages(Trainer trainer) {
    return trainer.evaluationWeights().values().stream().map(Tensor::values).toList();
  }

  private static List<TrainerOptions> resumable() {
    Sampling everything =
        new Sampling(
            4,
            3,
            new Sgld(3, 1, 0.01, 1, 4),
            6,
            ChainTarget.CONDITIONAL,
            ChainStart.DATA,
            3,
            50,
            0.05,
            true);
    AddedTerms terms = new AddedTerms(0.1, 0.5, 8, 0.3, 0.01, 3, 1, 1);
    return List.of(
        options(Objective.BASELINE, 3),
        options(Objective.ST_JEM, 3),
        options(Objective.ST_JEM, 3, terms, everything),
        options(Objective.ST_JEM_ROW, 3, AddedTerms.NONE, OF_THE_BATCHS_LABELS));
  }

  @ParameterizedTest
  @MethodSource("resumable")
  void resume_fromACheckpointInMidEpoch_givesTheWeightsOfAnUnbrokenRun(TrainerOptions options)
      throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    class Stop extends RuntimeException {
      private static final long serialVersionUID = 1L;
    }

    TrainingListener killer =
        new TrainingListener() {
          @Override
          public void interval(TrainingStatus status) {}

          @Override
          public void checkpointWritten(long step) {
            if (step == 33) {
              throw new Stop();
            }
          }
        };
    List<float[]> unbroken;
    List<float[]> averages;
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, options, new Recorder())) {
      trainer.run(null, 1000, 20, OnDivergence.STOP);
      unbroken = values(network);
      averages = averages(trainer);
    }
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, options, killer)) {
      assertThatThrownBy(() -> trainer.run(checkpoint, 11, 20, OnDivergence.STOP))
          .isInstanceOf(Stop.class);
    }
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, options, new Recorder())) {
      assertThat(trainer.resume(checkpoint)).isTrue();
      assertThat(trainer.step()).isEqualTo(33);
      trainer.run(checkpoint, 11, 20, OnDivergence.STOP);
      assertThat(values(network)).usingRecursiveComparison().isEqualTo(unbroken);
      assertThat(averages(trainer)).usingRecursiveComparison().isEqualTo(averages);
    }
    try (EnergyNetwork network = network();
        Trainer other = trainer(network, options(options.objective(), 4), new Recorder())) {
      assertThatThrownBy(() -> other.resume(checkpoint))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining(checkpoint + ": a run with other options: ")
          .hasMessageContaining("saved epochs=3, now epochs=4")
          .hasMessageEndingWith("; --restart throws it away and trains anew");
    }
  }

  @Test
  void warmupByLength_isATenthOfTheRunAndAtMost200Updates() {
    Schedule schedule = new Schedule(1, 1, 1, Schedule.WARMUP_BY_LENGTH, 0, 0);
    assertThat(schedule.warmup(150)).isEqualTo(15);
    assertThat(schedule.warmup(50_000)).isEqualTo(200);
    assertThat(schedule.rate(3, 150)).isEqualTo(3 / 15.0 * (1 - 2 / 150.0));
    assertThat(new Schedule(1, 1, 1, 7, 0, 0).warmup(150)).isEqualTo(7);
  }

  /** After the first update the average keeps 2/11 of the start: mean 0, variance 1. */
  @Test
  void average_holdsRunningStatisticsOfTheAveragedWeights() throws IOException {
    Block block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(5).build())
            .add(BatchNorm.builder().build())
            .add(Linear.builder().setUnits(3).build());
    TrainerOptions once =
        new TrainerOptions(
            Objective.RES_JEM, AddedTerms.NONE, new Schedule(1, 640, 1, 0, 0.5, 0.9), SAMPLING, 9);
    try (EnergyNetwork network =
            new EnergyNetwork(TestDevice.get(), block, new Shape(4), new SeededRandom(1, 0));
        Trainer trainer = trainer(network, once, new Recorder())) {
      trainer.run(null, 1000, 1, OnDivergence.STOP);
      Map<String, Tensor> own = network.weights();
      Map<String, Tensor> average = trainer.evaluationWeights();
      assertThat(average.keySet()).containsExactlyElementsOf(own.keySet());
      assertThat(own.get("02BatchNorm_runningVar").values()).doesNotContain(1f);
      for (String name : List.of("02BatchNorm_runningMean", "02BatchNorm_runningVar")) {
        float start = name.endsWith("Mean") ? 0 : 1;
        for (int i = 0; i < 5; i++) {
          assertThat(average.get(name).values()[i])
              .isCloseTo((2 * start + 9 * own.get(name).values()[i]) / 11, within(1e-6f));
        }
      }
    }
  }

  @Test
  void resume_clearsAwayAHalfWrittenCheckpointOfADeadProcess() throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    Path dead = Files.createFile(folder.resolve(".checkpoint.999999999999.tmp"));
    long pid = ProcessHandle.current().pid();
    Path alive = Files.createFile(folder.resolve(".checkpoint." + pid + ".tmp"));
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, Objective.BASELINE, 1, new Recorder())) {
      assertThat(trainer.resume(checkpoint)).isFalse();
    }
    assertThat(dead).doesNotExist();
    assertThat(alive).exists();
  }

  @Test
  void resume_fromATruncatedCheckpoint_namesTheFile() throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, Objective.ST_JEM, 1, new Recorder())) {
      trainer.save(checkpoint);
      byte[] bytes = Files.readAllBytes(checkpoint);
      Files.write(checkpoint, java.util.Arrays.copyOf(bytes, bytes.length / 2));
      assertThatThrownBy(() -> trainer.resume(checkpoint))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining(checkpoint.toString());
    }
  }

  @Test
  void run_withAnAbsurdRate_throwsDivergence() {
    TrainerOptions wild =
        new TrainerOptions(
            Objective.JEM, AddedTerms.NONE, new Schedule(50, 32, 30, 0, 0, 0), SAMPLING, 9);
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, wild, new Recorder())) {
      assertThatThrownBy(() -> trainer.run(null, 1000, 1000, OnDivergence.STOP))
          .isInstanceOf(DivergenceException.class)
          .hasMessageContaining("diverged at step")
          .hasMessageContaining("the limit ±");
    }
  }

  @Test
  void run_ignoringDivergence_saysSoOnceAndGoesOnWhileTheLossIsFinite() throws IOException {
    TrainerOptions wild =
        new TrainerOptions(
            Objective.JEM, AddedTerms.NONE, new Schedule(10, 32, 1, 0, 0, 0), SAMPLING, 9);
    List<Long> divergedAt = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void interval(TrainingStatus status) {}

          @Override
          public void diverged(DivergenceException reason) {
            divergedAt.add(reason.step());
          }
        };
    try (EnergyNetwork network = network();
        Trainer trainer = trainer(network, wild, listener)) {
      trainer.run(null, 1000, 1000, OnDivergence.IGNORE);
      assertThat(trainer.step()).isEqualTo(trainer.totalSteps());
      assertThat(divergedAt).hasSize(1);
      assertThat(divergedAt.get(0)).isLessThan(trainer.totalSteps());
    }
  }

  /** After a loss of infinity, what went into gradients must not come back with the weights. */
  @Test
  void run_thatRollsBackFromALossThatIsNotFinite_goesOnWithFiniteWeights() throws IOException {
    class Bursting implements LabelledRows {
      private boolean burst = true;

      @Override
      public int size() {
        return DATA.size();
      }

      @Override
      public int rowSize() {
        return DATA.rowSize();
      }

      @Override
      public int classes() {
        return DATA.classes();
      }

      @Override
      public int label(int index) {
        return DATA.label(index);
      }

      @Override
      public void copyRow(int index, float[] target, int offset, SeededRandom random) {
        DATA.copyRow(index, target, offset, random);
        if (burst && index == 7) {
          target[offset] = Float.POSITIVE_INFINITY;
          burst = false;
        }
      }
    }

    List<Long> rollbacks = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void interval(TrainingStatus status) {}

          @Override
          public void rolledBack(long step, DivergenceException reason) {
            rollbacks.add(step);
          }
        };
    try (EnergyNetwork network = network();
        Trainer trainer =
            new Trainer(
                network,
                TrainingData.of(new Bursting()),
                options(Objective.ST_JEM, 2),
                listener,
                InstantSource.system())) {
      trainer.run(folder.resolve("checkpoint"), 1, 20, OnDivergence.ROLLBACK);
      assertThat(trainer.step()).isEqualTo(trainer.totalSteps());
      for (float[] weights : values(network)) {
        for (float weight : weights) {
          assertThat(weight).isFinite();
        }
      }
    }
    assertThat(rollbacks).hasSize(1);
  }

  /** An update whose loss was fine may still be too large for its parameters. */
  @Test
  void run_whoseParametersAreNotFiniteAtTheEndOfAnEpoch_rollsBack_andKeepsNoneOfThem()
      throws IOException {
    List<String> rollbacks = new ArrayList<>();
    try (EnergyNetwork network = network()) {
      TrainingListener spoiler =
          new TrainingListener() {
            @Override
            public void interval(TrainingStatus status) {
              if (status.step() == 20 && rollbacks.isEmpty()) {
                Map<String, Tensor> weights = network.weights();
                weights.values().iterator().next().values()[0] = Float.NaN;
                network.setWeights(weights);
              }
            }

            @Override
            public void epochEnded(int epoch, long step, EnergyNetwork measured) {
              assertThat(measured.isFinite()).isTrue();
            }

            @Override
            public void rolledBack(long step, DivergenceException reason) {
              rollbacks.add("to " + step + ": " + reason.getMessage());
            }
          };
      try (Trainer trainer = trainer(network, options(Objective.ST_JEM, 2), spoiler)) {
        trainer.run(folder.resolve("checkpoint"), 5, 20, OnDivergence.ROLLBACK);
        assertThat(trainer.step()).isEqualTo(trainer.totalSteps());
      }
    }
    assertThat(rollbacks)
        .containsExactly("to 15: training diverged at step 20: a parameter is not a finite number");
  }

  @Test
  void run_leavesNoArraysBehind() throws IOException {
    AddedTerms terms = new AddedTerms(0.1, 0.5, 8, 0, 0.01, 3, 1, 1);
    try (EnergyNetwork network = network()) {
      List<Integer> arrays = new ArrayList<>();
      TrainingListener counter =
          new TrainingListener() {
            @Override
            public void interval(TrainingStatus status) {
              arrays.add(network.managedArrays());
            }
          };
      try (Trainer counted =
          trainer(network, options(Objective.ST_JEM, 2, terms, SAMPLING), counter)) {
        counted.run(null, 1000, 10, OnDivergence.STOP);
      }
      assertThat(arrays).hasSize(4).containsOnly(arrays.get(0));
    }
  }

  private static EnergyNetwork networkWithDropout() {
    Block block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(16).build())
            .add(Dropout.builder().optRate(0.5f).build())
            .add(Linear.builder().setUnits(3).build());
    return new EnergyNetwork(TestDevice.get(), block, new Shape(4), new SeededRandom(1, 0));
  }

  private static List<float[]> weightsWithDropout(int checkpointAt, Path checkpoint)
      throws IOException {
    TrainerOptions options = options(Objective.RES_JEM, 2);
    try (EnergyNetwork network = networkWithDropout();
        Trainer trainer = trainer(network, options, new Recorder())) {
      trainer.resume(checkpoint);
      trainer.run(checkpoint, checkpointAt, 20, OnDivergence.STOP);
      return values(network);
    }
  }

  @Test
  void dropout_drawsTheSameInARunThatWasBrokenOff_andOnlyWhileTraining() throws IOException {
    Path whole = folder.resolve("whole");
    List<float[]> unbroken = weightsWithDropout(1000, whole);
    Path broken = folder.resolve("broken");
    TrainingListener killer =
        new TrainingListener() {
          @Override
          public void interval(TrainingStatus status) {}

          @Override
          public void checkpointWritten(long step) {
            throw new IllegalStateException("killed");
          }
        };
    try (EnergyNetwork network = networkWithDropout();
        Trainer trainer = trainer(network, options(Objective.RES_JEM, 2), killer)) {
      assertThatThrownBy(() -> trainer.run(broken, 13, 20, OnDivergence.STOP))
          .isInstanceOf(IllegalStateException.class);
    }
    Engine.getEngine("PyTorch").setRandomSeed(77);
    assertThat(weightsWithDropout(1000, broken)).usingRecursiveComparison().isEqualTo(unbroken);
    try (EnergyNetwork network = networkWithDropout()) {
      float[] x = {1, 2, 3, 4};
      assertThat(network.logits(x, 1)).isEqualTo(network.logits(x, 1));
      try (NDManager scope = network.newManager()) {
        float[] first = network.logits(network.rows(scope, x, 1), true).toFloatArray();
        float[] second = network.logits(network.rows(scope, x, 1), true).toFloatArray();
        float[] third = network.logits(network.rows(scope, x, 1), true).toFloatArray();
        assertThat(List.of(first[0], second[0], third[0]))
            .as("values are left out at random")
            .doesNotContain(network.logits(x, 1)[0]);
      }
    }
  }

  @Test
  void run_withEveryAddedTerm_learnsAndReportsThem() throws IOException {
    Sampling conditional =
        new Sampling(
            4,
            2,
            new Sgld(3, 1, 0, 1, 4),
            6,
            ChainTarget.CONDITIONAL,
            ChainStart.DATA,
            3,
            50,
            0.05,
            false);
    AddedTerms terms = new AddedTerms(0.1, 0.5, 8, 0.3, 0.01, 3, 1, 1);
    Recorder recorder = new Recorder();
    try (EnergyNetwork network = network();
        Trainer trainer =
            trainer(network, options(Objective.ST_JEM, 5, terms, conditional), recorder)) {
      trainer.run(null, 1000, 20, OnDivergence.STOP);
    }
    TrainingStatus last = recorder.statuses.get(4);
    assertThat(last.accuracy()).isGreaterThan(0.9);
    assertThat(last.ece()).isBetween(0.0, 0.5);
    assertThat(
            List.of(
                last.crossEntropy(),
                last.columnExcess(),
                last.rowExcess(),
                last.unlabelledExcess(),
                last.sampleCrossEntropy(),
                last.gradientPenalty()))
        .allMatch(excess -> excess >= 0 && excess < 10);
    assertThat(last.negativeScore()).isFinite();
    assertThat(last.effectiveSamples()).isBetween(1.0, 7.0);
    assertThat(last.bufferAge()).isBetween(3.0, 600.0);
    assertThat(last.negativeMassOfLabel()).hasSize(3);
    assertThat(recorder.statuses.get(0).crossEntropy()).isGreaterThan(last.crossEntropy());
  }

  @Test
  void options_thatContradictEachOtherOrTheData_areRefused() {
    AddedTerms samples = new AddedTerms(0, 0, 0, 1, 0, 0, 1, 1);
    assertThatThrownBy(() -> options(Objective.ST_JEM, 1, samples, SAMPLING))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("conditional");
    assertThatThrownBy(() -> new AddedTerms(1, 0, 0, 0, 0, 0, 1, 1))
        .isInstanceOf(TrainingException.class)
        .hasMessage("the label smoothing cannot be 1.0");
    TrainerOptions negatives =
        options(Objective.RES_JEM, 1, new AddedTerms(0, 0, 0, 0, 0, 3, 1, 1), SAMPLING);
    try (EnergyNetwork network = network()) {
      assertThatThrownBy(
              () ->
                  new Trainer(
                      network,
                      TrainingData.of(DATA),
                      negatives,
                      new Recorder(),
                      InstantSource.system()))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("given negatives");
    }
  }

  @Test
  void safeTensors_readBackWhatWasWritten() throws IOException {
    Path file = folder.resolve("x.safetensors");
    Tensor tensor = new Tensor(new long[] {2, 2}, new float[] {1, -2, 3.5f, Float.MIN_VALUE});
    new SafeTensors(Map.of("a", tensor), Map.of("k", "v")).write(file);
    SafeTensors read = SafeTensors.read(file);
    assertThat(read.metadata()).containsEntry("k", "v");
    assertThat(read.tensors().get("a").shape()).containsExactly(2, 2);
    assertThat(read.tensors().get("a").values()).containsExactly(tensor.values());
  }

  @Test
  void learningRate_risesThenFallsToZero() {
    TrainerOptions options = options(Objective.BASELINE, 1);
    assertThat(options.schedule().rate(1, 100)).isEqualTo(1e-2 / 5);
    assertThat(options.schedule().rate(6, 100)).isEqualTo(1e-2 * 0.95);
    assertThat(options.schedule().rate(100, 100)).isLessThan(1.1e-4).isPositive();
  }
}
