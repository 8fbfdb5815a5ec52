package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Chains: what they climb, where they start, what bounds them, what the buffer keeps. */
class SamplingTest {
  private static final ToyRows DATA = new ToyRows(600, 5);
  private static final int ROWS = 8;

  private EnergyNetwork network;
  private SeededRandom random;

  @BeforeEach
  void open() {
    Block block =
        new SequentialBlock()
            .add(Linear.builder().setUnits(16).build())
            .add(list -> new NDList(Activation.tanh(list.singletonOrThrow())))
            .add(Linear.builder().setUnits(3).build());
    network = new EnergyNetwork(TestDevice.get(), block, new Shape(4), new SeededRandom(1, 0));
    random = new SeededRandom(3, 0);
  }

  @AfterEach
  void close() {
    network.close();
  }

  private float[] starts() {
    float[] x = new float[ROWS * 4];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat(-3, 3);
    }
    return x;
  }

  private static int[] labels(int label) {
    int[] labels = new int[ROWS];
    Arrays.fill(labels, label);
    return labels;
  }

  @Test
  void scoreGradient_equalsFiniteDifferences() {
    float[] x = starts();
    float[] unconditional = network.scoreGradient(x, labels(-1));
    float[] conditional = network.scoreGradient(x, labels(2));
    int[] mixedLabels = {-1, 2, 2, -1, 2, -1, -1, 2};
    float[] mixed = network.scoreGradient(x, mixedLabels);
    for (int i = 0; i < x.length; i++) {
      float[] up = x.clone();
      float[] down = x.clone();
      up[i] += 0.01f;
      down[i] -= 0.01f;
      int row = i / 4;
      float[] above = network.logits(up, ROWS);
      float[] below = network.logits(down, ROWS);
      double slope = LogSumExp.of(above, 3 * row, 3) - LogSumExp.of(below, 3 * row, 3);
      assertThat(unconditional[i] * 0.02).isCloseTo(slope, within(2e-5));
      assertThat(conditional[i] * 0.02)
          .isCloseTo(above[3 * row + 2] - below[3 * row + 2], within(2e-5));
      assertThat(mixed[i])
          .as("a row among rows of the other kind")
          .isCloseTo(mixedLabels[row] < 0 ? unconditional[i] : conditional[i], within(1e-6f));
    }
  }

  @Test
  void sgld_computesNoGradientsOfParameters() {
    network.setTrainable(true);
    new Sgld(3, 1, 0.01).run(network, starts(), labels(-1), random);
    network.scoreGradient(starts(), labels(-1));
    assertThat(gradients()).as("what a network that is not frozen gathers").isPositive();

    try (EnergyNetwork other =
        new EnergyNetwork(
            TestDevice.get(), Linear.builder().setUnits(3).build(), new Shape(4), random)) {
      new Sgld(3, 1, 0.01).run(other, starts(), labels(-1), random);
      try (Adam adam = new Adam(other, 0)) {
        assertThat(adam.gradientNorm()).isZero();
      }
      assertThat(other.parameters()).allMatch(parameter -> parameter.requiresGradient());
    }
  }

  @Test
  void deviceChains_withoutNoise_endsWhereJavaEnds() {
    Sgld sgld = new Sgld(10, 0.1, 0, 0.05, 2.5);
    float[] here = starts();
    float[] there = here.clone();
    int[] mixed = {-1, 2, 2, -1, 1, -1, -1, 0};
    double[] stepSizes = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
    sgld.runInJava(network, here, mixed, stepSizes, new double[ROWS], random);
    DeviceChains.run(sgld, network, there, mixed, stepSizes, new double[ROWS], random);
    for (int i = 0; i < here.length; i++) {
      assertThat(there[i]).isCloseTo(here[i], within(1e-5f));
    }
  }

  @Test
  void deviceChains_drawsNoiseByTheSeed() {
    int rows = 2000;
    int[] unconditional = new int[rows];
    Arrays.fill(unconditional, -1);
    double[] stepSizes = new double[rows];
    Arrays.fill(stepSizes, 1e-9);
    double[] noises = new double[rows];
    Arrays.fill(noises, 0, rows / 2, 0.5);
    float[] once = new float[rows * 4];
    float[] again = once.clone();
    float[] other = once.clone();
    Sgld sgld = new Sgld(4, 1, 0);
    DeviceChains.run(sgld, network, once, unconditional, stepSizes, noises, new SeededRandom(1, 0));
    DeviceChains.run(
        sgld, network, again, unconditional, stepSizes, noises, new SeededRandom(1, 0));
    DeviceChains.run(
        sgld, network, other, unconditional, stepSizes, noises, new SeededRandom(2, 0));
    assertThat(again).isEqualTo(once);
    assertThat(other).isNotEqualTo(once);
    double square = 0;
    for (int i = 0; i < rows / 2 * 4; i++) {
      square += once[i] * once[i];
    }
    // Four steps of deviation 0.5 in 4000 values: the variance is 1 with a deviation of 0.022.
    assertThat(square / (rows / 2 * 4)).isCloseTo(1, within(0.1));
    assertThat(Arrays.copyOfRange(once, rows / 2 * 4, once.length))
        .as("chains without noise")
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-6f ? 0 : 1)
        .containsOnly(0f);
  }

  @Test
  void deviceChains_leavesNoArraysBehind() {
    int before = network.managedArrays();
    DeviceChains.run(
        new Sgld(3, 1, 0.01), network, starts(), labels(-1), filled(1), filled(0.01), random);
    assertThat(network.managedArrays()).isEqualTo(before);
  }

  private static double[] filled(double value) {
    double[] values = new double[ROWS];
    Arrays.fill(values, value);
    return values;
  }

  private double gradients() {
    try (Adam adam = new Adam(network, 0)) {
      return adam.gradientNorm();
    }
  }

  @Test
  void sgld_withoutNoise_raisesWhatItClimbs() {
    float[] x = starts();
    float[] conditional = x.clone();
    float[] before = network.logits(x, ROWS);
    new Sgld(10, 0.1, 0).run(network, x, labels(-1), random);
    new Sgld(10, 0.1, 0).run(network, conditional, labels(1), random);
    float[] after = network.logits(x, ROWS);
    float[] afterConditional = network.logits(conditional, ROWS);
    for (int row = 0; row < ROWS; row++) {
      assertThat(LogSumExp.of(after, 3 * row, 3)).isGreaterThan(LogSumExp.of(before, 3 * row, 3));
      assertThat(afterConditional[3 * row + 1])
          .isGreaterThan(before[3 * row + 1])
          .isGreaterThan(after[3 * row + 1]);
    }
  }

  @Test
  void sgld_withClamps_keepsStepsAndValuesWithinThem() {
    float[] x = starts();
    float[] start = x.clone();
    new Sgld(1, 2, 0, 0.01, 1e9).run(network, x, labels(-1), random);
    for (int i = 0; i < x.length; i++) {
      assertThat(Math.abs(x[i] - start[i])).isLessThanOrEqualTo(0.0201f);
    }
    new Sgld(5, 1, 1, Double.POSITIVE_INFINITY, 1.5).run(network, x, labels(-1), random);
    for (float value : x) {
      assertThat(value).isBetween(-1.5f, 1.5f);
    }
  }

  @Test
  void sampler_runsOnceForSeveralBatches_andGivesEachItsOwnRows() {
    Sampling sampling =
        new Sampling(
            2,
            3,
            new Sgld(4, 1, 0.01),
            4,
            ChainTarget.UNCONDITIONAL,
            ChainStart.UNIFORM,
            3,
            1000,
            1,
            false);
    ChainSampler sampler = new ChainSampler(network, DATA, sampling, random);
    float[] batch = new float[3 * 2 * 4];
    long[] afterFirst = null;
    for (int i = 0; i < 3; i++) {
      assertThat(sampler.next(batch, 8 * i, 0, null)).containsExactly(-1, -1);
      afterFirst = i == 0 ? random.state() : afterFirst;
      assertThat(random.state()).as("batch %d draws no more", i).isEqualTo(afterFirst);
    }
    float[] ages = sampler.state().get("buffer.ages").values();
    int places = 0;
    for (float age : ages) {
      assertThat(age).isIn(0f, 4f);
      places += age > 0 ? 1 : 0;
    }
    assertThat(places).isEqualTo(6);
    for (int row = 1; row < 6; row++) {
      assertThat(batch[4 * row]).isNotEqualTo(batch[4 * row - 4]);
    }
    sampler.next(batch, 0, 0, null);
    assertThat(random.state()).isNotEqualTo(afterFirst);
  }

  @Test
  void steps_growLinearlyOverTraining() {
    Sampling sampling =
        new Sampling(
            1,
            1,
            new Sgld(20, 1, 0),
            220,
            ChainTarget.UNCONDITIONAL,
            ChainStart.UNIFORM,
            3,
            10,
            0,
            false);
    assertThat(sampling.sgld(0).steps()).isEqualTo(20);
    assertThat(sampling.sgld(0.25).steps()).isEqualTo(70);
    assertThat(sampling.sgld(1).steps()).isEqualTo(220);
  }

  private static ReplayBuffer buffer(int size, double reinit, ChainTarget target, ChainStart kind) {
    return new ReplayBuffer(size, 4, reinit, target, new ChainStarts(kind, 3, DATA));
  }

  @Test
  void buffer_startsAfreshWhereNoChainHasEndedAndGoesOnElsewhere() {
    ReplayBuffer buffer = buffer(10, 0, ChainTarget.UNCONDITIONAL, ChainStart.UNIFORM);
    Chains chains = buffer.draw(20, null, random);
    assertThat(chains.labels).containsOnly(-1);
    assertThat(chains.ages).containsOnly(0);
    for (float value : chains.x) {
      assertThat(value).isBetween(-3f, 3f);
    }
    Arrays.fill(chains.x, 7);
    Arrays.fill(chains.ages, 5);
    buffer.put(chains);
    assertThat(buffer.meanAge()).isEqualTo(5);
    Chains next = buffer.draw(50, null, random);
    for (int i = 0; i < next.count(); i++) {
      boolean known = Arrays.stream(chains.places).boxed().toList().contains(next.places[i]);
      assertThat(next.ages[i]).isEqualTo(known ? 5 : 0);
      assertThat(next.x[4 * i] == 7).isEqualTo(known);
    }
    assertThat(
            buffer(10, 1, ChainTarget.UNCONDITIONAL, ChainStart.UNIFORM).draw(9, null, random).ages)
        .containsOnly(0);
  }

  @Test
  void conditionalBuffer_dividesItsPlacesAsTheTrainingDataAreDivided() {
    ReplayBuffer buffer = buffer(60, 1, ChainTarget.CONDITIONAL, ChainStart.DATA);
    int[] placesOfLabel = new int[3];
    int[] labelOfPlace = new int[60];
    Arrays.fill(labelOfPlace, -1);
    Chains chains = buffer.draw(2000, null, random);
    for (int i = 0; i < chains.count(); i++) {
      int place = chains.places[i];
      placesOfLabel[chains.labels[i]] += labelOfPlace[place] < 0 ? 1 : 0;
      assertThat(labelOfPlace[place]).isIn(-1, chains.labels[i]);
      labelOfPlace[place] = chains.labels[i];
      int label = chains.labels[i];
      assertThat(isRowOf(label, chains.x, 4 * i)).as("a training row of label %d", label).isTrue();
    }
    int[] rowsOfLabel = new int[3];
    for (int i = 0; i < DATA.size(); i++) {
      rowsOfLabel[DATA.label(i)]++;
    }
    for (int label = 0; label < 3; label++) {
      assertThat((double) placesOfLabel[label])
          .isCloseTo(60.0 * rowsOfLabel[label] / DATA.size(), within(1.0));
    }
  }

  @Test
  void chainsOfABatchsLabels_climbAndStartFromThem_andTheRestClimbsS() {
    ChainTarget target = new ChainTarget(ChainTarget.Labels.BATCH, 0.75);
    ReplayBuffer buffer = buffer(40, 0, target, ChainStart.DATA);
    int[][] batches = {{0}, {2, 1}};
    Chains first = buffer.draw(400, batches, random);
    int conditional = 0;
    for (int i = 0; i < first.count(); i++) {
      int label = first.labels[i];
      conditional += label >= 0 ? 1 : 0;
      assertThat(label).isIn(i < 200 ? List.of(-1, 0) : List.of(-1, 1, 2));
      assertThat(first.places[i])
          .as("three quarters of the places belong to labels")
          .isBetween(label < 0 ? 30 : 0, label < 0 ? 39 : 29);
      if (label >= 0) {
        assertThat(isRowOf(label, first.x, 4 * i)).isTrue();
      }
    }
    assertThat(conditional).isBetween(270, 330);
    // What a chain of a label leaves, a later chain of that label goes on from.
    for (int i = 0; i < first.count(); i++) {
      Arrays.fill(first.x, 4 * i, 4 * i + 4, 10 + first.labels[i]);
      first.ages[i] = 5;
    }
    buffer.put(first);
    Chains next = buffer.draw(100, new int[][] {{1}}, random);
    for (int i = 0; i < next.count(); i++) {
      assertThat(next.labels[i]).isIn(-1, 1);
      if (next.ages[i] > 0) {
        assertThat(next.x[4 * i]).isEqualTo(10f + next.labels[i]);
      }
    }
    assertThat(Arrays.stream(next.ages).filter(age -> age > 0).count()).isGreaterThan(80);
  }

  @Test
  void labelWithoutAPlace_startsAfreshAndIsNotKept() {
    // Two places, and no label fills them both.
    ChainTarget target = new ChainTarget(ChainTarget.Labels.BATCH, 1);
    ReplayBuffer buffer = buffer(2, 0, target, ChainStart.DATA);
    int without = -1;
    for (int label = 0; label < 3; label++) {
      Chains chains = buffer.draw(1, new int[][] {{label}}, random);
      if (chains.places[0] < 0) {
        without = label;
        Arrays.fill(chains.x, 7);
        chains.ages[0] = 5;
        buffer.put(chains);
      }
    }
    assertThat(without).as("three labels, two places").isNotNegative();
    Chains again = buffer.draw(1, new int[][] {{without}}, random);
    assertThat(again.ages[0]).isZero();
    assertThat(isRowOf(without, again.x, 0)).isTrue();
    assertThat(buffer.meanAge()).isZero();
  }

  private static boolean isRowOf(int label, float[] x, int offset) {
    float[] row = new float[4];
    for (int i = 0; i < DATA.size(); i++) {
      DATA.copyRow(i, row, 0, null);
      if (DATA.label(i) == label && Arrays.equals(row, 0, 4, x, offset, offset + 4)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void gaussianStarts_haveMeanAndSpreadOfTheLabelsRows() {
    ChainStarts starts = new ChainStarts(ChainStart.GAUSSIAN, 3, DATA);
    double[] sum = new double[4];
    double[] squares = new double[4];
    float[] x = new float[4];
    int draws = 2000;
    for (int i = 0; i < draws; i++) {
      starts.draw(x, 0, 1, random);
      for (int d = 0; d < 4; d++) {
        sum[d] += x[d];
        squares[d] += x[d] * x[d];
      }
    }
    for (int d = 0; d < 4; d++) {
      double mean = sum[d] / draws;
      assertThat(mean).isCloseTo(d == 1 ? 1.5 : -0.5, within(0.1));
      assertThat(Math.sqrt(squares[d] / draws - mean * mean)).isCloseTo(0.5, within(0.05));
    }
  }

  @Test
  void gradientPenalty_isTheMeanSquareOfFiniteDifferencesOfTheScore() {
    float[] x = starts();
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      float[] up = x.clone();
      float[] down = x.clone();
      up[i] += 0.01f;
      down[i] -= 0.01f;
      double slope =
          (LogSumExp.of(network.logits(up, ROWS), 3 * (i / 4), 3)
                  - LogSumExp.of(network.logits(down, ROWS), 3 * (i / 4), 3))
              / 0.02;
      sum += slope * slope;
    }
    assertThat(new GradientPenalty(network, x, ROWS).value()).isCloseTo(sum / ROWS, within(1e-3));
  }

  @Test
  void gradientPenalty_hasTheParameterGradientOfItsValue() {
    float[] x = starts();
    GradientPenalty penalty = new GradientPenalty(network, x, ROWS);
    network.setTrainable(true);
    try (var scope = network.newManager()) {
      try (var collector = ai.djl.engine.Engine.getEngine("PyTorch").newGradientCollector()) {
        collector.backward(penalty.surrogate(network, scope));
      }
    }
    for (int p = 0; p < network.parameters().size(); p++) {
      var parameter = network.parameters().get(p).getArray();
      float[] gradient = parameter.getGradient().toFloatArray();
      float[] values = parameter.toFloatArray();
      for (int i = 0; i < values.length; i += 5) {
        float kept = values[i];
        values[i] = kept + 0.01f;
        parameter.set(values);
        double up = new GradientPenalty(network, x, ROWS).value();
        values[i] = kept - 0.01f;
        parameter.set(values);
        double down = new GradientPenalty(network, x, ROWS).value();
        values[i] = kept;
        parameter.set(values);
        assertThat((double) gradient[i])
            .as("parameter %d, value %d", p, i)
            .isCloseTo((up - down) / 0.02, within(2e-3));
      }
    }
  }

  @Test
  void adaptation_prefersWhatIsRewarded_byAge() {
    SgldAdaptation adaptation = new SgldAdaptation(new Sgld(20, 1, 0.01));
    assertThat(adaptation.favourites().get(0).stepSize()).isEqualTo(1);
    for (int i = 0; i < 4000; i++) {
      int age = i % 2 == 0 ? 0 : 200;
      SgldAdaptation.Trial trial = adaptation.choose(age, random);
      double wanted = age == 0 ? 10 : 0.1;
      adaptation.reward(trial, adaptation.stepSize(trial) == wanted ? 0.9 : 0.2);
    }
    List<AdaptedSgld> favourites = adaptation.favourites();
    assertThat(favourites).extracting(AdaptedSgld::leastAge).containsExactly(0, 20, 80, 320);
    assertThat(favourites.get(0).stepSize()).isEqualTo(10);
    assertThat(favourites.get(2).stepSize()).isEqualTo(0.1);
    assertThat(favourites.get(1).stepSize()).as("never seen").isEqualTo(1);
    assertThat(favourites.get(0).steps()).as("fewer steps are cheaper").isEqualTo(10);
    assertThat(favourites.get(0).competitiveness()).isBetween(0.2, 0.9);

    SgldAdaptation copy = new SgldAdaptation(new Sgld(20, 1, 0.01));
    copy.restore(adaptation.state());
    assertThat(copy.favourites()).isEqualTo(favourites);
  }

  @Test
  void reward_ofOneSampleThatHoldsEverything_isNoMoreThanAFairShare() {
    SgldAdaptation greedy = new SgldAdaptation(new Sgld(20, 1, 0.01));
    SgldAdaptation fair = new SgldAdaptation(new Sgld(20, 1, 0.01));
    SgldAdaptation.Trial trial = greedy.choose(0, random);
    greedy.reward(trial, 100);
    fair.reward(trial, 1);
    assertThat(greedy.favourites()).isEqualTo(fair.favourites());
  }

  @Test
  void shares_areThoseOfTheLabelColumns() {
    float[] logits = {
      2, .5f, -1, 0, 1.5f, .5f, 1, -.5f, .25f, -1, 0, 2.5f, .5f, .5f, .5f, 1.5f, -2, 1
    };
    int[] labels = {0, 1, 0, 2};
    BatchRows batch =
        new BatchRows(new float[0], new int[][] {labels}, new int[] {-1, -1}, 0, 0, 0);
    double[] expected = new double[2];
    for (int label : labels) {
      double all = 0;
      for (int row = 0; row < 6; row++) {
        all += Math.exp(logits[3 * row + label]);
      }
      for (int i = 0; i < 2; i++) {
        expected[i] += 6.0 / 4 * Math.exp(logits[3 * (4 + i) + label]) / all;
      }
    }
    assertThat(Competition.shares(logits, batch, 3)).containsExactly(expected, within(1e-6));
  }
}
