package org.stjem.acoustic.confidence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * Words with what is known about each of them: a text file whose first line is {@code # KEY CHANNEL
 * BEGIN DURATION WORD CONFIDENCE} and the names of the features, and which has a word a line, a
 * {@code ctm} with more columns. Held in memory.
 */
public final class FeatureTable {
  private static final List<String> CTM =
      List.of("#", "KEY", "CHANNEL", "BEGIN", "DURATION", "WORD", "CONFIDENCE");

  private final List<String> names;
  private final Map<String, List<Row>> utterances = new LinkedHashMap<>();

  /**
   * A word.
   *
   * @param features in the order of the table's names
   */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  public record Row(CtmTable.Word word, double[] features) {}

  /** An empty table of features of these names. */
  public FeatureTable(List<String> names) {
    this.names = List.copyOf(names);
  }

  /**
   * Reads a file.
   *
   * @throws StjemException if it cannot be read, or a line is not as the first one says; names the
   *     line, its key and the value
   */
  public static FeatureTable read(Path file) {
    List<String> lines;
    try {
      lines = TextFile.lines(file);
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
    List<String> header = lines.isEmpty() ? List.of() : List.of(ByteText.words(lines.get(0)));
    if (header.size() <= CTM.size() || !header.subList(0, CTM.size()).equals(CTM)) {
      throw new StjemException(
          file
              + " is no table of word features: its first line must begin "
              + String.join(" ", CTM));
    }
    FeatureTable table = new FeatureTable(header.subList(CTM.size(), header.size()));
    for (int i = 1; i < lines.size(); i++) {
      table.parse(ByteText.words(lines.get(i)), file + " line " + (i + 1));
    }
    if (table.utterances.isEmpty()) {
      throw new StjemException(file + " holds no words");
    }
    return table;
  }

  private void parse(String[] fields, String where) {
    int own = CTM.size() - 1;
    if (fields.length != own + names.size()) {
      throw new StjemException(
          where + " has " + fields.length + " fields, the first line " + (own + names.size()));
    }
    CtmTable.Word word = CtmTable.word(Arrays.copyOf(fields, own), where);
    double[] features = new double[names.size()];
    for (int i = 0; i < features.length; i++) {
      String what = where + ", key " + fields[0] + ": " + names.get(i);
      features[i] = Numbers.parse(fields[own + i], what, -Double.MAX_VALUE, Double.MAX_VALUE);
    }
    add(fields[0], new Row(word, features));
  }

  /** Adds a word. */
  public void add(String key, Row row) {
    utterances.computeIfAbsent(key, unused -> new ArrayList<>()).add(row);
  }

  /** Names of the features. */
  public List<String> names() {
    return names;
  }

  /** The words of each utterance that has any. */
  public Map<String, List<Row>> utterances() {
    return utterances;
  }

  /** Writes the file. */
  public void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder(String.join(" ", CTM));
    names.forEach(name -> text.append(' ').append(name));
    text.append('\n');
    utterances.forEach(
        (key, rows) -> {
          for (Row row : rows) {
            String line = CtmTable.line(key, row.word);
            text.append(line, 0, line.length() - 1);
            for (double feature : row.features) {
              text.append(String.format(Locale.ROOT, " %.6g", feature));
            }
            text.append('\n');
          }
        });
    AtomicFile.writeString(file, text.toString());
  }
}
