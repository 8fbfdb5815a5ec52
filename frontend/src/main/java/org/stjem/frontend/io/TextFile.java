package org.stjem.frontend.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of text, read as {@link ByteText}; compressed ones and byte order marks are refused. */
public final class TextFile {
  private TextFile() {}

  /**
   * All of a file.
   *
   * @throws IOException if it cannot be read
   * @throws StjemException if it is compressed or starts with a byte order mark
   */
  public static String read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    String fault = FileStart.fault(bytes, 0, bytes.length);
    if (fault != null) {
      throw new StjemException(fault).at(file);
    }
    return ByteText.decode(bytes);
  }

  /**
   * The lines of a file, without line feeds or carriage returns at their ends.
   *
   * @throws IOException if it cannot be read
   * @throws StjemException if it is compressed or starts with a byte order mark
   */
  public static List<String> lines(Path file) throws IOException {
    return lines(read(file));
  }

  /** The lines of a text, without line feeds or carriage returns at their ends. */
  public static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      int last = end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
      lines.add(text.substring(start, last));
      start = end + 1;
    }
    return lines;
  }
}
