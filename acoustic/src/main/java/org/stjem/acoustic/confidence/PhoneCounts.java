package org.stjem.acoustic.confidence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/** How many phones words have: those of the longest pronunciation. */
public final class PhoneCounts {
  private final String name;
  private final Map<String, Integer> counts = new HashMap<>();

  private PhoneCounts(String name) {
    this.name = name;
  }

  /**
   * Reads {@code phones/align_lexicon.txt} of a lang folder: the word twice, as the graph has it
   * and as it is printed, and its phones.
   *
   * @throws StjemException if the file cannot be read or a line has no phones
   */
  public static PhoneCounts read(Path file) {
    PhoneCounts phones = new PhoneCounts(file.toString());
    try {
      int number = 0;
      for (String line : TextFile.lines(file)) {
        number++;
        String[] fields = ByteText.words(line);
        if (fields.length < 3) {
          throw new StjemException(
              file + " line " + number + " must be a word twice and at least one phone");
        }
        phones.counts.merge(fields[0], fields.length - 2, Math::max);
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
    return phones;
  }

  int of(String word) {
    Integer count = counts.get(word);
    if (count == null) {
      throw new StjemException(name + " has no word " + word);
    }
    return count;
  }
}
