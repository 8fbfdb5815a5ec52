package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A weighted finite-state transducer that is built and written as an OpenFst file of type {@code
 * vector} with {@code standard} arcs (fst/vector-fst.h). State 0 is the start. Labels are symbol
 * ids, 0 for epsilon; costs are negative natural logarithms.
 */
public final class MutableFst {
  private static final int MAGIC = 2125659606;
  private static final int VERSION = 2;

  /** Properties that OpenFst finds out by itself are left out: expanded, mutable. */
  private static final long PROPERTIES = 3;

  private static final long OUTPUT_SORTED = 1L << 30;
  private static final int HEADER_BYTES = 80;
  private static final int STATE_BYTES = 12;
  private static final int ARC_BYTES = 16;

  /**
   * An arc.
   *
   * @param inputLabel 0 for epsilon
   * @param outputLabel 0 for epsilon
   */
  public record Arc(int inputLabel, int outputLabel, float cost, int nextState) {}

  private final List<List<Arc>> arcs = new ArrayList<>();
  private float[] finalCosts = new float[16];
  private boolean sorted;

  /** Adds a state, not final, and returns its number. */
  public int addState() {
    int state = arcs.size();
    if (state == finalCosts.length) {
      finalCosts = Arrays.copyOf(finalCosts, state * 2);
    }
    finalCosts[state] = Float.POSITIVE_INFINITY;
    arcs.add(new ArrayList<>(2));
    return state;
  }

  /** Makes a state final. */
  public void setFinal(int state, float cost) {
    finalCosts[state] = cost;
  }

  /** Adds an arc. */
  public void addArc(int state, int inputLabel, int outputLabel, float cost, int nextState) {
    arcs.get(state).add(new Arc(inputLabel, outputLabel, cost, nextState));
    sorted = false;
  }

  /** Number of states. */
  public int numStates() {
    return arcs.size();
  }

  /** The arcs of a state. */
  public List<Arc> arcs(int state) {
    return arcs.get(state);
  }

  /** The cost of ending in a state; infinite if it is not final. */
  public float finalCost(int state) {
    return finalCosts[state];
  }

  /** Sorts the arcs of each state by output label, those with the same one by input label. */
  public void sortByOutputLabel() {
    Comparator<Arc> order =
        Comparator.comparingInt(Arc::outputLabel).thenComparingInt(Arc::inputLabel);
    arcs.forEach(list -> list.sort(order));
    sorted = true;
  }

  /** Writes the file, with its header. */
  public void write(KaldiOutput out) throws IOException {
    ByteBuffer header = buffer(HEADER_BYTES);
    header.putInt(MAGIC);
    putString(header, "vector");
    putString(header, "standard");
    header.putInt(VERSION);
    header.putInt(0); // flags: no symbol tables
    header.putLong(PROPERTIES | (sorted ? OUTPUT_SORTED : 0));
    header.putLong(0); // start
    header.putLong(numStates());
    header.putLong(0); // OpenFst counts no arcs here
    out.write(header.array(), 0, header.position());
    for (int state = 0; state < numStates(); state++) {
      List<Arc> leaving = arcs.get(state);
      ByteBuffer bytes = buffer(STATE_BYTES + ARC_BYTES * leaving.size());
      bytes.putFloat(finalCosts[state]).putLong(leaving.size());
      for (Arc arc : leaving) {
        bytes.putInt(arc.inputLabel).putInt(arc.outputLabel);
        bytes.putFloat(arc.cost).putInt(arc.nextState);
      }
      out.write(bytes.array(), 0, bytes.position());
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void putString(ByteBuffer buffer, String text) {
    buffer.putInt(text.length());
    buffer.put(text.getBytes(StandardCharsets.US_ASCII));
  }
}
