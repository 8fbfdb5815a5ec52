package org.stjem.acoustic.fst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stjem.frontend.kaldi.MutableFst;

/** All paths of small random transducers, before and after an operation. */
class FstEquivalenceTest {
  private static final double ROUNDING = 1e-5;

  static List<Random> randoms() {
    return new Random(7).ints(200).mapToObj(Random::new).toList();
  }

  private static void assertClose(Map<String, Double> actual, Map<String, Double> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (key, value) ->
            assertThat(actual.get(key)).as(key).isCloseTo(value, within(ROUNDING * (1 + value))));
  }

  @ParameterizedTest
  @MethodSource("randoms")
  void composition_hasEveryPairOfPathsOnce(Random random) {
    MutableFst left = RandomFst.transducer(random);
    MutableFst right = RandomFst.transducer(random);
    List<RandomFst.Path> joined = new ArrayList<>();
    for (RandomFst.Path a : RandomFst.paths(left)) {
      for (RandomFst.Path b : RandomFst.paths(right)) {
        if (a.output().equals(b.input())) {
          joined.add(new RandomFst.Path(a.input(), b.output(), a.cost() + b.cost()));
        }
      }
    }
    MutableFst composed = Composition.compose(left, right);
    // Sums of probabilities would tell a path that is there twice.
    assertClose(
        RandomFst.probabilities(RandomFst.paths(composed)), RandomFst.probabilities(joined));
  }

  @ParameterizedTest
  @MethodSource("randoms")
  void determinization_keepsProbabilities(Random random) {
    MutableFst fst = RandomFst.acceptor(random);
    Map<String, Double> before = RandomFst.probabilities(RandomFst.paths(fst));
    MutableFst determinized = Determinization.determinize(fst);
    List<RandomFst.Path> paths = RandomFst.paths(determinized);
    assertClose(RandomFst.probabilities(paths), before);
    assertThat(paths).as("one path for each input").hasSameSizeAs(before.keySet());
    for (int state = 0; state < determinized.numStates(); state++) {
      Set<Integer> inputs = new HashSet<>();
      for (int arc = determinized.firstArc(state); arc < determinized.endArc(state); arc++) {
        assertThat(inputs.add(determinized.inputLabel(arc))).isTrue();
      }
    }
  }

  /** What comes first decides what was put out: outputs have to be held back. */
  @Test
  void determinization_ofDelayedOutputs_keepsProbabilities() {
    String text =
        """
        0 1 1 10 0.5
        0 2 1 20 0.7
        1 3 2 11 0.1
        1 4 3 12 0.3
        2 5 4 22 0.4
        3 6 5 0
        4 6 0 13
        5 6 0 0
        6 0.25
        """;
    MutableFst fst = FstText.parse(text);
    Map<String, Double> before = RandomFst.probabilities(RandomFst.paths(fst));
    assertThat(before).hasSize(3);
    assertClose(RandomFst.probabilities(RandomFst.paths(Determinization.determinize(fst))), before);
    MutableFst ambiguous = FstText.parse(text + "2 3 2 21 0.2\n");
    assertThatThrownBy(() -> Determinization.determinize(ambiguous))
        .isInstanceOfSatisfying(
            AmbiguityException.class,
            e -> {
              assertThat(e.first()).containsExactly(10, 11);
              assertThat(e.second()).containsExactly(20, 21);
            });
  }

  @Test
  void determinization_ofOutputsHeldBackForEver_isRefused() {
    MutableFst fst = FstText.parse("0 1 1 5\n0 2 1 6\n1 1 2 5\n2 2 2 6\n1 3 3 0\n2 3 4 0\n3\n");
    assertThatThrownBy(() -> Determinization.determinize(fst))
        .isInstanceOf(AmbiguityException.class)
        .hasMessageContaining("more than a thousand labels");
  }

  @Test
  void determinization_ofEpsilonCycle_sumsItUp() {
    // Going round with probability 1/2 doubles what leaves.
    float half = (float) Math.log(2);
    MutableFst fst = FstText.parse("0 1 0 0 0.0\n1 0 0 0 " + half + "\n1 2 3 4 1.5\n2 0.0\n");
    MutableFst determinized = Determinization.determinize(fst);
    assertThat(RandomFst.paths(determinized))
        .singleElement()
        .satisfies(
            path -> {
              assertThat(path.output()).isEqualTo("4 ");
              assertThat(path.cost()).isCloseTo(1.5 - Math.log(2), within(2.0 / 1024));
            });
  }

  @ParameterizedTest
  @MethodSource("randoms")
  void epsilonRemoval_keepsBestPathsAndAddsNoArcs(Random random) {
    MutableFst fst = RandomFst.transducer(random);
    int arcs = fst.numArcs();
    Map<String, Double> before = RandomFst.best(RandomFst.paths(fst));
    MutableFst removed = EpsilonRemoval.remove(fst, random.nextBoolean());
    assertClose(RandomFst.best(RandomFst.paths(removed)), before);
    assertThat(removed.numArcs()).isLessThanOrEqualTo(arcs);
  }

  @ParameterizedTest
  @MethodSource("randoms")
  void minimization_keepsBestPaths_andNoStatesThatAreAlike(Random random) {
    MutableFst fst = RandomFst.transducer(random);
    Map<String, Double> before = RandomFst.best(RandomFst.paths(fst));
    int classes = numClasses(Connection.connect(fst));
    MutableFst minimized = Minimization.minimize(fst);
    assertClose(RandomFst.best(RandomFst.paths(minimized)), before);
    assertThat(minimized.numStates()).isEqualTo(classes);
  }

  /** Moore's algorithm: as long as any state differs from others of its class, all are divided. */
  private static int numClasses(MutableFst fst) {
    int[] classes = new int[fst.numStates()];
    for (int known = fst.numStates() == 0 ? 0 : 1; ; ) {
      List<Object> kinds = new ArrayList<>();
      int[] next = new int[classes.length];
      for (int state = 0; state < classes.length; state++) {
        Set<String> arcs = new TreeSet<>();
        for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
          arcs.add(
              fst.inputLabel(arc)
                  + " "
                  + fst.outputLabel(arc)
                  + " "
                  + fst.cost(arc)
                  + " "
                  + classes[fst.nextState(arc)]);
        }
        List<Object> kind = List.of(classes[state], fst.finalCost(state), arcs);
        if (!kinds.contains(kind)) {
          kinds.add(kind);
        }
        next[state] = kinds.indexOf(kind);
      }
      classes = next;
      if (kinds.size() == known) {
        return known;
      }
      known = kinds.size();
    }
  }

  @ParameterizedTest
  @MethodSource("randoms")
  void weightPushing_keepsPathsAndMakesSumsEven(Random random) {
    MutableFst fst = Connection.connect(RandomFst.transducer(random));
    Map<String, Double> before = RandomFst.probabilities(RandomFst.paths(fst));
    WeightPushing.push(fst);
    assertClose(RandomFst.probabilities(RandomFst.paths(fst)), before);
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int state = 0; state < fst.numStates(); state++) {
      double sum = Math.exp(-fst.finalCost(state));
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        sum += Math.exp(-fst.cost(arc));
      }
      least = Math.min(least, sum);
      most = Math.max(most, sum);
    }
    if (fst.numStates() > 0) {
      assertThat(Math.log(most / least)).isLessThan(1.01 / 1024);
    }
  }

  @Test
  void operations_ofNothing_giveNothing() {
    assertThat(Determinization.determinize(new MutableFst()).numStates()).isZero();
    assertThat(Minimization.minimize(new MutableFst()).numStates()).isZero();
    assertThat(EpsilonRemoval.remove(new MutableFst(), true).numStates()).isZero();
    assertThat(Composition.compose(new MutableFst(), new MutableFst()).numStates()).isZero();
    MutableFst withoutEnd = FstText.parse("0 1 1 1\n");
    assertThat(Connection.connect(withoutEnd).numStates()).isZero();
  }
}
