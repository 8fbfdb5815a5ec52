package org.stjem.acoustic.decode;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  /** Arrays start no larger than this and grow, so that a corrupt count allocates nothing. */
  private static final int FIRST_CAPACITY = 1 << 12;

  private final InputStream in;
  private final String name;
  private final ByteBuffer word = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
  private long offset;

  /** What is being read, for messages: number {@code item}, unless negative, of {@code items}. */
  private String reading = "the header";

  private long item = -1;
  private long items;

  private int numArcs;
  private int[] inputLabels;
  private int[] outputLabels;
  private float[] costs;
  private int[] nextStates;

  private FstReader(InputStream in, String name) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.name = name;
  }

  /**
   * Reads one transducer.
   *
   * @param in the file's bytes from the beginning; not closed
   * @param name what messages call the file
   * @throws StjemException if the bytes are no such file, are truncated, or describe a graph that
   *     cannot be searched; names the file and the byte offset
   */
  static Fst read(InputStream in, String name) {
    FstReader reader = new FstReader(in, name);
    try {
      return reader.read();
    } catch (EOFException e) {
      throw new StjemException(
          "graph "
              + name
              + " is truncated: it ends at byte "
              + reader.offset
              + " within "
              + reader.where(),
          e);
    } catch (IOException e) {
      throw new StjemException(
          "graph "
              + name
              + " cannot be read at byte "
              + reader.offset
              + ": "
              + StjemException.reason(e),
          e);
    }
  }

  private Fst read() throws IOException {
    int magic = readInt();
    if (magic != FST_MAGIC) {
      throw corrupt("not an OpenFst binary file: it begins with " + magic + ", not " + FST_MAGIC);
    }
    String type = readString();
    String arcs = readString();
    if (!type.equals("vector") && !type.equals("const")) {
      throw corrupt("its type is '" + type + "'; only vector and const are read (see fstconvert)");
    }
    if (!arcs.equals("standard")) {
      throw corrupt("its arcs are '" + arcs + "'; only standard arcs are read");
    }
    int version = readInt();
    int flags = readInt();
    readLong(); // properties
    long start = readLong();
    long states = readLong();
    long arcCount = readLong();
    if ((flags & HAS_INPUT_SYMBOLS) != 0) {
      skipSymbolTable("the table of input symbols");
    }
    if ((flags & HAS_OUTPUT_SYMBOLS) != 0) {
      skipSymbolTable("the table of output symbols");
    }
    boolean constant = type.equals("const");
    if (states > Integer.MAX_VALUE - 8 || states < (constant ? 0 : -1)) {
      throw corrupt("its header counts " + states + " states");
    }
    if (arcCount > Integer.MAX_VALUE - 8 || (constant && arcCount < 0)) {
      throw corrupt("its header counts " + arcCount + " arcs");
    }
    allocateArcs((int) Math.max(16, Math.min(arcCount, FIRST_CAPACITY)));
    Graph graph;
    if (constant) {
      boolean aligned = (flags & IS_ALIGNED) != 0 || version == ALWAYS_ALIGNED_CONST_VERSION;
      graph = readConst((int) states, (int) arcCount, aligned);
    } else {
      graph = readVector((int) states);
    }
    return finish(graph, start);
  }

  /** Final costs {@code [states]} and first arcs {@code [states + 1]}. */
  private record Graph(float[] finalCosts, int[] firstArc) {}

  private Graph readConst(int states, int arcs, boolean aligned) throws IOException {
    if (aligned) {
      skipToAlignment();
    }
    float[] finalCosts = new float[Math.min(states, FIRST_CAPACITY)];
    int[] firstArc = new int[finalCosts.length + 1];
    long next = 0;
    for (int state = 0; state < states; state++) {
      reading("state", state, states);
      if (state == finalCosts.length) {
        finalCosts = Arrays.copyOf(finalCosts, grown(state, states));
        firstArc = Arrays.copyOf(firstArc, finalCosts.length + 1);
      }
      readFully(20); // the last 8 bytes count the input and output epsilons
      finalCosts[state] = finalCost(state);
      long position = Integer.toUnsignedLong(word.getInt(4));
      long count = Integer.toUnsignedLong(word.getInt(8));
      if (position != next || next + count > arcs) {
        throw corrupt(
            "state "
                + state
                + " claims arcs "
                + position
                + " to "
                + (position + count)
                + ", expected to begin at "
                + next
                + " of "
                + arcs);
      }
      next += count;
      firstArc[state + 1] = (int) next;
    }
    if (next != arcs) {
      throw corrupt("its header counts " + arcs + " arcs, its states " + next);
    }
    if (aligned) {
      skipToAlignment();
    }
    for (int arc = 0; arc < arcs; arc++) {
      reading("arc", arc, arcs);
      readArc();
    }
    return new Graph(finalCosts, firstArc);
  }

  /** Reads until the end of the file if {@code states} is -1, as when it was written to a pipe. */
  private Graph readVector(int states) throws IOException {
    float[] finalCosts = new float[states < 0 ? 16 : Math.min(states, FIRST_CAPACITY)];
    int[] firstArc = new int[finalCosts.length + 1];
    int state = 0;
    for (; states < 0 ? !atEnd() : state < states; state++) {
      reading("state", state, states);
      if (state == finalCosts.length) {
        finalCosts =
            Arrays.copyOf(finalCosts, grown(state, states < 0 ? Integer.MAX_VALUE - 8 : states));
        firstArc = Arrays.copyOf(firstArc, finalCosts.length + 1);
      }
      readFully(12);
      finalCosts[state] = finalCost(state);
      long count = word.getLong(4);
      if (count < 0 || numArcs + count > Integer.MAX_VALUE - 8) {
        throw corrupt("state " + state + " claims " + count + " arcs");
      }
      for (long i = 0; i < count; i++) {
        readArc();
      }
      firstArc[state + 1] = numArcs;
    }
    return new Graph(Arrays.copyOf(finalCosts, state), Arrays.copyOf(firstArc, state + 1));
  }

  private float finalCost(int state) {
    float cost = word.getFloat(0);
    if (Float.isNaN(cost)) {
      throw corrupt("the final cost of state " + state + " is not a number");
    }
    return cost;
  }

  private void readArc() throws IOException {
    if (numArcs == inputLabels.length) {
      growArcs(grown(numArcs, Integer.MAX_VALUE - 8));
    }
    readFully(16);
    int input = word.getInt(0);
    int output = word.getInt(4);
    float cost = word.getFloat(8);
    int nextState = word.getInt(12);
    if (input < 0 || output < 0 || Float.isNaN(cost)) {
      throw corrupt(
          "arc "
              + numArcs
              + " has labels "
              + input
              + ":"
              + output
              + " and cost "
              + cost
              + "; labels are 0 or more, costs are numbers");
    }
    inputLabels[numArcs] = input;
    outputLabels[numArcs] = output;
    costs[numArcs] = cost;
    nextStates[numArcs] = nextState;
    numArcs++;
  }

  private Fst finish(Graph graph, long start) {
    int states = graph.finalCosts.length;
    if (start < 0 || start >= states) {
      throw corrupt("its start state is " + start + ", but it has " + states + " states");
    }
    for (int arc = 0; arc < numArcs; arc++) {
      if (nextStates[arc] < 0 || nextStates[arc] >= states) {
        throw corrupt(
            "arc " + arc + " leads to state " + nextStates[arc] + " of " + states + " states");
      }
    }
    growArcs(numArcs);
    try {
      return new Fst(
          (int) start,
          graph.finalCosts,
          graph.firstArc,
          inputLabels,
          outputLabels,
          costs,
          nextStates);
    } catch (IllegalArgumentException e) {
      throw corrupt(e.getMessage());
    }
  }

  private void allocateArcs(int capacity) {
    inputLabels = new int[capacity];
    outputLabels = new int[capacity];
    costs = new float[capacity];
    nextStates = new int[capacity];
  }

  private void growArcs(int capacity) {
    inputLabels = Arrays.copyOf(inputLabels, capacity);
    outputLabels = Arrays.copyOf(outputLabels, capacity);
    costs = Arrays.copyOf(costs, capacity);
    nextStates = Arrays.copyOf(nextStates, capacity);
  }

  private static int grown(int capacity, int limit) {
    return (int) Math.min(limit, Math.max(16, capacity * 3L / 2 + 1));
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
    int magic = readInt();
    if (magic != SYMBOL_TABLE_MAGIC) {
      throw corrupt(which + " begins with " + magic + ", not " + SYMBOL_TABLE_MAGIC);
    }
    readString();
    readLong(); // next free key
    long size = readLong();
    for (long i = 0; i < size; i++) {
      readString();
      readLong();
    }
  }

  private void skipToAlignment() throws IOException {
    while (offset % ALIGNMENT != 0) {
      readFully(1);
    }
  }

  private boolean atEnd() throws IOException {
    in.mark(1);
    boolean end = in.read() < 0;
    in.reset();
    return end;
  }

  private String readString() throws IOException {
    int length = readInt();
    if (length < 0 || length > MAX_NAME_LENGTH) {
      throw corrupt("a name within " + where() + " claims " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length);
    offset += bytes.length;
    if (bytes.length < length) {
      throw new EOFException();
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private int readInt() throws IOException {
    readFully(4);
    return word.getInt(0);
  }

  private long readLong() throws IOException {
    readFully(8);
    return word.getLong(0);
  }

  private void readFully(int count) throws IOException {
    int read = in.readNBytes(word.array(), 0, count);
    offset += read;
    if (read < count) {
      throw new EOFException();
    }
  }

  private StjemException corrupt(String fault) {
    return new StjemException("graph " + name + " cannot be used (byte " + offset + "): " + fault);
  }
}
