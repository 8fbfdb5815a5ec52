package org.stjem.acoustic.decode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.stjem.acoustic.decode.AlignLexicon.WordTime;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Where words begin and end by their phones, which differ by their position in the word: Kaldi's
 * {@code phones/word_boundary.int}, or what the names of the phones in {@code phones.txt} say,
 * which end in {@code _B}, {@code _I}, {@code _E} and {@code _S}.
 */
public final class WordBoundaries {
  /** Position of a phone in its word. */
  private enum Position {
    NONWORD,
    BEGIN,
    INTERNAL,
    END,
    SINGLETON
  }

  private static final Map<String, Position> SUFFIXES =
      Map.of(
          "_B", Position.BEGIN,
          "_I", Position.INTERNAL,
          "_E", Position.END,
          "_S", Position.SINGLETON);

  private final Map<Integer, Position> positions;

  private WordBoundaries(Map<Integer, Position> positions) {
    this.positions = positions;
  }

  /**
   * Reads {@code word_boundary.int}, lines {@code PHONE-ID begin|internal|end|singleton|nonword}.
   *
   * @throws StjemException if the file cannot be read or has another line
   */
  public static WordBoundaries read(Path file) {
    Map<Integer, Position> positions = new HashMap<>();
    int number = 0;
    for (String[] fields : lines(file)) {
      number++;
      try {
        positions.put(
            Integer.parseInt(fields[0]), Position.valueOf(fields[1].toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new StjemException(
            file
                + " line "
                + number
                + " must be a phone id and begin, internal, end, singleton or nonword, not '"
                + String.join(" ", fields)
                + "'",
            e);
      }
    }
    return new WordBoundaries(positions);
  }

  /**
   * What the names of {@code phones.txt} say; null if they say nothing, as those of phones that do
   * not depend on their position.
   *
   * @throws StjemException if the file cannot be read or a line is no symbol and id
   */
  public static WordBoundaries ofPhones(Path file) {
    Map<Integer, Position> positions = new HashMap<>();
    boolean told = false;
    int number = 0;
    for (String[] fields : lines(file)) {
      number++;
      String name = fields[0];
      Position position =
          SUFFIXES.getOrDefault(name.substring(Math.max(0, name.length() - 2)), Position.NONWORD);
      told |= position != Position.NONWORD;
      try {
        positions.put(Integer.parseInt(fields[1]), position);
      } catch (NumberFormatException e) {
        throw new StjemException(
            file + " line " + number + " has '" + fields[1] + "' as the id", e);
      }
    }
    return told ? new WordBoundaries(positions) : null;
  }

  /** Phones that are in no word: silence and noises. */
  public Set<Integer> phonesOfNoWord() {
    return positions.entrySet().stream()
        .filter(phone -> phone.getValue() == Position.NONWORD)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static List<String[]> lines(Path file) {
    List<String[]> lines = new ArrayList<>();
    try {
      for (String line : TextFile.lines(file)) {
        String[] fields = ByteText.words(line);
        if (fields.length != 2) {
          throw new StjemException(
              file
                  + " line "
                  + (lines.size() + 1)
                  + " must have two fields, it has "
                  + fields.length);
        }
        lines.add(fields);
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + file + ": " + StjemException.reason(e), e);
    }
    return lines;
  }

  /**
   * Finds the times of the words of a path. A word that the path's end cuts off lasts until there.
   *
   * @throws StjemException if its phones make another number of words
   */
  public List<WordTime> times(BestPath path, TransitionModel model) {
    int[] ids = path.transitionIds();
    int[] words = path.words();
    List<int[]> spans = new ArrayList<>();
    boolean within = false;
    for (PhoneSpans.Span phone :
        new PhoneSpans(model, PhoneSpans.isReordered(ids, model)).of(ids, true)) {
      Position position = positions.getOrDefault(phone.id(), Position.NONWORD);
      int end = phone.firstFrame() + phone.frames();
      if (position == Position.NONWORD) {
        within = false;
      } else if (within && position != Position.BEGIN && position != Position.SINGLETON) {
        spans.get(spans.size() - 1)[1] = end;
        within = position != Position.END;
      } else {
        spans.add(new int[] {phone.firstFrame(), end});
        within = position == Position.BEGIN || position == Position.INTERNAL;
      }
    }
    if (spans.size() != words.length) {
      throw new StjemException(
          "its phones make " + spans.size() + " words, it has " + words.length);
    }
    List<WordTime> times = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      int begin = spans.get(i)[0];
      times.add(new WordTime(words[i], begin, spans.get(i)[1] - begin));
    }
    return times;
  }
}
