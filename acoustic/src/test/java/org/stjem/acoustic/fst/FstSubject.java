package org.stjem.acoustic.fst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.assertj.core.data.Offset;
import org.stjem.frontend.kaldi.MutableFst;

/** What can be said about a transducer. */
public final class FstSubject {
  private static final int UNKNOWN = -1;

  private FstSubject() {}

  /**
   * Demands that two transducers differ in nothing but the numbers of states, the order of arcs and
   * costs by a little (fstisomorphic). The arcs of a state must differ by labels or by costs.
   */
  public static void assertIsomorphic(MutableFst actual, MutableFst expected, float tolerance) {
    assertThat(actual.numStates()).as("states").isEqualTo(expected.numStates());
    assertThat(actual.numArcs()).as("arcs").isEqualTo(expected.numArcs());
    Offset<Float> offset = within(tolerance);
    int[] partner = new int[actual.numStates()];
    int[] taken = new int[actual.numStates()];
    Arrays.fill(partner, UNKNOWN);
    Arrays.fill(taken, UNKNOWN);
    List<Integer> queue = new ArrayList<>(List.of(actual.start()));
    partner[actual.start()] = expected.start();
    taken[expected.start()] = actual.start();
    for (int i = 0; i < queue.size(); i++) {
      int state = queue.get(i);
      int other = partner[state];
      String where = "state " + state + " beside " + other;
      assertThat(actual.isFinal(state)).as(where).isEqualTo(expected.isFinal(other));
      if (actual.isFinal(state)) {
        assertThat(actual.finalCost(state)).as(where).isCloseTo(expected.finalCost(other), offset);
      }
      int[] arcs = arcs(actual, state);
      int[] others = arcs(expected, other);
      assertThat(arcs.length).as(where).isEqualTo(others.length);
      for (int j = 0; j < arcs.length; j++) {
        assertThat(actual.inputLabel(arcs[j])).as(where).isEqualTo(expected.inputLabel(others[j]));
        assertThat(actual.outputLabel(arcs[j]))
            .as(where)
            .isEqualTo(expected.outputLabel(others[j]));
        assertThat(actual.cost(arcs[j])).as(where).isCloseTo(expected.cost(others[j]), offset);
        int next = actual.nextState(arcs[j]);
        int otherNext = expected.nextState(others[j]);
        if (partner[next] == UNKNOWN && taken[otherNext] == UNKNOWN) {
          partner[next] = otherNext;
          taken[otherNext] = next;
          queue.add(next);
        }
        assertThat(partner[next]).as(where).isEqualTo(otherNext);
        assertThat(taken[otherNext]).as(where).isEqualTo(next);
      }
    }
    assertThat(queue).as("accessible states").hasSize(actual.numStates());
  }

  private static int[] arcs(MutableFst fst, int state) {
    Integer[] arcs = new Integer[fst.numArcs(state)];
    Arrays.setAll(arcs, i -> fst.firstArc(state) + i);
    Arrays.sort(
        arcs,
        Comparator.<Integer>comparingInt(fst::inputLabel)
            .thenComparingInt(fst::outputLabel)
            .thenComparingDouble(fst::cost));
    return Arrays.stream(arcs).mapToInt(Integer::intValue).toArray();
  }
}
