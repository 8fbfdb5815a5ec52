package org.stjem.acoustic.decode;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.stjem.frontend.io.StjemException;

/**
 * Reads OpenFst's binary files of type {@code vector} and {@code const} (aligned or not) with
 * {@code standard} arcs (fst/fst.h, fst/vector-fst.h, fst/const-fst.h of OpenFst 1.6 to 1.8).
 * Symbol tables in the header are skipped.
 */
final class FstReader {
  private static final int FST_MAGIC = 2125659606;
  private static final int SYMBOL_TABLE_MAGIC = 2125658996;
  private static final int HAS_INPUT_SYMBOLS = 1;
  private static final int HAS_OUTPUT_SYMBOLS = 2;
  private static final int IS_ALIGNED = 4;
  private static final int ALIGNMENT = 16;
  private static final int ALWAYS_ALIGNED_CONST_VERSION = 1;
  private static final int MAX_NAME_LENGTH = 1 << 16;

  /** Numbers of an arc in a file: input label, output label, cost, next state. */
  private static final int ARC_NUMBERS = 4;

  /**
   * Numbers of a state of a const transducer: final cost, first arc, number of arcs; the last two
   * count its epsilons.
   */
  private static final int CONST_STATE_NUMBERS = 5;

  private static final int ARC_BYTES = 4 * ARC_NUMBERS;

  private static final int VECTOR_STATE_BYTES = 12;

  /** States and arcs are read in parts of so many. */
  private static final int PART = 1 << 12;

  private final FstInput in;
  private final String name;

  /** Size of the file, or -1. */
  private final long bytes;

  private final FstBuilder graph = new FstBuilder();

  /** What is being read, for messages: number {@code item}, unless negative, of {@code items}. */
  private String reading = "the header";

  private long item = -1;
  private long items;

  /** The numbers of the part that was read last. */
  private final int[] integers = new int[CONST_STATE_NUMBERS * PART];

  private final float[] floats = new float[CONST_STATE_NUMBERS * PART];

  private FstReader(InputStream in, String name, long bytes) {
    this.in = new FstInput(in);
    this.name = name;
    this.bytes = bytes;
  }

  /**
   * Reads one transducer.
   *
   * @param in the file's bytes from the beginning; not closed
   * @param name what messages call the file
   * @param bytes size of the file, or -1 if it is not known; only so much is allocated at once,
   *     whatever the file claims to hold
   * @throws StjemException if the bytes are no such file, are truncated, or describe a graph that
   *     cannot be searched; names the file and the byte offset
   */
  static Fst read(InputStream in, String name, long bytes) {
    FstReader reader = new FstReader(in, name, bytes);
    try {
      return reader.read();
    } catch (EOFException e) {
      throw new StjemException(
          "graph "
              + name
              + " is truncated: it ends at byte "
              + reader.in.offset()
              + " within "
              + reader.where(),
          e);
    } catch (IOException e) {
      throw new StjemException(
          "graph "
              + name
              + " cannot be read at byte "
              + reader.in.offset()
              + ": "
              + StjemException.reason(e),
          e);
    }
  }

  private Fst read() throws IOException {
    int magic = in.readInt();
    if (magic != FST_MAGIC) {
      throw corrupt("not an OpenFst binary file: it begins with " + magic + ", not " + FST_MAGIC);
    }
    String type = readString();
    String arcType = readString();
    if (!type.equals("vector") && !type.equals("const")) {
      throw corrupt("its type is '" + type + "'; only vector and const are read (see fstconvert)");
    }
    if (!arcType.equals("standard")) {
      throw corrupt("its arcs are '" + arcType + "'; only standard arcs are read");
    }
    int version = in.readInt();
    int flags = in.readInt();
    in.readLong(); // properties
    long start = in.readLong();
    long states = in.readLong();
    long arcCount = in.readLong();
    if ((flags & HAS_INPUT_SYMBOLS) != 0) {
      skipSymbolTable("the table of input symbols");
    }
    if ((flags & HAS_OUTPUT_SYMBOLS) != 0) {
      skipSymbolTable("the table of output symbols");
    }
    boolean constant = type.equals("const");
    if (states > FstBuilder.MAX_STATES || states < (constant ? 0 : -1)) {
      throw corrupt("its header counts " + states + " states");
    }
    if (arcCount > Integer.MAX_VALUE - 8 || (constant && arcCount < 0)) {
      throw corrupt("its header counts " + arcCount + " arcs");
    }
    // Not more than what is left of the file can hold, whatever it claims.
    graph.reserve(
        (int) Math.max(0, Math.min(states, bytes / VECTOR_STATE_BYTES)),
        (int) Math.max(0, Math.min(Math.min(arcCount, FstBuilder.MAX_ARCS), bytes / ARC_BYTES)));
    if (constant) {
      boolean aligned = (flags & IS_ALIGNED) != 0 || version == ALWAYS_ALIGNED_CONST_VERSION;
      readConst((int) states, (int) arcCount, aligned);
    } else {
      readVector(states);
    }
    try {
      return graph.build(start);
    } catch (IllegalArgumentException e) {
      throw corrupt(e.getMessage());
    }
  }

  private void readConst(int states, int arcCount, boolean aligned) throws IOException {
    if (aligned) {
      skipToAlignment();
    }
    long arcsEnd = 0;
    while (graph.numStates() < states) {
      int part = Math.min(PART, states - graph.numStates());
      reading("state", graph.numStates(), states);
      in.readNumbers(integers, floats, CONST_STATE_NUMBERS * part);
      for (int i = 0; i < CONST_STATE_NUMBERS * part; i += CONST_STATE_NUMBERS) {
        long position = Integer.toUnsignedLong(integers[i + 1]);
        long count = Integer.toUnsignedLong(integers[i + 2]);
        if (position != arcsEnd || arcsEnd + count > arcCount) {
          throw corrupt(
              "state "
                  + graph.numStates()
                  + " claims arcs "
                  + position
                  + " to "
                  + (position + count)
                  + ", expected to begin at "
                  + arcsEnd
                  + " of "
                  + arcCount);
        }
        arcsEnd += count;
        addState(floats[i], (int) arcsEnd);
      }
    }
    if (arcsEnd != arcCount) {
      throw corrupt("its header counts " + arcCount + " arcs, its states " + arcsEnd);
    }
    if (aligned) {
      skipToAlignment();
    }
    while (graph.numArcs() < arcCount) {
      reading("arc", graph.numArcs(), arcCount);
      readArcs(Math.min(PART, arcCount - graph.numArcs()));
    }
  }

  /** Reads until the end of the file if {@code states} is -1, as when it was written to a pipe. */
  private void readVector(long states) throws IOException {
    for (int state = 0; states < 0 ? !in.atEnd() : state < states; state++) {
      reading("state", state, states);
      in.readNumbers(integers, floats, 1);
      float finalCost = floats[0];
      long count = in.readLong();
      if (count < 0 || count > Integer.MAX_VALUE - 8 - graph.numArcs()) {
        throw corrupt("state " + state + " claims " + count + " arcs");
      }
      addState(finalCost, (int) (graph.numArcs() + count));
      while (count > 0) {
        int part = (int) Math.min(count, PART);
        readArcs(part);
        count -= part;
      }
    }
  }

  private void addState(float finalCost, int arcsEnd) {
    if (Float.isNaN(finalCost)) {
      throw corrupt("the final cost of state " + graph.numStates() + " is not a number");
    }
    graph.addState(finalCost, arcsEnd);
  }

  private void readArcs(int count) throws IOException {
    in.readNumbers(integers, floats, ARC_NUMBERS * count);
    if (count > FstBuilder.MAX_ARCS - graph.numArcs()) {
      throw corrupt("it has more than " + FstBuilder.MAX_ARCS + " arcs");
    }
    for (int i = 0; i < ARC_NUMBERS * count; i += ARC_NUMBERS) {
      int input = integers[i];
      int output = integers[i + 1];
      float cost = floats[i + 2];
      if (input < 0 || output < 0 || Float.isNaN(cost)) {
        throw corrupt(
            "arc "
                + graph.numArcs()
                + " has labels "
                + input
                + ":"
                + output
                + " and cost "
                + cost
                + "; labels are 0 or more, costs are numbers");
      }
      graph.addArc(input, output, cost, integers[i + 3]);
    }
  }

  private void reading(String what, long number, long of) {
    reading = what;
    item = number;
    items = of;
  }

  private String where() {
    return reading + (item < 0 ? "" : " " + item + (items < 0 ? "" : " of " + items));
  }

  private void skipSymbolTable(String which) throws IOException {
    reading(which, -1, 0);
    int magic = in.readInt();
    if (magic != SYMBOL_TABLE_MAGIC) {
      throw corrupt(which + " begins with " + magic + ", not " + SYMBOL_TABLE_MAGIC);
    }
    readString();
    in.readLong(); // next free key
    long size = in.readLong();
    for (long i = 0; i < size; i++) {
      readString();
      in.readLong();
    }
  }

  private void skipToAlignment() throws IOException {
    while (in.offset() % ALIGNMENT != 0) {
      in.skipByte();
    }
  }

  private String readString() throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_NAME_LENGTH) {
      throw corrupt("a name within " + where() + " claims " + length + " bytes");
    }
    return in.readText(length);
  }

  private StjemException corrupt(String fault) {
    return new StjemException(
        "graph " + name + " cannot be used (byte " + in.offset() + "): " + fault);
  }
}
