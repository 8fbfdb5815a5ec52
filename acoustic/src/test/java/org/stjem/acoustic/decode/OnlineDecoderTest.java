package org.stjem.acoustic.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.kaldi.FloatMatrix;

class OnlineDecoderTest {
  private static final int FRAMES = 300;

  private static OnlineDecoder decoder(Fst graph, DecoderOptions options) {
    return new OnlineDecoder(graph, LatticeDecoderTest.PDF_OF_TRANSITION_ID, options, 1);
  }

  private static BestPath whole(Fst graph, DecoderOptions options, FloatMatrix loglikes) {
    OnlineDecoder decoder = decoder(graph, options);
    decoder.accept(loglikes);
    return decoder.finish().path();
  }

  @Test
  void settledWords_areTheFirstOfTheResult_howeverItIsCut() {
    Random random = new Random(21);
    int settledBeforeTheEnd = 0;
    for (int trial = 0; trial < 60; trial++) {
      Fst graph = LatticeDecoderTest.randomGraph(random, 5 + random.nextInt(60), trial % 5 > 0);
      FloatMatrix loglikes = LatticeDecoderTest.randomLoglikes(random, FRAMES);
      DecoderOptions options =
          new DecoderOptions(
              1 + 6 * random.nextFloat(),
              10 + random.nextInt(100),
              random.nextInt(10),
              0.5f + 4 * random.nextFloat(),
              1 + random.nextInt(30),
              0.5f);
      BestPath expected = whole(graph, options, loglikes);
      OnlineDecoder decoder = decoder(graph, options);
      int at = 0;
      int settled = 0;
      while (at < FRAMES) {
        int to = Math.min(FRAMES, at + random.nextInt(40));
        decoder.accept(loglikes.rows(at, to));
        at = to;
        int[] words = decoder.settledWords();
        assertThat(words).hasSizeGreaterThanOrEqualTo(settled);
        assertThat(Arrays.copyOf(expected.words(), words.length)).isEqualTo(words);
        assertThat(Arrays.copyOf(decoder.bestWords(), words.length)).isEqualTo(words);
        settled = words.length;
      }
      settledBeforeTheEnd += settled;
      BestPath path = decoder.finish().path();
      assertThat(path.words()).isEqualTo(expected.words());
      assertThat(path.transitionIds()).isEqualTo(expected.transitionIds());
      assertThat(path.transitionIds()).hasSize(FRAMES).doesNotContain(0);
    }
    assertThat(settledBeforeTheEnd).isGreaterThan(60 * FRAMES / 10);
  }

  @Test
  void finish_findsWhatTheSearchOfWholeUtterancesFinds() {
    Random random = new Random(22);
    for (int trial = 0; trial < 60; trial++) {
      Fst graph = LatticeDecoderTest.randomGraph(random, 5 + random.nextInt(60), trial % 5 > 0);
      FloatMatrix loglikes = LatticeDecoderTest.randomLoglikes(random, 1 + random.nextInt(FRAMES));
      DecoderOptions options = new DecoderOptions(8, 200, 10, 4, 25, 0.5f);
      Lattice lattice =
          new LatticeDecoder(graph, LatticeDecoderTest.PDF_OF_TRANSITION_ID, options)
              .decode(loglikes, 1);
      BestPath expected = lattice.bestPath(1, 0);
      BestPath path = whole(graph, options, loglikes);
      // Paths that cost the same but for rounding may take each other's place.
      assertThat(path.graphCost() + path.acousticCost())
          .isCloseTo(expected.graphCost() + expected.acousticCost(), within(1e-3));
    }
  }

  @Test
  void trailingFrames_areThoseOfTheBestPath() {
    Random random = new Random(26);
    int some = 0;
    for (int trial = 0; trial < 60; trial++) {
      // Without final states, the path at the end is the best of all.
      Fst graph = LatticeDecoderTest.randomGraph(random, 5 + random.nextInt(60), false);
      int frames = 1 + random.nextInt(FRAMES);
      FloatMatrix loglikes = LatticeDecoderTest.randomLoglikes(random, frames);
      boolean[] wanted = new boolean[LatticeDecoderTest.PDF_OF_TRANSITION_ID.length];
      for (int id = 1; id < wanted.length; id++) {
        wanted[id] = random.nextInt(4) > 0;
      }
      DecoderOptions options = new DecoderOptions(6, 100, 0, 4, 25, 0.5f);
      OnlineDecoder decoder = decoder(graph, options);
      decoder.accept(loglikes);
      int trailing = decoder.trailingFrames(wanted);
      int expected = 0;
      boolean unreached = decoder.finalRelativeCost() == Double.POSITIVE_INFINITY;
      int[] path = decoder.finish().path().transitionIds();
      while (expected < frames && wanted[path[frames - 1 - expected]]) {
        expected++;
      }
      if (unreached) {
        assertThat(trailing).isEqualTo(expected);
        some += trailing > 0 && trailing < frames ? 1 : 0;
      }
    }
    assertThat(some).isGreaterThan(20);
  }

  @Test
  void bestWords_beforeAnyFrame_areNone() {
    Fst graph = LatticeDecoderTest.randomGraph(new Random(23), 10, true);
    OnlineDecoder decoder = decoder(graph, DecoderOptions.DEFAULT);
    assertThat(decoder.settledWords()).isEmpty();
    assertThatThrownBy(decoder::finish).hasMessage("it has no frames");
  }

  @Test
  void accept_impossibleScores_sayWhere() {
    Fst graph = LatticeDecoderTest.randomGraph(new Random(24), 10, true);
    OnlineDecoder decoder = decoder(graph, DecoderOptions.DEFAULT);
    FloatMatrix loglikes = LatticeDecoderTest.randomLoglikes(new Random(24), 3);
    decoder.accept(loglikes);
    loglikes.set(1, 2, Float.NaN);
    assertThatThrownBy(() -> decoder.accept(loglikes))
        .hasMessageContaining("pdf 2 in frame 4 is NaN");
  }

  @Test
  void withWordPenalty_isThePenaltyOfTheBestPath() {
    Random random = new Random(25);
    for (int trial = 0; trial < 30; trial++) {
      Fst graph = LatticeDecoderTest.randomGraph(random, 20, true);
      FloatMatrix loglikes = LatticeDecoderTest.randomLoglikes(random, 50);
      DecoderOptions wide = new DecoderOptions(1000, Integer.MAX_VALUE, 200, 1000, 25, 0.5f);
      BestPath expected =
          new LatticeDecoder(graph, LatticeDecoderTest.PDF_OF_TRANSITION_ID, wide)
              .decode(loglikes, 1)
              .bestPath(1, 0.7);
      BestPath path = whole(graph.withWordPenalty(0.7), wide, loglikes);
      assertThat(path.graphCost() + path.acousticCost())
          .isCloseTo(
              expected.graphCost() + 0.7 * expected.words().length + expected.acousticCost(),
              within(1e-3));
      assertThat(Arrays.stream(path.words()).allMatch(word -> word > 0)).isTrue();
    }
  }
}
