package org.stjem.frontend.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.FileStart;
import org.stjem.frontend.io.StjemException;

/**
 * A text file of a data directory, line by line, as {@link ByteText}. Carriage returns at the ends
 * of lines are counted and left out.
 */
final class DataFile {
  private final Path path;
  private final List<Line> lines = new ArrayList<>();
  private final boolean endsInLineFeed;
  private int carriageReturns;
  private int firstCarriageReturn;

  /**
   * A line.
   *
   * @param number from 1
   * @param text without its line feed
   * @param fields what blanks and tabs divide, as in awk
   */
  record Line(int number, String text, String[] fields) {
    /** The first field, empty in a blank line. */
    String key() {
      return fields.length == 0 ? "" : fields[0];
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Line line && number == line.number && text.equals(line.text);
    }

    @Override
    public int hashCode() {
      return 31 * number + text.hashCode();
    }

    @Override
    public String toString() {
      return number + ": " + shown(text) + " " + Arrays.toString(fields);
    }
  }

  private DataFile(Path path, byte[] bytes) {
    this.path = path;
    String fault = FileStart.fault(bytes, 0, bytes.length);
    if (fault != null) {
      throw new StjemException(fault);
    }
    int start = 0;
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      String text = ByteText.decode(bytes, start, withoutCarriageReturn(bytes, start, end) - start);
      lines.add(new Line(lines.size() + 1, text, fields(text)));
      start = end + 1;
    }
    endsInLineFeed = bytes.length == 0 || bytes[bytes.length - 1] == '\n';
  }

  private int withoutCarriageReturn(byte[] bytes, int start, int end) {
    if (end == start || bytes[end - 1] != '\r') {
      return end;
    }
    carriageReturns++;
    firstCarriageReturn = firstCarriageReturn == 0 ? lines.size() + 1 : firstCarriageReturn;
    return end - 1;
  }

  /**
   * Reads a file.
   *
   * @throws StjemException if it cannot be read, is compressed or starts with a byte order mark
   */
  static DataFile read(Path path) {
    try {
      return new DataFile(path, Files.readAllBytes(path));
    } catch (IOException e) {
      throw new StjemException("cannot read " + path + ": " + StjemException.reason(e), e);
    } catch (StjemException e) {
      throw e.at(path);
    }
  }

  private static String[] fields(String text) {
    int start = 0;
    while (start < text.length() && isBlank(text.charAt(start))) {
      start++;
    }
    return start == text.length() ? new String[0] : text.substring(start).split("[ \t]+");
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  Path path() {
    return path;
  }

  String name() {
    return path.getFileName().toString();
  }

  List<Line> lines() {
    return lines;
  }

  /** What is wrong with the ends of lines; null if nothing is. */
  String carriageReturnFault() {
    if (carriageReturns == 0) {
      return null;
    }
    return (carriageReturns == 1
            ? "the line ends"
            : carriageReturns + " lines, from this one on, end")
        + " in a carriage return, as on Windows; remove all of them with \"sed -i 's/\\r$//' FILE\"";
  }

  /** The first line that ends in a carriage return; 0 if none does. */
  int firstCarriageReturn() {
    return firstCarriageReturn;
  }

  boolean endsInLineFeed() {
    return endsInLineFeed;
  }

  /** The number of the first line with each key, in the file's order. */
  Map<String, Integer> lineOfKey() {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (Line line : lines) {
      numbers.putIfAbsent(line.key(), line.number());
    }
    return numbers;
  }

  /** Text for a message: shortened, without control characters, every byte of it visible. */
  static String shown(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .limit(100)
        .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return ByteText.shown(safe.toString());
  }
}
