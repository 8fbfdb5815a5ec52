package org.stjem.frontend.audio;

import java.io.DataInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.commons.io.input.SwappedDataInputStream;
import org.stjem.frontend.io.StjemException;

/**
 * The chunks of a RIFF file from front to back: four characters, the size in 32 bits, the content
 * and, if its size is odd, a byte of padding. Sizes of 2^32 - 1 are looked up in the {@code ds64}
 * chunk of an RF64 file (EBU Tech 3306), once that was read.
 */
final class RiffChunks {
  /** The size of a chunk that an RF64 file gives in {@code ds64}, or that nobody knows. */
  static final long LONG_SIZE = 0xFFFFFFFFL;

  private static final int DS64_BYTES = 28;
  private static final int DS64_ENTRY_BYTES = 12;

  private final BoundedInputStream in;
  private final DataInput data;
  private final ByteOrder order;
  private final Map<String, Long> longSizes = new HashMap<>();

  /** First character of the next chunk, which stood where padding was expected; else -1. */
  private int early = -1;

  private String id;
  private long size;

  /** The chunks from here on; {@code in} counts from the file's start. */
  RiffChunks(BoundedInputStream in, ByteOrder order) {
    this.in = in;
    this.order = order;
    this.data =
        order == ByteOrder.BIG_ENDIAN ? new DataInputStream(in) : new SwappedDataInputStream(in);
  }

  /** Where the next byte stands in the file. */
  long position() {
    return in.getCount() - (early < 0 ? 0 : 1);
  }

  /**
   * Reads the header of a chunk; whoever calls takes its content.
   *
   * @throws EOFException if there is none
   */
  void next() throws IOException {
    setHeader(tag(), unsignedInt());
  }

  /**
   * Takes bytes that were read already as the header of a chunk.
   *
   * @param ids what such a chunk may hold
   * @return false if it is no such chunk, and nothing changed
   */
  boolean isHeader(byte[] bytes, Set<String> ids) {
    String found = new String(bytes, 0, 4, StandardCharsets.ISO_8859_1);
    if (!ids.contains(found)) {
      return false;
    }
    setHeader(found, Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(order).getInt(4)));
    return true;
  }

  private void setHeader(String newId, long shortSize) {
    id = newId;
    size = shortSize == LONG_SIZE ? longSizes.getOrDefault(newId, shortSize) : shortSize;
  }

  /** Four characters that tell what the current chunk holds. */
  String id() {
    return id;
  }

  /** Bytes of its content; in an RF64 file those that {@code ds64} has, which may be negative. */
  long size() {
    return size;
  }

  /** Whether {@code id} can be that of a chunk. */
  static boolean isId(String id) {
    return id.chars().allMatch(c -> c >= ' ' && c < 127);
  }

  /**
   * Reads the content of a {@code ds64} chunk.
   *
   * @return the size of the whole file less 8 bytes; 0 if it was not known
   * @throws StjemException if the chunk is too short
   */
  long readLongSizes() throws IOException {
    if (size < DS64_BYTES) {
      throw fault("'ds64' chunk of " + size + " bytes, at least " + DS64_BYTES + " are needed");
    }
    long riffSize = data.readLong();
    longSizes.put("data", data.readLong());
    data.readLong(); // number of samples: follows from the rest
    long entries = unsignedInt();
    long left = size - DS64_BYTES;
    // One entry after the other, as long as the chunk is, whatever their number is said to be.
    for (; entries > 0 && left >= DS64_ENTRY_BYTES; entries--, left -= DS64_ENTRY_BYTES) {
      longSizes.putIfAbsent(tag(), data.readLong());
    }
    skip(left);
    return riffSize;
  }

  /** Skips the last bytes of the current chunk, and its padding. */
  void skip(long left) throws IOException {
    IOUtils.skipFully(in, left);
    pad();
  }

  /** Skips the padding behind the content of the current chunk, which not every program writes. */
  void pad() throws IOException {
    if ((size & 1) == 0) {
      return;
    }
    int b = in.read();
    early = b >= '0' && b <= 'z' ? b : -1;
  }

  String tag() throws IOException {
    byte[] bytes = new byte[4];
    int from = 0;
    if (early >= 0) {
      bytes[from++] = (byte) early;
      early = -1;
    }
    data.readFully(bytes, from, bytes.length - from);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  int unsignedShort() throws IOException {
    return data.readUnsignedShort();
  }

  long unsignedInt() throws IOException {
    return Integer.toUnsignedLong(data.readInt());
  }

  void bytes(byte[] into) throws IOException {
    data.readFully(into);
  }

  /** A fault in what was read last. */
  StjemException fault(String what) {
    return new StjemException("at byte " + position() + ": " + what);
  }
}
