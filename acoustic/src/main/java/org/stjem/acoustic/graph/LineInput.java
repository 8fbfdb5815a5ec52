package org.stjem.acoustic.graph;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.stjem.frontend.io.ByteText;

/** Lines of a stream as {@link ByteText}, counted. */
final class LineInput {
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int begin;
  private int end;
  private byte[] line = new byte[256];
  private int number;

  LineInput(InputStream in) {
    this.in = in;
  }

  /** Number of the line that was read last, from 1 on. */
  int number() {
    return number;
  }

  /** The next line without its line feed; null at the end. */
  String readLine() throws IOException {
    int length = 0;
    boolean any = false;
    while (begin < end || fill()) {
      any = true;
      int stop = begin;
      while (stop < end && buffer[stop] != '\n') {
        stop++;
      }
      int added = stop - begin;
      if (length + added > line.length) {
        line = Arrays.copyOf(line, Math.max(length + added, 2 * line.length));
      }
      System.arraycopy(buffer, begin, line, length, added);
      length += added;
      begin = stop;
      if (begin < end) {
        begin++;
        break;
      }
    }
    if (!any) {
      return null;
    }
    number++;
    return ByteText.decode(line, 0, length);
  }

  private boolean fill() throws IOException {
    begin = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }
}
