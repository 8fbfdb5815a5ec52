package org.stjem.acoustic.recognition;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.stjem.acoustic.decode.WordBoundaries;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/** Which phones of a graph folder are silence or noise. */
final class SilencePhones {
  private SilencePhones() {}

  /**
   * Those of {@code phones/silence.csl}, else those that {@code phones/word_boundary.int}, else the
   * names in {@code phones.txt} say to be in no word; none if nothing tells.
   *
   * @throws StjemException if the file cannot be read
   */
  static Set<Integer> of(Path folder) {
    Path list = folder.resolve("phones/silence.csl");
    if (Files.exists(list)) {
      return read(list);
    }
    Path positions = folder.resolve("phones/word_boundary.int");
    Path names = folder.resolve("phones.txt");
    WordBoundaries boundaries = null;
    if (Files.exists(positions)) {
      boundaries = WordBoundaries.read(positions);
    } else if (Files.exists(names)) {
      boundaries = WordBoundaries.ofPhones(names);
    }
    return boundaries == null ? Set.of() : boundaries.phonesOfNoWord();
  }

  private static Set<Integer> read(Path list) {
    try {
      String text = TextFile.read(list).strip();
      return Arrays.stream(text.split(":", -1))
          .map(Integer::valueOf)
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new StjemException("cannot read " + list + ": " + StjemException.reason(e), e);
    } catch (NumberFormatException e) {
      throw new StjemException(list + " must have numbers of phones divided by colons, 1:2:3", e);
    }
  }
}
