package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.FileStart;
import org.stjem.frontend.io.StjemException;

/**
 * A buffered input opened by a Kaldi rxfilename: a file, {@code file:offset}, {@code -} for
 * standard input, or {@code command |} run by {@code sh -c}; decodes Kaldi's little-endian basic
 * types (util/kaldi-io.cc, base/io-funcs.cc).
 *
 * <p>Sizes that a file claims are held against the bytes that are left before anything of that size
 * is allocated. Faults in the data are {@link StjemException}s that name the byte offset; who
 * opened the input adds its name. Not safe for concurrent use.
 */
public final class KaldiInput extends InputStream {
  private static final Logger log = LoggerFactory.getLogger(KaldiInput.class);
  private static final int BUFFER_BYTES = 1 << 17;

  /** Of a command that was ended by SIGPIPE, as the shell has it. */
  private static final int BROKEN_PIPE = 128 + 13;

  private static final int LONGEST_TOKEN = 1 << 20;

  /** What is allocated at once, at most, when nothing tells how much data is left. */
  private static final int UNPROVEN_VALUES = 1 << 16;

  private final InputSource source;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteBuffer littleEndian = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
  private int start;
  private int end;
  private long bufferOffset;
  private boolean ended;

  /** Whether all that was wanted had been read before the end was seen. */
  private boolean complete;

  private KaldiInput(InputSource source, long offset) {
    this.source = source;
    this.bufferOffset = offset;
  }

  /**
   * Opens {@code rxfilename}.
   *
   * @throws StjemException if it is malformed or cannot be opened
   */
  public static KaldiInput open(String rxfilename) {
    ExtendedFilename target = ExtendedFilename.forReading(rxfilename);
    return new KaldiInput(InputSource.open(target), target.offset());
  }

  /** The file's name, the pipe's command, or {@code standard input}, for messages. */
  public String name() {
    return source.name();
  }

  /** Byte offset of the next byte in the file or stream. */
  public long position() {
    return bufferOffset + start;
  }

  /** Moves to another byte of a file that was opened by name. */
  void seek(long offset) throws IOException {
    if (offset >= bufferOffset && offset <= bufferOffset + end) {
      start = (int) (offset - bufferOffset);
      return;
    }
    source.seek(offset);
    bufferOffset = offset;
    start = 0;
    end = 0;
    ended = false;
  }

  /** The next byte without consuming it, or -1 at the end. */
  public int peek() throws IOException {
    return start < end || fill() ? buffer[start] & 0xff : -1;
  }

  @Override
  public int read() throws IOException {
    return start < end || fill() ? buffer[start++] & 0xff : -1;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (start == end && length >= BUFFER_BYTES) {
      int n = source.read(bytes, offset, length);
      ended |= n < 0;
      bufferOffset += end + Math.max(n, 0);
      start = 0;
      end = 0;
      return n;
    }
    if (start == end && !fill()) {
      return -1;
    }
    int n = Math.min(length, end - start);
    System.arraycopy(buffer, start, bytes, offset, n);
    start += n;
    return n;
  }

  @Override
  public int available() throws IOException {
    return end - start;
  }

  /** Reads more bytes behind those that are left; false at the end of the data. */
  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    System.arraycopy(buffer, start, buffer, 0, end - start);
    bufferOffset += start;
    end -= start;
    start = 0;
    int n = source.read(buffer, end, buffer.length - end);
    if (n <= 0) {
      ended = true;
      return false;
    }
    end += n;
    return true;
  }

  /** Makes {@code n} of the {@code wanted} bytes that follow lie in the buffer. */
  private void ensure(int n, long wanted) throws IOException {
    while (end - start < n) {
      if (!fill()) {
        long missing = wanted - (end - start);
        start = end;
        throw fault(
            "the data ends " + missing + (missing == 1 ? " byte" : " bytes") + " too early");
      }
    }
  }

  /** A fault in the data just before {@link #position()}. */
  public StjemException fault(String message) {
    return new StjemException(message + " (byte offset " + position() + ")");
  }

  /** Refuses data that are compressed or start with a byte order mark, before they are read. */
  private void checkStart() throws IOException {
    if (position() == 0 && peek() >= 0) {
      String fault = FileStart.fault(buffer, start, end - start);
      if (fault != null) {
        throw fault(fault);
      }
    }
  }

  /** Consumes {@code \0B} if it comes next; false means that a text object follows. */
  public boolean readBinaryHeader() throws IOException {
    checkStart();
    if (peek() != 0) {
      return false;
    }
    read();
    int second = read();
    if (second != 'B') {
      throw fault("expected 'B' behind a zero byte but found " + show(second));
    }
    return true;
  }

  /** Consumes white space. */
  public void skipSpace() throws IOException {
    while (Specifiers.isSpace(peek())) {
      read();
    }
  }

  /**
   * Reads a token after optional white space, up to the next white space, which stays.
   *
   * @return an empty string at the end of the data
   */
  public String readToken() throws IOException {
    checkStart();
    skipSpace();
    return readUntil("");
  }

  /** Reads up to white space or one of {@code stops}, which stays. */
  String readUntil(String stops) throws IOException {
    byte[] bytes = new byte[32];
    int n = 0;
    int c = peek();
    while (c >= 0 && !Specifiers.isSpace(c) && stops.indexOf(c) < 0) {
      if (n == LONGEST_TOKEN) {
        throw fault("a word is longer than " + LONGEST_TOKEN + " bytes");
      }
      if (n == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * n);
      }
      bytes[n++] = (byte) read();
      c = peek();
    }
    return ByteText.decode(bytes, 0, n);
  }

  /** Reads the next word of a line; null, with the line feed consumed, where the line ends. */
  String readWordOfLine() throws IOException {
    int c = peek();
    while (c != '\n' && Specifiers.isSpace(c)) {
      read();
      c = peek();
    }
    if (c == '\n' || c < 0) {
      read();
      return null;
    }
    return readUntil("");
  }

  /** Reads the rest of a line without its line feed; null at the end of the data. */
  public String readLine() throws IOException {
    checkStart();
    int c = read();
    if (c < 0) {
      return null;
    }
    byte[] bytes = new byte[128];
    int n = 0;
    while (c >= 0 && c != '\n') {
      if (n == LONGEST_TOKEN) {
        throw fault("a line is longer than " + LONGEST_TOKEN + " bytes");
      }
      if (n == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * n);
      }
      bytes[n++] = (byte) c;
      c = read();
    }
    return ByteText.decode(bytes, 0, n);
  }

  /** Reads a token and the white space character behind it, and requires it to be {@code token}. */
  public void expectToken(String token) throws IOException {
    String found = readToken();
    read();
    if (!found.equals(token)) {
      throw fault("expected " + token + " but found '" + brief(found) + "'");
    }
  }

  /** Reads four bytes as a little-endian integer. */
  public int readInt32() throws IOException {
    ensure(4, 4);
    int value = littleEndian.getInt(start);
    start += 4;
    return value;
  }

  /** Reads four bytes as a little-endian float. */
  public float readFloat32() throws IOException {
    return Float.intBitsToFloat(readInt32());
  }

  /** Reads an integer in Kaldi's basic-type form: a byte 4, then the value. */
  public int readSizedInt32() throws IOException {
    int size = read();
    if (size != 4) {
      throw fault("expected byte 4 before an integer but found " + show(size));
    }
    return readInt32();
  }

  /**
   * Holds a size against the data that is left.
   *
   * @param count number of elements, as the data claims
   * @param bytesEach size of an element in the data
   * @param what what the elements are, for the message
   */
  public void requireAvailable(long count, int bytesEach, String what) throws IOException {
    long left = remaining();
    if (count < 0
        || count > Integer.MAX_VALUE - 8
        || (left != InputSource.UNKNOWN && count > left / bytesEach)) {
      throw fault(
          "implausible size: "
              + count
              + " "
              + what
              + " of "
              + bytesEach
              + (bytesEach == 1 ? " byte" : " bytes")
              + (left == InputSource.UNKNOWN ? "" : " where " + left + " bytes are left"));
    }
    long room = Runtime.getRuntime().maxMemory();
    if (count > room / bytesEach) {
      throw fault(
          "not enough memory for " + count + " " + what + ": the Java heap has " + room + " bytes");
    }
  }

  /** Number of bytes that are left, or -1 where nothing tells, as in a pipe. */
  public long remaining() throws IOException {
    long size = source.size();
    return size == InputSource.UNKNOWN ? InputSource.UNKNOWN : Math.max(0, size - position());
  }

  /** Reads {@code count} little-endian floats. */
  public float[] readFloats(long count) throws IOException {
    requireAvailable(count, Float.BYTES, "floats");
    float[] values = new float[firstAllocation(count)];
    int n = 0;
    while (n < count) {
      if (n == values.length) {
        values = Arrays.copyOf(values, grown(n, count));
      }
      ensure(Float.BYTES, (count - n) * Float.BYTES);
      int k = Math.min((end - start) / Float.BYTES, values.length - n);
      littleEndian
          .position(start)
          .slice()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values, n, k);
      start += k * Float.BYTES;
      n += k;
    }
    return values;
  }

  /** Reads {@code count} little-endian doubles. */
  public double[] readDoubles(long count) throws IOException {
    requireAvailable(count, Double.BYTES, "doubles");
    double[] values = new double[firstAllocation(count)];
    int n = 0;
    while (n < count) {
      if (n == values.length) {
        values = Arrays.copyOf(values, grown(n, count));
      }
      ensure(Double.BYTES, (count - n) * Double.BYTES);
      int k = Math.min((end - start) / Double.BYTES, values.length - n);
      littleEndian
          .position(start)
          .slice()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asDoubleBuffer()
          .get(values, n, k);
      start += k * Double.BYTES;
      n += k;
    }
    return values;
  }

  /** Reads {@code count} little-endian integers. */
  int[] readInts(long count) throws IOException {
    requireAvailable(count, Integer.BYTES, "integers");
    int[] values = new int[firstAllocation(count)];
    for (int n = 0; n < count; n++) {
      if (n == values.length) {
        values = Arrays.copyOf(values, grown(n, count));
      }
      values[n] = readInt32();
    }
    return values;
  }

  /** Reads {@code count} integers in Kaldi's basic-type form. */
  int[] readSizedInts(long count) throws IOException {
    requireAvailable(count, 1 + Integer.BYTES, "integers");
    int[] values = new int[firstAllocation(count)];
    for (int n = 0; n < count; n++) {
      if (n == values.length) {
        values = Arrays.copyOf(values, grown(n, count));
      }
      values[n] = readSizedInt32();
    }
    return values;
  }

  /** Reads {@code count} bytes. */
  public byte[] readBytes(long count) throws IOException {
    requireAvailable(count, 1, "values");
    byte[] values = new byte[firstAllocation(count)];
    int n = 0;
    while (n < count) {
      if (n == values.length) {
        values = Arrays.copyOf(values, grown(n, count));
      }
      int k = read(values, n, values.length - n);
      if (k < 0) {
        throw fault("the data ends " + (count - n) + " bytes too early");
      }
      n += k;
    }
    return values;
  }

  private int firstAllocation(long count) throws IOException {
    return (int) (remaining() == InputSource.UNKNOWN ? Math.min(count, UNPROVEN_VALUES) : count);
  }

  private static int grown(int length, long count) {
    return (int) Math.min(2L * length, count);
  }

  /**
   * Notes that all that is wanted was read: a command that fails from here on did what was asked of
   * it, and is warned about.
   */
  public void complete() {
    complete |= !ended;
  }

  /**
   * Closes the input and tells how a pipe ended. If a command fails whose output was not needed to
   * its end, a warning says so, unless it failed because nobody listened any more.
   *
   * @return the exit status of a command whose output was read to the end, else 0
   */
  int finish() throws IOException {
    int status = source.finish(ended);
    if (ended && !complete) {
      return status;
    }
    if (status != 0 && status != BROKEN_PIPE) {
      log.warn("{}; what was wanted of it had been read by then", pipeFailed(status));
    }
    return 0;
  }

  /**
   * Closes the input.
   *
   * @throws StjemException if it was a command that failed and was read to its end before it was
   *     {@link #complete}
   */
  @Override
  public void close() throws IOException {
    int status = finish();
    if (status != 0) {
      throw new StjemException(pipeFailed(status));
    }
  }

  String pipeFailed(int status) {
    return "command '" + name() + "' ended with status " + status;
  }

  static String show(int c) {
    if (c < 0) {
      return "the end of the data";
    }
    if (c == '\r') {
      return "a carriage return, with which Windows ends lines";
    }
    return c > ' ' && c < 127 ? "'" + (char) c + "'" : String.format(Locale.ROOT, "byte 0x%02x", c);
  }

  /** The start of {@code word}, fit for a message. */
  static String brief(String word) {
    return printable(word.length() > 20 ? word.substring(0, 17) + "..." : word);
  }

  /** {@code text} with question marks for control characters. */
  static String printable(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints().forEach(c -> safe.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return safe.toString();
  }
}
