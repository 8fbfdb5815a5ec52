package org.stjem.acoustic.confidence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * The words of a NIST {@code ctm} file with confidences, {@code KEY CHANNEL BEGIN DURATION WORD
 * CONFIDENCE} a line, by utterance in the order of the file. Held in memory.
 */
public final class CtmTable {
  private static final int FIELDS = 6;

  private final Map<String, List<Word>> utterances = new LinkedHashMap<>();

  /**
   * A word.
   *
   * @param begin in seconds from the begin of the utterance
   * @param duration in seconds
   * @param confidence from 0 to 1
   */
  public record Word(
      String channel, double begin, double duration, String word, double confidence) {}

  private CtmTable() {}

  /**
   * Reads a file. Lines that begin with {@code ;;} are comments.
   *
   * @throws StjemException if it cannot be read, or a line is no word with a confidence; names the
   *     line, its key and the value
   */
  public static CtmTable read(Path file) {
    CtmTable table = new CtmTable();
    try {
      int number = 0;
      for (String line : TextFile.lines(file)) {
        number++;
        if (!line.isBlank() && !line.startsWith(";;")) {
          table.add(ByteText.words(line), file + " line " + number);
        }
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
    if (table.utterances.isEmpty()) {
      throw new StjemException(file + " holds no words");
    }
    return table;
  }

  private void add(String[] fields, String where) {
    if (fields.length != FIELDS) {
      throw new StjemException(
          where
              + " has "
              + fields.length
              + " fields, a word with its confidence has "
              + FIELDS
              + ": KEY CHANNEL BEGIN DURATION WORD CONFIDENCE");
    }
    utterances.computeIfAbsent(fields[0], unused -> new ArrayList<>()).add(word(fields, where));
  }

  /** The word of a line's fields, of which there are six. */
  static Word word(String[] fields, String where) {
    String of = where + ", key " + fields[0] + ": ";
    double begin = Numbers.parse(fields[2], of + "the begin", 0, Double.MAX_VALUE);
    double duration = Numbers.parse(fields[3], of + "the duration", 0, Double.MAX_VALUE);
    double confidence = Numbers.parse(fields[5], of + "the confidence", 0, 1);
    return new Word(fields[1], begin, duration, fields[4], confidence);
  }

  /** The words of each utterance that has any. */
  public Map<String, List<Word>> utterances() {
    return utterances;
  }

  /** The line of a word, with its line feed. */
  public static String line(String key, Word word) {
    return String.format(
        Locale.ROOT,
        "%s %s %.3f %.3f %s %.6f\n",
        key,
        word.channel,
        word.begin,
        word.duration,
        word.word,
        word.confidence);
  }
}
