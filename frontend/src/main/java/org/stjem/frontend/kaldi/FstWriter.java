package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes transducers as OpenFst files with {@code standard} arcs, without symbol tables. All
 * numbers are little-endian:
 *
 * <pre>
 * header  magic int32, type string, arc type string (each with its length as int32), version int32,
 *         flags int32, properties int64, start int64, number of states int64, of arcs int64
 * vector  per state: final cost float32, number of arcs int64, its arcs
 * const   per state: final cost float32, number of its first arc, of its arcs, of those without
 *         input label, of those without output label uint32; then all arcs
 * arc     input label int32, output label int32, cost float32, next state int32
 * </pre>
 *
 * (fst/fst.h, fst/vector-fst.h, fst/const-fst.h)
 */
public final class FstWriter {
  private static final int MAGIC = 2125659606;
  private static final int VERSION = 2;

  /** Properties that OpenFst finds out by itself are left out. */
  private static final long EXPANDED = 1;

  private static final long MUTABLE = 2;
  private static final long INPUT_SORTED = 1L << 28;
  private static final long OUTPUT_SORTED = 1L << 30;
  private static final int HEADER_BYTES = 80;
  private static final int STATE_BYTES = 20;
  private static final int ARC_BYTES = 16;

  private final MutableFst fst;
  private final KaldiOutput out;

  private FstWriter(MutableFst fst, KaldiOutput out) {
    this.fst = fst;
    this.out = out;
  }

  /** Writes a file of type {@code vector}, which says so if the arcs are sorted. */
  public static void writeVector(MutableFst fst, KaldiOutput out) throws IOException {
    FstWriter writer = new FstWriter(fst, out);
    // OpenFst counts no arcs here.
    writer.writeHeader("vector", EXPANDED | MUTABLE, 0);
    for (int state = 0; state < fst.numStates(); state++) {
      ByteBuffer bytes = buffer(STATE_BYTES);
      bytes.putFloat(fst.finalCost(state)).putLong(fst.numArcs(state));
      out.write(bytes.array(), 0, bytes.position());
      writer.writeArcs(state);
    }
  }

  /** Writes a file of type {@code const}, as Kaldi's decoding graphs are. */
  public static void writeConst(MutableFst fst, KaldiOutput out) throws IOException {
    FstWriter writer = new FstWriter(fst, out);
    writer.writeHeader("const", EXPANDED, fst.numArcs());
    int first = 0;
    for (int state = 0; state < fst.numStates(); state++) {
      int noInput = 0;
      int noOutput = 0;
      for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
        noInput += fst.inputLabel(arc) == 0 ? 1 : 0;
        noOutput += fst.outputLabel(arc) == 0 ? 1 : 0;
      }
      ByteBuffer bytes = buffer(STATE_BYTES);
      bytes.putFloat(fst.finalCost(state)).putInt(first).putInt(fst.numArcs(state));
      bytes.putInt(noInput).putInt(noOutput);
      out.write(bytes.array(), 0, bytes.position());
      first += fst.numArcs(state);
    }
    for (int state = 0; state < fst.numStates(); state++) {
      writer.writeArcs(state);
    }
  }

  private void writeHeader(String type, long properties, long arcs) throws IOException {
    ByteBuffer header = buffer(HEADER_BYTES);
    header.putInt(MAGIC);
    putString(header, type);
    putString(header, "standard");
    header.putInt(VERSION);
    header.putInt(0); // flags: no symbol tables
    header.putLong(
        properties | (isSorted(true) ? INPUT_SORTED : 0) | (isSorted(false) ? OUTPUT_SORTED : 0));
    header.putLong(fst.start());
    header.putLong(fst.numStates());
    header.putLong(arcs);
    out.write(header.array(), 0, header.position());
  }

  private boolean isSorted(boolean byInput) {
    for (int state = 0; state < fst.numStates(); state++) {
      for (int arc = fst.firstArc(state) + 1; arc < fst.endArc(state); arc++) {
        boolean descends =
            byInput
                ? fst.inputLabel(arc - 1) > fst.inputLabel(arc)
                : fst.outputLabel(arc - 1) > fst.outputLabel(arc);
        if (descends) {
          return false;
        }
      }
    }
    return true;
  }

  private void writeArcs(int state) throws IOException {
    ByteBuffer bytes = buffer(ARC_BYTES * fst.numArcs(state));
    for (int arc = fst.firstArc(state); arc < fst.endArc(state); arc++) {
      bytes.putInt(fst.inputLabel(arc)).putInt(fst.outputLabel(arc));
      bytes.putFloat(fst.cost(arc)).putInt(fst.nextState(arc));
    }
    out.write(bytes.array(), 0, bytes.position());
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void putString(ByteBuffer buffer, String text) {
    buffer.putInt(text.length());
    buffer.put(text.getBytes(StandardCharsets.US_ASCII));
  }
}
