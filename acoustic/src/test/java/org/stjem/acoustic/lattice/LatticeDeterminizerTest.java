package org.stjem.acoustic.lattice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.acoustic.lattice.CompactLattice.Arc;
import org.stjem.acoustic.lattice.CompactLattice.Weight;

/** Compares with the enumeration of all paths of random lattices. */
class LatticeDeterminizerTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;
  private static final double SCALE = 0.3;

  /** A path: its costs and what it consumed. */
  private record Path(double graphCost, double acousticCost, List<Integer> ids) {
    double cost() {
      return graphCost + SCALE * acousticCost;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {100, 2})
  void determinize_random_keepsTheBestPathOfEachSequenceWithinTheBeam(double beam) {
    for (int seed = 0; seed < 200; seed++) {
      Raw raw = new Raw(new Random(seed));
      Map<List<Integer>, Path> expected = new HashMap<>();
      raw.enumerate(0, new ArrayList<>(), new ArrayList<>(), 0, 0, expected);
      if (expected.isEmpty()) {
        continue;
      }
      CompactLattice lattice =
          LatticeDeterminizer.determinize(raw.lattice(), SCALE, beam).lattice();
      Map<List<Integer>, Path> actual = paths(lattice);
      double limit = beam + expected.values().stream().mapToDouble(Path::cost).min().getAsDouble();
      for (Map.Entry<List<Integer>, Path> entry : expected.entrySet()) {
        if (entry.getValue().cost() <= limit) {
          assertThat(actual).containsKey(entry.getKey());
        }
      }
      actual.forEach(
          (words, path) -> {
            assertThat(expected).containsKey(words);
            Path best = expected.get(words);
            assertThat(path.graphCost).isCloseTo(best.graphCost, within(1e-4));
            assertThat(path.acousticCost).isCloseTo(best.acousticCost, within(1e-4));
            assertThat(path.ids).isEqualTo(best.ids);
          });
      assertThat(beam < 100 || actual.size() == expected.size()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1500})
  void determinize_littleMemory_keepsTheBest(int maxBytes) {
    Raw raw = null;
    Map<List<Integer>, Path> all = new HashMap<>();
    for (int seed = 0; all.size() < 50; seed++) {
      all.clear();
      raw = new Raw(new Random(seed));
      raw.enumerate(0, new ArrayList<>(), new ArrayList<>(), 0, 0, all);
    }
    LatticeDeterminizer.Determinized cut =
        LatticeDeterminizer.determinize(raw.lattice(), SCALE, 50, maxBytes);
    assertThat(cut.beam()).isBetween(0.0, 49.9);
    double best = all.values().stream().mapToDouble(Path::cost).min().getAsDouble();
    Map<List<Integer>, Path> kept = paths(cut.lattice());
    assertThat(kept.values()).anyMatch(path -> Math.abs(path.cost() - best) < 1e-4);
    all.forEach(
        (words, path) ->
            assertThat(path.cost() >= best + cut.beam() - 1e-3 || kept.containsKey(words))
                .isTrue());
  }

  /** All paths of a lattice by their words, of which no two may have the same. */
  private static Map<List<Integer>, Path> paths(CompactLattice lattice) {
    Map<List<Integer>, Path> paths = new HashMap<>();
    follow(lattice, 0, List.of(), new Path(0, 0, List.of()), paths);
    return paths;
  }

  private static void follow(
      CompactLattice lattice,
      int state,
      List<Integer> words,
      Path path,
      Map<List<Integer>, Path> paths) {
    if (lattice.finalWeight(state) != null) {
      assertThat(paths.put(words, plus(path, lattice.finalWeight(state)))).isNull();
    }
    for (Arc arc : lattice.arcs()) {
      if (arc.source() == state) {
        assertThat(arc.word()).isPositive();
        assertThat(arc.target()).isGreaterThan(state);
        List<Integer> longer = new ArrayList<>(words);
        longer.add(arc.word());
        follow(lattice, arc.target(), longer, plus(path, arc.weight()), paths);
      }
    }
  }

  private static Path plus(Path path, Weight weight) {
    List<Integer> ids = new ArrayList<>(path.ids);
    Arrays.stream(weight.transitionIds()).forEach(ids::add);
    return new Path(
        path.graphCost + weight.graphCost(), path.acousticCost + weight.acousticCost(), ids);
  }

  /** A random lattice: few words, so that many paths share them. */
  private static final class Raw {
    final int states;
    final float[] finalCosts;
    final List<int[]> arcs = new ArrayList<>();
    final List<float[]> costs = new ArrayList<>();

    Raw(Random random) {
      states = 4 + random.nextInt(8);
      finalCosts = new float[states];
      Arrays.fill(finalCosts, INFINITY);
      finalCosts[states - 1] = random.nextFloat();
      finalCosts[random.nextInt(states)] = random.nextFloat();
      for (int source = 0; source < states; source++) {
        for (int i = random.nextInt(4); i >= 0 && source < states - 1; i--) {
          int target = source + 1 + random.nextInt(Math.min(3, states - 1 - source));
          int word = Math.max(0, random.nextInt(4) - 1);
          int id = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(5);
          arcs.add(new int[] {source, target, word, id});
          costs.add(new float[] {3 * random.nextFloat(), id == 0 ? 0 : 9 * random.nextFloat()});
        }
      }
    }

    /** States backwards, so that topological numbers have to be found. */
    StateLattice lattice() {
      int n = arcs.size();
      int[][] columns = new int[4][n];
      float[] graphCost = new float[n];
      float[] acousticCost = new float[n];
      for (int i = 0; i < n; i++) {
        int[] arc = arcs.get(i);
        columns[0][i] = number(arc[0]);
        columns[1][i] = number(arc[1]);
        columns[2][i] = arc[2];
        columns[3][i] = arc[3];
        graphCost[i] = costs.get(i)[0];
        acousticCost[i] = costs.get(i)[1];
      }
      float[] ends = new float[states];
      for (int state = 0; state < states; state++) {
        ends[number(state)] = finalCosts[state];
      }
      return new StateLattice(
          ends, columns[0], columns[1], columns[2], columns[3], graphCost, acousticCost);
    }

    private int number(int state) {
      return state == 0 ? 0 : states - state;
    }

    void enumerate(
        int state,
        List<Integer> words,
        List<Integer> ids,
        double graphCost,
        double acousticCost,
        Map<List<Integer>, Path> best) {
      if (finalCosts[state] < INFINITY) {
        Path path = new Path(graphCost + finalCosts[state], acousticCost, new ArrayList<>(ids));
        best.merge(new ArrayList<>(words), path, (a, b) -> a.cost() <= b.cost() ? a : b);
      }
      for (int i = 0; i < arcs.size(); i++) {
        int[] arc = arcs.get(i);
        if (arc[0] == state) {
          List<Integer> longerWords = new ArrayList<>(words);
          List<Integer> longerIds = new ArrayList<>(ids);
          if (arc[2] != 0) {
            longerWords.add(arc[2]);
          }
          if (arc[3] != 0) {
            longerIds.add(arc[3]);
          }
          enumerate(
              arc[1],
              longerWords,
              longerIds,
              graphCost + costs.get(i)[0],
              acousticCost + costs.get(i)[1],
              best);
        }
      }
    }
  }
}
