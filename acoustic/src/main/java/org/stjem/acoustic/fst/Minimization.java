package org.stjem.acoustic.fst;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.stjem.frontend.kaldi.MutableFst;

/**
 * Merges states from which the same arcs lead on, with input, output and cost taken together as one
 * label (Kaldi's fstminimizeencoded). Costs are rounded to multiples of {@link
 * Determinization#DELTA} for that, and stay so; nothing is pushed.
 *
 * <p>States are divided into blocks, at first by their final costs. A block is divided further by
 * the signatures of its states: which label leads to which block. The largest part keeps the number
 * of its block, so that only states before the others have to be looked at again, and a state is
 * looked at no more than log n times the number of its arcs.
 */
public final class Minimization {
  private final MutableFst fst;
  private final int[] firstLabel;
  private final int[] labels;
  private final Connection.Predecessors predecessors;
  private final Blocks blocks;

  private Minimization(MutableFst fst) {
    this.fst = fst;
    quantize();
    int states = fst.numStates();
    firstLabel = new int[states + 1];
    labels = new int[fst.numArcs()];
    LongNumbers pairs = new LongNumbers();
    LongNumbers triples = new LongNumbers();
    int count = 0;
    for (int state = 0; state < states; state++) {
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        long pair = pairs.number((long) fst.inputLabel(arc) << 32 | fst.outputLabel(arc));
        int cost = Float.floatToIntBits(fst.cost(arc));
        labels[count++] = triples.number(pair << 32 | Integer.toUnsignedLong(cost));
      }
      firstLabel[state + 1] = count;
    }
    predecessors = new Connection.Predecessors(fst);
    blocks = new Blocks(states);
  }

  /**
   * Minimises.
   *
   * @param fst is changed, and of no use afterwards
   * @return a new transducer
   */
  public static MutableFst minimize(MutableFst fst) {
    MutableFst connected = Connection.connect(fst);
    if (connected.numStates() == 0) {
      return connected;
    }
    Minimization minimization = new Minimization(connected);
    minimization.refine();
    return minimization.merged();
  }

  private void quantize() {
    for (int state = 0; state < fst.numStates(); state++) {
      if (fst.isFinal(state)) {
        fst.setFinal(state, quantized(fst.finalCost(state)));
      }
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        float cost = quantized(fst.cost(arc));
        fst.setArc(arc, fst.inputLabel(arc), fst.outputLabel(arc), cost, fst.nextState(arc));
      }
    }
  }

  private static float quantized(float cost) {
    // Adding zero makes zero of minus zero.
    return (float) Math.floor(cost / Determinization.DELTA + 0.5f) * Determinization.DELTA + 0f;
  }

  private void refine() {
    Map<Float, Integer> finalCosts = new HashMap<>();
    int[] parts = new int[fst.numStates()];
    for (int state = 0; state < parts.length; state++) {
      parts[state] = number(finalCosts, fst.finalCost(state));
    }
    blocks.split(0, parts, finalCosts.size());
    blocks.markAll();
    Map<Signature, Integer> signatures = new HashMap<>();
    for (int block = blocks.nextDirty(); block >= 0; block = blocks.nextDirty()) {
      int[] dirty = blocks.dirty(block);
      int[] partOfDirty = new int[dirty.length];
      signatures.clear();
      if (dirty.length < blocks.length(block)) {
        number(signatures, signature(blocks.first(block)));
      }
      if (blocks.length(block) > 1) {
        for (int i = 0; i < dirty.length; i++) {
          partOfDirty[i] = number(signatures, signature(dirty[i]));
        }
      }
      int known = blocks.size();
      blocks.split(block, partOfDirty, Math.max(1, signatures.size()));
      for (int added = known; added < blocks.size(); added++) {
        markBefore(added);
      }
    }
  }

  private static <T> int number(Map<T, Integer> numbers, T key) {
    Integer next = numbers.size();
    Integer known = numbers.putIfAbsent(key, next);
    return known == null ? next : known;
  }

  private void markBefore(int block) {
    for (int state : blocks.states(block)) {
      for (int i = predecessors.begin(state); i < predecessors.end(state); i++) {
        blocks.mark(predecessors.state(i));
      }
    }
  }

  private Signature signature(int state) {
    int first = firstLabel[state];
    int count = firstLabel[state + 1] - first;
    long[] arcs = new long[count];
    int begin = fst.firstArc(state);
    for (int i = 0; i < count; i++) {
      arcs[i] = (long) labels[first + i] << 32 | blocks.block(fst.nextState(begin + i));
    }
    return new Signature(distinct(arcs));
  }

  private MutableFst merged() {
    MutableFst merged = new MutableFst();
    for (int block = 0; block < blocks.size(); block++) {
      merged.addState();
    }
    for (int block = 0; block < blocks.size(); block++) {
      int state = blocks.first(block);
      merged.setFinal(block, fst.finalCost(state));
      Set<Long> seen = new HashSet<>();
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        int next = blocks.block(fst.nextState(arc));
        int label = labels[firstLabel[state] + arc - fst.firstArc(state)];
        if (seen.add((long) label << 32 | next)) {
          merged.addArc(block, fst.inputLabel(arc), fst.outputLabel(arc), fst.cost(arc), next);
        }
      }
    }
    merged.setStart(blocks.block(fst.start()));
    return merged;
  }

  private static long[] distinct(long[] values) {
    Arrays.sort(values);
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (i == 0 || values[i] != values[i - 1]) {
        values[count++] = values[i];
      }
    }
    return count == values.length ? values : Arrays.copyOf(values, count);
  }

  private static final class Signature {
    private final long[] arcs;
    private final int hash;

    Signature(long[] arcs) {
      this.arcs = arcs;
      this.hash = Arrays.hashCode(arcs);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Signature that && Arrays.equals(arcs, that.arcs);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
