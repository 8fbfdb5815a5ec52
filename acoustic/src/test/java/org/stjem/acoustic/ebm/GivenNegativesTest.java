package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Given negatives in the first update of a network that gives its input back, so that rows are
 * logits: those of the golden vector, whose last two rows are now not sampled but given.
 */
class GivenNegativesTest {
  private static final int CLASSES = 3;
  private static final int[] LABELS = {0, 1, 0, 2};
  private static final float[][] DATA = {
    {2, .5f, -1}, {0, 1.5f, .5f}, {1, -.5f, .25f}, {-1, 0, 2.5f}
  };
  private static final float[][] NEGATIVES = {{.5f, .5f, .5f}, {1.5f, -2, 1}};

  /** Rows in turn, whichever are asked for. */
  private static final class InTurn implements LabelledRows {
    private final float[][] rows;
    private final int[] given;
    private int next;

    InTurn(float[][] rows) {
      this.rows = rows;
      this.given = new int[rows.length];
    }

    @Override
    public int size() {
      return rows.length;
    }

    @Override
    public int rowSize() {
      return CLASSES;
    }

    @Override
    public int classes() {
      return CLASSES;
    }

    @Override
    public int label(int index) {
      // Asked for after the row was copied.
      return LABELS[given[index]];
    }

    @Override
    public void copyRow(int index, float[] target, int offset, SeededRandom random) {
      given[index] = next++ % rows.length;
      System.arraycopy(rows[given[index]], 0, target, offset, CLASSES);
    }
  }

  private static TrainingStatus firstUpdate(Objective objective) throws IOException {
    List<TrainingStatus> statuses = new ArrayList<>();
    Sampling unused =
        new Sampling(
            1,
            1,
            new Sgld(1, 1, 0),
            5,
            ChainTarget.UNCONDITIONAL,
            ChainStart.UNIFORM,
            3,
            5,
            0.05,
            false);
    TrainerOptions options =
        new TrainerOptions(
            objective,
            new AddedTerms(0, 0, 0, 0, 0, NEGATIVES.length, 1, 1),
            new Schedule(1, LABELS.length, 1e-3, 0, 0, 0),
            unused,
            1);
    try (EnergyNetwork network =
        new EnergyNetwork(
            TestDevice.get(),
            Linear.builder().setUnits(CLASSES).build(),
            new Shape(CLASSES),
            new SeededRandom(1, 0))) {
      Map<String, Tensor> identity = new LinkedHashMap<>();
      network
          .weights()
          .forEach(
              (name, tensor) -> {
                float[] values = new float[tensor.values().length];
                for (int i = 0; values.length > CLASSES && i < CLASSES; i++) {
                  values[i * CLASSES + i] = 1;
                }
                identity.put(name, new Tensor(tensor.shape(), values));
              });
      network.setWeights(identity);
      TrainingData data = new TrainingData(new InTurn(DATA), null, new InTurn(NEGATIVES));
      try (Trainer trainer =
          new Trainer(network, data, options, statuses::add, InstantSource.system())) {
        trainer.run(null, 10, 1, OnDivergence.STOP);
      }
    }
    return statuses.get(0);
  }

  @ParameterizedTest
  @CsvSource({"RES_JEM,1.329554", "BASELINE,.335017"})
  void loss_isTheGoldenValueOfSampledRows(Objective objective, double golden) throws IOException {
    assertThat(firstUpdate(objective).loss()).isCloseTo(golden, within(1e-6));
  }

  @Test
  void measures_areThoseOfTheNegatives() throws IOException {
    TrainingStatus status = firstUpdate(Objective.RES_JEM);
    // Column term less (1/4) · 2 ln 2 of its floor; s of the rows is ln(3 e^.5) and
    // ln(e^1.5 + e^-2 + e).
    assertThat(status.columnExcess()).isCloseTo(.994537 - Math.log(2) / 2, within(1e-6));
    assertThat(status.negativeScore()).isCloseTo((1.598612 + 1.992700) / 2, within(1e-5));
    assertThat(status.sampleScore()).isNaN();
    // In column 0: (e^.5 + e^1.5) / (e^.5 + e^1.5 + e^2 + 1 + e + e^-1).
    assertThat((double) status.negativeMassOfLabel()[0]).isCloseTo(.348207, within(1e-5));
  }
}
