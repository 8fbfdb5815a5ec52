package org.stjem.frontend.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.StjemException;

/**
 * A text file of a data directory, line by line. Text is kept with one char per byte, so that keys
 * compare as with {@code LC_ALL=C} whatever the encoding; {@link #shown} decodes it for messages.
 */
final class DataFile {
  private final Path path;
  private final List<Line> lines = new ArrayList<>();
  private final boolean endsInLineFeed;

  /**
   * A line.
   *
   * @param number from 1
   * @param text without its line feed, one char per byte
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
    int start = 0;
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      String text = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
      lines.add(new Line(lines.size() + 1, text, fields(text)));
      start = end + 1;
    }
    endsInLineFeed = bytes.length == 0 || bytes[bytes.length - 1] == '\n';
  }

  /** Reads a file. */
  static DataFile read(Path path) {
    try {
      return new DataFile(path, Files.readAllBytes(path));
    } catch (IOException e) {
      throw new StjemException("cannot read " + path + ": " + e, e);
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

  /** The characters behind one-char-per-byte text, as UTF-8; null if it is not UTF-8. */
  static String utf8(String bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /**
   * The characters behind one-char-per-byte text.
   *
   * @throws StjemException if it is not UTF-8
   */
  static String decoded(String bytes) {
    String text = utf8(bytes);
    if (text == null) {
      throw new StjemException("'" + shown(bytes) + "' is not UTF-8");
    }
    return text;
  }

  /** One-char-per-byte text for a message: decoded, shortened, without control characters. */
  static String shown(String bytes) {
    String text = utf8(bytes);
    StringBuilder safe = new StringBuilder();
    (text == null ? bytes : text)
        .codePoints()
        .limit(100)
        .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return safe.toString();
  }
}
