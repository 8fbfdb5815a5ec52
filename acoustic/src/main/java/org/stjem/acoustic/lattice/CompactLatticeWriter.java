package org.stjem.acoustic.lattice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.stjem.acoustic.lattice.CompactLattice.Arc;
import org.stjem.acoustic.lattice.CompactLattice.Weight;
import org.stjem.frontend.kaldi.KaldiOutput;
import org.stjem.frontend.kaldi.ObjectWriter;

/**
 * Writes lattices to a Kaldi table (lat/kaldi-lattice.cc, {@code WriteCompactLattice}).
 *
 * <p>In text, after the key's line, each arc is {@code SOURCE TARGET WORD WEIGHT} and each final
 * state {@code STATE WEIGHT}, separated by tabs; a weight is {@code GRAPH,ACOUSTIC,ID_ID_…} and
 * left out if it is 0,0 without transition-ids; an empty line ends the lattice. In binary it is an
 * OpenFst file of type {@code vector} with arcs {@code compactlattice44}.
 */
public final class CompactLatticeWriter implements ObjectWriter<CompactLattice> {
  private static final int FST_MAGIC = 2125659606;
  private static final int VECTOR_VERSION = 2;

  /** kExpanded, kMutable, kAcceptor, kAcyclic, kInitialAcyclic and kTopSorted of OpenFst. */
  private static final long PROPERTIES =
      0x1L | 0x2L | 0x10000L | 0x800000000L | 0x2000000000L | 0x4000000000L;

  @Override
  public void write(KaldiOutput out, boolean binary, CompactLattice lattice) throws IOException {
    if (binary) {
      writeBinary(out, lattice);
    } else {
      writeText(out, lattice);
    }
  }

  private static void writeText(KaldiOutput out, CompactLattice lattice) throws IOException {
    out.write('\n');
    List<Arc> arcs = lattice.arcs();
    int next = 0;
    for (int state = 0; state < lattice.numStates(); state++) {
      for (; next < arcs.size() && arcs.get(next).source() == state; next++) {
        Arc arc = arcs.get(next);
        out.writeText(state + "\t" + arc.target() + "\t" + arc.word());
        writeTextWeight(out, arc.weight());
      }
      if (lattice.finalWeight(state) != null) {
        out.writeText(Integer.toString(state));
        writeTextWeight(out, lattice.finalWeight(state));
      }
    }
    out.write('\n');
  }

  private static void writeTextWeight(KaldiOutput out, Weight weight) throws IOException {
    if (weight.graphCost() != 0
        || weight.acousticCost() != 0
        || weight.transitionIds().length > 0) {
      out.write('\t');
      out.writeNumber(weight.graphCost());
      out.write(',');
      out.writeNumber(weight.acousticCost());
      out.write(',');
      StringBuilder ids = new StringBuilder();
      for (int id : weight.transitionIds()) {
        ids.append(ids.length() == 0 ? "" : "_").append(id);
      }
      out.writeText(ids.toString());
    }
    out.write('\n');
  }

  private static void writeBinary(KaldiOutput out, CompactLattice lattice) throws IOException {
    List<Arc> arcs = lattice.arcs();
    out.writeInt32(FST_MAGIC);
    writeName(out, "vector");
    writeName(out, "compactlattice44");
    out.writeInt32(VECTOR_VERSION);
    out.writeInt32(0); // flags: no symbols
    writeInt64(out, PROPERTIES);
    writeInt64(out, 0); // start
    writeInt64(out, lattice.numStates());
    writeInt64(out, 0); // the number of arcs, which OpenFst leaves open
    int next = 0;
    for (int state = 0; state < lattice.numStates(); state++) {
      writeBinaryWeight(out, lattice.finalWeight(state));
      int end = next;
      while (end < arcs.size() && arcs.get(end).source() == state) {
        end++;
      }
      writeInt64(out, end - next);
      for (; next < end; next++) {
        Arc arc = arcs.get(next);
        out.writeInt32(arc.word());
        out.writeInt32(arc.word());
        writeBinaryWeight(out, arc.weight());
        out.writeInt32(arc.target());
      }
    }
  }

  private static void writeBinaryWeight(KaldiOutput out, Weight weight) throws IOException {
    if (weight == null) {
      out.writeFloats(Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY);
      out.writeInt32(0);
      return;
    }
    out.writeFloats(weight.graphCost(), weight.acousticCost());
    out.writeInt32(weight.transitionIds().length);
    for (int id : weight.transitionIds()) {
      out.writeInt32(id);
    }
  }

  private static void writeName(KaldiOutput out, String name) throws IOException {
    out.writeInt32(name.length());
    out.write(name.getBytes(StandardCharsets.US_ASCII));
  }

  private static void writeInt64(KaldiOutput out, long value) throws IOException {
    out.writeInt32((int) value);
    out.writeInt32((int) (value >> 32));
  }
}
