package org.stjem.frontend.kaldi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/** Text files with integers in each line, such as {@code phones/sets.int}. */
public final class IntegerLines {
  private IntegerLines() {}

  /**
   * The integers of each line, ascending.
   *
   * @throws StjemException if the file cannot be read, is empty or has something else
   */
  public static List<int[]> read(Path file) {
    List<int[]> lines = new ArrayList<>();
    try {
      for (String line : TextFile.lines(file)) {
        String[] words = ByteText.words(line);
        int[] values = new int[words.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = parse(words[i], file + " line " + (lines.size() + 1));
        }
        Arrays.sort(values);
        lines.add(values);
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
    if (lines.isEmpty()) {
      throw new StjemException(file + " is empty");
    }
    return lines;
  }

  /**
   * An integer in a line.
   *
   * @param where file and line, for messages
   */
  static int parse(String word, String where) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw new StjemException(where + " has '" + word + "' in place of an integer", e);
    }
  }
}
