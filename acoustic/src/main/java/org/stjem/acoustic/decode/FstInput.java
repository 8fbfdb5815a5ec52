package org.stjem.acoustic.decode;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The little-endian numbers and strings of OpenFst's binary files, with the offset of each. */
final class FstInput {
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteBuffer littleEndian = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
  private int start;
  private int end;
  private long bufferOffset;

  FstInput(InputStream in) {
    this.in = in;
  }

  /** Byte offset of what is read next, or the end of the data after an {@link EOFException}. */
  long offset() {
    return bufferOffset + start;
  }

  boolean atEnd() throws IOException {
    return start == end && !fill();
  }

  int readInt() throws IOException {
    ensure(Integer.BYTES);
    int value = littleEndian.getInt(start);
    start += Integer.BYTES;
    return value;
  }

  long readLong() throws IOException {
    ensure(Long.BYTES);
    long value = littleEndian.getLong(start);
    start += Long.BYTES;
    return value;
  }

  /**
   * Reads {@code count} numbers of four bytes, both as integers and as floats, to the beginning of
   * two arrays.
   */
  void readNumbers(int[] integers, float[] floats, int count) throws IOException {
    int n = 0;
    while (n < count) {
      ensure(Integer.BYTES);
      int part = Math.min((end - start) / Integer.BYTES, count - n);
      ByteBuffer bytes = littleEndian.slice(start, part * Integer.BYTES);
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      bytes.asIntBuffer().get(integers, n, part);
      bytes.asFloatBuffer().get(floats, n, part);
      start += part * Integer.BYTES;
      n += part;
    }
  }

  /** Reads {@code length} bytes of text. */
  String readText(int length) throws IOException {
    byte[] bytes = new byte[length];
    int n = 0;
    while (n < length) {
      ensure(1);
      int part = Math.min(length - n, end - start);
      System.arraycopy(buffer, start, bytes, n, part);
      start += part;
      n += part;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  void skipByte() throws IOException {
    ensure(1);
    start++;
  }

  /** Makes {@code count} bytes lie in the buffer. */
  private void ensure(int count) throws IOException {
    while (end - start < count) {
      if (!fill()) {
        start = end;
        throw new EOFException();
      }
    }
  }

  /** Reads more behind the bytes that are left; false at the end of the data. */
  private boolean fill() throws IOException {
    System.arraycopy(buffer, start, buffer, 0, end - start);
    bufferOffset += start;
    end -= start;
    start = 0;
    int n = in.read(buffer, end, BUFFER_BYTES - end);
    end += Math.max(n, 0);
    return n > 0;
  }
}
