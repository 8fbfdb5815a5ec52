package org.stjem.acoustic.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.AddedTerms;
import org.stjem.acoustic.ebm.ChainStart;
import org.stjem.acoustic.ebm.ChainTarget;
import org.stjem.acoustic.ebm.DivergenceException;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.LabelledRows;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.OnDivergence;
import org.stjem.acoustic.ebm.Sampling;
import org.stjem.acoustic.ebm.Schedule;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.ebm.TrainingData;
import org.stjem.acoustic.ebm.TrainingException;
import org.stjem.acoustic.eval.Calibration;
import org.stjem.acoustic.eval.CalibrationReport;

/** Training in a folder: journal, page, best weights, return from divergence. */
class MonitoredRunTest {
  @TempDir private Path folder;

  /** Points of two classes on a line. */
  private static final class Points implements LabelledRows {
    @Override
    public int size() {
      return 60;
    }

    @Override
    public int rowSize() {
      return 2;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public int label(int index) {
      return index % 2;
    }

    @Override
    public void copyRow(int index, float[] target, int offset, SeededRandom random) {
      target[offset] = index % 2 == 0 ? 1 : -1;
      target[offset + 1] = (index % 7) / 7f;
    }
  }

  private static EnergyNetwork network() {
    return new EnergyNetwork(
        TestDevice.get(),
        Linear.builder().setUnits(2).build(),
        new Shape(2),
        new SeededRandom(1, 0));
  }

  private static TrainerOptions options(Objective objective, double rate, int epochs) {
    Sampling sampling =
        new Sampling(
            2,
            1,
            new Sgld(3, 1, 0.01),
            3,
            ChainTarget.UNCONDITIONAL,
            ChainStart.UNIFORM,
            3,
            10,
            0.05,
            false);
    return new TrainerOptions(
        objective, AddedTerms.NONE, new Schedule(epochs, 10, rate, 0, 0, 0), sampling, 3);
  }

  private static CalibrationReport accuracy(double percent) {
    Calibration calibration = new Calibration(Calibration.DEFAULT_BINS);
    for (int i = 0; i < 100; i++) {
      calibration.add(new double[] {0.9, 0.1}, i < percent ? 0 : 1);
    }
    return calibration.report();
  }

  private Map<String, Tensor> train(
      TrainerOptions options,
      RunSettings settings,
      Function<EnergyNetwork, CalibrationReport> heldOut)
      throws IOException {
    try (EnergyNetwork network = network()) {
      return new MonitoredRun(folder, settings, "points", heldOut)
          .train(
              network,
              TrainingData.of(new Points()),
              options,
              Map.of("objective", options.objective().toString()));
    }
  }

  @Test
  void train_writesJournalAndPage() throws IOException {
    RunSettings settings = new RunSettings(3, 100, false, OnDivergence.STOP, Keep.LAST);
    train(options(Objective.ST_JEM, 0.01, 2), settings, network -> accuracy(70));
    List<JsonObject> lines = new JsonLines(folder.resolve("train.jsonl")).objects();
    assertThat(lines).hasSize(1 + 4 + 2);
    assertThat(lines.get(0).get("objective").getAsString()).isEqualTo("st-jem");
    assertThat(lines.get(1).get("negativeMassOfLabel").getAsJsonArray()).hasSize(2);
    assertThat(lines.get(1).has("unlabelledExcess")).isFalse();
    assertThat(lines.get(1).get("cpuSeconds").getAsDouble()).isPositive();
    String page = Files.readString(folder.resolve("train.html"));
    double last = lines.get(5).get("learningRate").getAsDouble();
    String rate = String.format(Locale.ROOT, "Learning rate %.3g,", last);
    assertThat(page)
        .contains(
            "Step 12 of 12, epoch 2, finished.", "accuracy 70.00 %", "negative log-likelihood")
        .contains("Run time 0:00:", rate, "<svg ", ">Learning rate</text>")
        .contains(">held out</text>", ">Negative log-likelihood, nats</text>")
        .doesNotContain("http-equiv");
  }

  @Test
  void train_whosePageCannotBeWritten_goesOnAfterOneWarning() throws IOException {
    Files.createDirectory(folder.resolve("train.html"));
    List<String> warnings = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
              warnings.add(new SimpleFormatter().formatMessage(entry));
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(TrainingJournal.class.getName());
    logger.addHandler(handler);
    try {
      RunSettings settings = new RunSettings(1, 100, false, OnDivergence.STOP, Keep.LAST);
      assertThat(train(options(Objective.BASELINE, 0.01, 1), settings, null)).isNotEmpty();
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(warnings)
        .containsExactly(
            folder.resolve("train.html")
                + " cannot be written; the training goes on without it: is a folder");
  }

  @Test
  void train_keepingTheBest_givesTheWeightsOfTheBestEpoch() throws IOException {
    Deque<Double> accuracies = new ArrayDeque<>(List.of(60.0, 80.0, 80.0, 70.0));
    List<float[]> seen = new ArrayList<>();
    RunSettings settings = new RunSettings(100, 100, false, OnDivergence.STOP, Keep.BEST);
    Map<String, Tensor> weights =
        train(
            options(Objective.BASELINE, 0.01, 4),
            settings,
            network -> {
              seen.add(network.weights().values().iterator().next().values());
              return accuracy(accuracies.remove());
            });
    assertThat(weights.values().iterator().next().values())
        .isEqualTo(seen.get(1))
        .isNotEqualTo(seen.get(3));
    assertThatThrownBy(() -> train(options(Objective.BASELINE, 0.01, 1), settings, null))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("held-out points are needed");
  }

  @Test
  void train_thatDiverges_stopsOrReturnsToTheLastGoodCheckpoint() throws IOException {
    TrainerOptions wild = options(Objective.JEM, 60, 25);
    RunSettings stop = new RunSettings(50, 20, false, OnDivergence.STOP, Keep.LAST);
    assertThatThrownBy(() -> train(wild, stop, null)).isInstanceOf(DivergenceException.class);
    assertThat(new JsonLines(folder.resolve("train.jsonl")).objects())
        .filteredOn(line -> line.has("divergedAt"))
        .singleElement()
        .matches(line -> line.get("reason").getAsString().contains("the loss is "));
    assertThat(Files.readString(folder.resolve("train.html"))).contains("diverged at step");
    RunSettings back = new RunSettings(50, 20, true, OnDivergence.ROLLBACK, Keep.LAST);
    Map<String, Tensor> weights = train(wild, back, null);
    for (float value : weights.values().iterator().next().values()) {
      assertThat(value).isFinite();
    }
    List<JsonObject> lines = new JsonLines(folder.resolve("train.jsonl")).objects();
    assertThat(lines).anyMatch(line -> line.has("rolledBackTo"));
    assertThat(lines.get(lines.size() - 1).get("step").getAsInt()).isEqualTo(150);
    assertThat(Files.readString(folder.resolve("train.html")))
        .contains("Rolled back to step ", "training diverged at step ");
  }

  /** Its parameters are finite after the last update, but so large that its logits are not. */
  @Test
  void train_whoseHeldOutLogitsAreNotFiniteAtTheEnd_rollsBack() throws IOException {
    Deque<Integer> calls = new ArrayDeque<>();
    Function<EnergyNetwork, CalibrationReport> heldOut =
        network -> {
          calls.add(1);
          if (calls.size() == 2) {
            throw new TrainingException("the network's logits are not finite");
          }
          return accuracy(70);
        };
    RunSettings back = new RunSettings(50, 4, false, OnDivergence.ROLLBACK, Keep.LAST);
    train(options(Objective.BASELINE, 0.01, 2), back, heldOut);
    List<JsonObject> lines = new JsonLines(folder.resolve("train.jsonl")).objects();
    assertThat(lines)
        .filteredOn(line -> line.has("rolledBackTo"))
        .singleElement()
        .matches(line -> line.get("rolledBackTo").getAsInt() == 8)
        .matches(
            line ->
                line.get("reason")
                    .getAsString()
                    .equals(
                        "training diverged at step 12: on what is held out, the network's logits"
                            + " are not finite"));
    assertThat(calls).hasSize(3);
    RunSettings stop = new RunSettings(50, 4, true, OnDivergence.STOP, Keep.LAST);
    calls.clear();
    assertThatThrownBy(() -> train(options(Objective.BASELINE, 0.01, 2), stop, heldOut))
        .isInstanceOf(DivergenceException.class);
  }
}
