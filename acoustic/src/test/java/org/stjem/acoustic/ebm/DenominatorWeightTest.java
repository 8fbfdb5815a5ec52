package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A negative that counts for w rows trains as w equal negatives do. */
class DenominatorWeightTest {
  private static final LabelledRows DATA = new ToyRows(320, 5);
  private static final Rows ONE_NEGATIVE = new ToyRows(1, 6);
  private static final int BATCH_SIZE = 32;
  private static final Sampling SAMPLING =
      new Sampling(
          4,
          1,
          new Sgld(3, 1, 0.01),
          3,
          ChainTarget.UNCONDITIONAL,
          ChainStart.UNIFORM,
          3,
          50,
          0.05,
          false);

  private record Trained(float[] weights, TrainingStatus last) {}

  private static TrainerOptions options(Objective objective, int negatives, double weight) {
    return new TrainerOptions(
        objective,
        new AddedTerms(0, 0, 0, 0, 0, negatives, weight, 1),
        new Schedule(1, BATCH_SIZE, 1e-2, 1, 0, 0),
        SAMPLING,
        9);
  }

  private static Trained train(Objective objective, int negatives, double weight)
      throws IOException {
    List<TrainingStatus> statuses = new ArrayList<>();
    try (EnergyNetwork network =
            new EnergyNetwork(
                TestDevice.get(),
                Linear.builder().setUnits(3).build(),
                new Shape(4),
                new SeededRandom(1, 0));
        Trainer trainer =
            new Trainer(
                network,
                new TrainingData(DATA, null, ONE_NEGATIVE),
                options(objective, negatives, weight),
                statuses::add,
                InstantSource.system())) {
      trainer.run(null, 1000, 10, OnDivergence.STOP);
      float[] weights = network.weights().values().iterator().next().values();
      return new Trained(weights, statuses.get(statuses.size() - 1));
    }
  }

  /**
   * Samples would be drawn anew with other numbers of rows, so objectives without them are tried.
   */
  @ParameterizedTest
  @EnumSource(
      value = Objective.class,
      names = {"RES_JEM", "RES_JEM_ROW"})
  void weightOfW_isThatOfWEqualRows(Objective objective) throws IOException {
    Trained weighted = train(objective, 1, 3);
    Trained repeated = train(objective, 3, 1);
    assertThat(weighted.weights()).containsExactly(repeated.weights(), within(1e-5f));
    assertThat(weighted.last().loss()).isCloseTo(repeated.last().loss(), within(1e-5));
    assertThat(weighted.last().columnExcess())
        .isCloseTo(repeated.last().columnExcess(), within(1e-5));
    assertThat(weighted.last().rowExcess()).isCloseTo(repeated.last().rowExcess(), within(1e-5));
    assertThat(weighted.last().negativeMass())
        .isCloseTo(repeated.last().negativeMass(), within(1e-5));
    assertThat(weighted.last().negativeMassOfRows())
        .isCloseTo(repeated.last().negativeMassOfRows(), within(1e-5));
    assertThat(weighted.last().negativeScore())
        .as("s itself is not weighted")
        .isCloseTo(repeated.last().negativeScore(), within(1e-5));
    assertThat(train(objective, 1, 1).weights()).isNotEqualTo(weighted.weights());
  }

  @ParameterizedTest
  @EnumSource(
      value = Objective.class,
      names = {"ST_JEM_ROW", "ST_JEM", "ST_JEM_NO_MI"})
  void balanced_givesAllNegativesTheWeightOfAllLabelledRows(Objective objective)
      throws IOException {
    // Of 32 labelled rows to four samples and four given negatives.
    Trained balanced = train(objective, 4, AddedTerms.BALANCED);
    assertThat(balanced.weights()).isEqualTo(train(objective, 4, 4).weights());
    assertThat(balanced.last().negativeMassOfRows()).isBetween(0.0, 1.0);
  }

  @Test
  void jem_hasNoDenominatorToWeigh() {
    assertThatThrownBy(() -> options(Objective.JEM, 1, 2))
        .isInstanceOf(TrainingException.class)
        .hasMessage("jem has no denominator in which samples could have a weight");
  }
}
