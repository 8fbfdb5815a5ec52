package org.stjem.acoustic.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class LatticeDecoderTest {
  private static final int PDFS = 5;
  static final int[] PDF_OF_TRANSITION_ID = {-1, 0, 1, 2, 3, 4};

  @Test
  void decode_wideBeam_findsTheBestOfAllPaths() {
    Random random = new Random(1);
    for (int trial = 0; trial < 200; trial++) {
      Fst graph = randomGraph(random, 6, true);
      FloatMatrix loglikes = randomLoglikes(random, 1 + random.nextInt(8));
      Lattice lattice = decoder(graph, wide()).decode(loglikes, 0.5f);
      for (double[] scoring : new double[][] {{0.5, 0}, {0.4, 1.5}, {0.7, -0.5}}) {
        BestPath path = lattice.bestPath(scoring[0], scoring[1]);
        double total =
            path.graphCost() + scoring[0] * path.acousticCost() + scoring[1] * path.words().length;
        assertThat(total)
            .isCloseTo(bestOfAllPaths(graph, loglikes, scoring[0], scoring[1]), within(1e-4));
        assertThat(path.transitionIds()).hasSize(loglikes.rows()).doesNotContain(0);
        assertThat(-acoustic(path.transitionIds(), loglikes))
            .isCloseTo(path.acousticCost(), within(1e-4));
      }
    }
  }

  @Test
  void decode_narrowBeams_findsWhatThePlainSearchFinds() {
    Random random = new Random(10);
    int partial = 0;
    for (int trial = 0; trial < 300; trial++) {
      int maxActive = 2 + random.nextInt(40);
      DecoderOptions options =
          new DecoderOptions(
              0.5f + 6 * random.nextFloat(),
              maxActive,
              random.nextInt(Math.min(20, maxActive + 1)),
              0.1f + 5 * random.nextFloat(),
              1 + random.nextInt(30),
              0.1f + random.nextFloat());
      Fst graph = randomGraph(random, 2 + random.nextInt(60), trial % 10 > 0);
      partial +=
          assertThatPlainSearchAgrees(
              graph, randomLoglikes(random, 1 + random.nextInt(40)), options);
    }
    assertThat(partial).isBetween(30, 270);
  }

  @Test
  void decode_tokensPrunedManyTimes_findsWhatThePlainSearchFinds() {
    Random random = new Random(11);
    Fst graph = randomGraph(random, 400, true);
    FloatMatrix loglikes = randomLoglikes(random, 600);
    DecoderOptions options = new DecoderOptions(12, 10_000, 200, 4, 25, 0.5f);
    LatticeDecoder decoder = decoder(graph, options);
    decoder.decode(loglikes, 1);
    assertThat(decoder.peakTokens()).isLessThan(600 * 200);
    assertThatPlainSearchAgrees(graph, loglikes, options);
  }

  /** Returns 1 if no final state was reached. */
  private static int assertThatPlainSearchAgrees(
      Fst graph, FloatMatrix loglikes, DecoderOptions options) {
    ReferenceDecoder reference =
        new ReferenceDecoder(graph, options, loglikes, PDF_OF_TRANSITION_ID, 1);
    Lattice lattice = decoder(graph, options).decode(loglikes, 1);
    assertThat(lattice.reachedFinal()).isEqualTo(reference.reachedFinal);
    assertThat(lattice.numStates()).isEqualTo(reference.states());
    assertThat(lattice.numArcs()).isEqualTo(reference.links);
    return lattice.reachedFinal() ? 0 : 1;
  }

  @Test
  void decode_again_forgetsTheUtteranceBefore() {
    Random random = new Random(2);
    Fst graph = randomGraph(random, 30, true);
    FloatMatrix one = randomLoglikes(random, 20);
    FloatMatrix other = randomLoglikes(random, 15);
    LatticeDecoder decoder = decoder(graph, DecoderOptions.DEFAULT);
    BestPath first = decoder.decode(one, 1).bestPath(1, 0);
    decoder.decode(other, 1);
    BestPath again = decoder.decode(one, 1).bestPath(1, 0);
    assertThat(again.words()).isEqualTo(first.words());
    assertThat(again.graphCost()).isEqualTo(first.graphCost());
  }

  @Test
  void decode_fewActive_stillGivesAPath() {
    Random random = new Random(3);
    Fst graph = randomGraph(random, 40, true);
    FloatMatrix loglikes = randomLoglikes(random, 30);
    DecoderOptions narrow = new DecoderOptions(1, 2, 0, 10, 25, 0.5f);
    Lattice small = decoder(graph, narrow).decode(loglikes, 1);
    Lattice large = decoder(graph, wide()).decode(loglikes, 1);
    assertThat(small.numStates()).isLessThan(large.numStates());
    assertThat(small.bestPath(1, 0).transitionIds()).hasSize(30);
  }

  @Test
  void decode_noFinalState_givesTheBestTokenAndSaysSo() {
    Random random = new Random(4);
    Fst graph = randomGraph(random, 6, false);
    FloatMatrix loglikes = randomLoglikes(random, 5);
    Lattice lattice = decoder(graph, wide()).decode(loglikes, 1);
    assertThat(lattice.reachedFinal()).isFalse();
    Fst allFinal =
        new Fst(
            graph.start,
            new float[graph.numStates()],
            graph.firstArc,
            graph.arcs,
            graph.costs,
            graph.outputLabels);
    BestPath path = lattice.bestPath(1, 0);
    assertThat(path.graphCost() + path.acousticCost())
        .isCloseTo(bestOfAllPaths(allFinal, loglikes, 1, 0), within(1e-4));
  }

  @Test
  void decode_longUtterance_keepsTheTokensOfThePastBounded() {
    Random random = new Random(5);
    Fst graph = randomGraph(random, 200, true);
    DecoderOptions options = new DecoderOptions(16, 10_000, 200, 2, 25, 0.5f);
    LatticeDecoder decoder = decoder(graph, options);
    decoder.decode(randomLoglikes(random, 500), 2);
    int shorter = decoder.peakTokens();
    decoder.decode(randomLoglikes(random, 3000), 2);
    // Unpruned, every frame would leave some 200 tokens behind.
    assertThat(decoder.peakTokens() - shorter).isLessThan(2500 * 200 / 4);
  }

  @Test
  void decode_impossibleScores_sayWhere() {
    Fst graph = randomGraph(new Random(6), 6, true);
    LatticeDecoder decoder = decoder(graph, wide());
    FloatMatrix nan = randomLoglikes(new Random(6), 3);
    nan.set(2, 1, Float.NaN);
    assertThatThrownBy(() -> decoder.decode(nan, 1))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("pdf 1 in frame 2 is NaN");
    FloatMatrix nothing = new FloatMatrix(3, PDFS);
    Arrays.fill(nothing.data(), Float.NEGATIVE_INFINITY);
    assertThatThrownBy(() -> decoder.decode(nothing, 1)).hasMessage("no path survives frame 0");
    assertThatThrownBy(() -> decoder.decode(new FloatMatrix(0, PDFS), 1))
        .hasMessage("it has no frames");
    // A decoder that gave up on one utterance decodes the next one.
    assertThat(decoder.decode(randomLoglikes(new Random(7), 3), 1).reachedFinal()).isTrue();
  }

  @Test
  void constructor_graphOfAnotherModel_namesBothNumbers() {
    Fst graph = randomGraph(new Random(8), 20, true);
    assertThatThrownBy(() -> new LatticeDecoder(graph, new int[4], DecoderOptions.DEFAULT))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("the graph has transition-id 5, the model has 3");
  }

  @Test
  void options_outOfRange_areNamed() {
    assertThatThrownBy(() -> new DecoderOptions(16, 200, 300, 10, 25, 0.5f))
        .hasMessage("--min-active must be from 0 to --max-active, which is 200, not 300");
  }

  @Test
  void options_defaults_areThoseOfLatgenFasterMapped() {
    DecoderOptions options = DecoderOptions.DEFAULT;
    assertThat(options.beam()).isEqualTo(16f);
    assertThat(options.maxActive()).isEqualTo(Integer.MAX_VALUE);
    assertThat(options.minActive()).isEqualTo(200);
    assertThat(options.latticeBeam()).isEqualTo(10f);
    assertThat(options.pruneInterval()).isEqualTo(25);
    assertThat(options.beamDelta()).isEqualTo(0.5f);
  }

  private static DecoderOptions wide() {
    return new DecoderOptions(1000, Integer.MAX_VALUE, 200, 1000, 25, 0.5f);
  }

  private static LatticeDecoder decoder(Fst graph, DecoderOptions options) {
    return new LatticeDecoder(graph, PDF_OF_TRANSITION_ID, options);
  }

  /** Every state has an emitting arc; epsilon arcs lead to higher states only. */
  static Fst randomGraph(Random random, int states, boolean withFinalStates) {
    int arcsPerState = 4;
    FstBuilder graph = new FstBuilder();
    for (int state = 0; state < states; state++) {
      boolean isFinal = withFinalStates && state % 2 == 1;
      graph.addState(
          isFinal ? random.nextFloat() : Float.POSITIVE_INFINITY, (state + 1) * arcsPerState);
      for (int i = 0; i < arcsPerState; i++) {
        boolean epsilon = i % 2 == 1 && state + 1 < states;
        graph.addArc(
            epsilon ? 0 : 1 + random.nextInt(PDFS),
            Math.max(0, random.nextInt(6) - 3),
            2 * random.nextFloat() - 0.2f,
            epsilon ? state + 1 + random.nextInt(states - state - 1) : random.nextInt(states));
      }
    }
    return graph.build(0);
  }

  static FloatMatrix randomLoglikes(Random random, int frames) {
    FloatMatrix loglikes = new FloatMatrix(frames, PDFS);
    for (int i = 0; i < loglikes.data().length; i++) {
      loglikes.data()[i] = (float) random.nextGaussian() * 3;
    }
    return loglikes;
  }

  private static double acoustic(int[] transitionIds, FloatMatrix loglikes) {
    double sum = 0;
    for (int t = 0; t < transitionIds.length; t++) {
      sum += loglikes.get(t, PDF_OF_TRANSITION_ID[transitionIds[t]]);
    }
    return sum;
  }

  /** Dynamic programming over all states and frames, without any pruning. */
  private static double bestOfAllPaths(
      Fst graph, FloatMatrix loglikes, double acousticScale, double penalty) {
    double[] cost = new double[graph.numStates()];
    Arrays.fill(cost, Double.POSITIVE_INFINITY);
    cost[graph.start] = 0;
    followEpsilons(graph, cost, penalty);
    for (int frame = 0; frame < loglikes.rows(); frame++) {
      double[] next = new double[cost.length];
      Arrays.fill(next, Double.POSITIVE_INFINITY);
      for (int state = 0; state < cost.length; state++) {
        for (int arc = graph.firstArc[state]; arc < graph.firstArc[state + 1]; arc++) {
          if (graph.inputLabel(arc) != 0) {
            double total =
                cost[state]
                    + graph.costs[arc]
                    - acousticScale * loglikes.get(frame, graph.inputLabel(arc) - 1)
                    + (graph.outputLabels[arc] == 0 ? 0 : penalty);
            next[graph.nextState(arc)] = Math.min(next[graph.nextState(arc)], total);
          }
        }
      }
      followEpsilons(graph, next, penalty);
      cost = next;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int state = 0; state < cost.length; state++) {
      best = Math.min(best, cost[state] + graph.finalCosts[state]);
    }
    return best;
  }

  /** States are in the order of the epsilon arcs, so that once is enough. */
  private static void followEpsilons(Fst graph, double[] cost, double penalty) {
    for (int state = 0; state < cost.length; state++) {
      for (int arc = graph.firstArc[state]; arc < graph.firstArc[state + 1]; arc++) {
        if (graph.inputLabel(arc) == 0) {
          double total =
              cost[state] + graph.costs[arc] + (graph.outputLabels[arc] == 0 ? 0 : penalty);
          cost[graph.nextState(arc)] = Math.min(cost[graph.nextState(arc)], total);
        }
      }
    }
  }
}
