package org.stjem.acoustic.forced;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.stjem.acoustic.decode.Fst;

/** The arcs of a lexicon transducer by state and word. */
final class WordArcs {
  private static final int[] NONE = {};

  private final Fst fst;
  private final Map<Long, int[]> arcs = new HashMap<>();

  WordArcs(Fst fst) {
    this.fst = fst;
    for (int state = 0; state < fst.numStates(); state++) {
      int end = state + 1 < fst.numStates() ? fst.firstArc(state + 1) : fst.numArcs();
      for (int arc = fst.firstArc(state); arc < end; arc++) {
        int added = arc;
        arcs.merge(
            key(state, fst.outputLabel(arc)),
            new int[] {arc},
            (known, one) -> {
              int[] more = Arrays.copyOf(known, known.length + 1);
              more[known.length] = added;
              return more;
            });
      }
    }
  }

  private static long key(int state, int word) {
    return (long) state << 32 | word;
  }

  Fst fst() {
    return fst;
  }

  /** The arcs of a state with an output label, 0 for none. */
  int[] arcs(int state, int word) {
    return arcs.getOrDefault(key(state, word), NONE);
  }
}
