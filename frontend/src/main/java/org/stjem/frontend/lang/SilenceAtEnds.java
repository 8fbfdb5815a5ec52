package org.stjem.frontend.lang;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.io.TextFile;

/**
 * How likely silence is at the ends of utterances: Kaldi's {@code silprob.txt}, with lines {@code
 * <s> 0.99}, {@code </s>_s 2.5}, {@code </s>_n 0.007} and {@code overall 0.2}.
 *
 * @param beginning probability of silence before the first word, above 0 and below 1
 * @param endFactor above 0: by how much likelier the end is than elsewhere behind silence
 * @param noSilenceEndFactor above 0: the same behind a word
 */
record SilenceAtEnds(double beginning, double endFactor, double noSilenceEndFactor) {
  private static final List<String> LABELS = List.of("<s>", "</s>_s", "</s>_n", "overall");

  /**
   * Reads the file.
   *
   * @throws StjemException if it cannot be read, or a line is malformed or missing
   */
  static SilenceAtEnds read(Path path) {
    Map<String, Double> values = new HashMap<>();
    try {
      int number = 0;
      for (String line : TextFile.lines(path)) {
        number++;
        String[] fields = ByteText.words(line);
        if (fields.length != 2 || !LABELS.contains(fields[0])) {
          throw new StjemException(
              path + " line " + number + " must be one of " + LABELS + " and a number");
        }
        boolean probability = fields[0].equals("<s>") || fields[0].equals("overall");
        values.put(
            fields[0],
            LexiconFile.positive(
                fields[1],
                probability ? 1 : Double.POSITIVE_INFINITY,
                path + " line " + number,
                "behind " + fields[0]));
      }
    } catch (IOException e) {
      throw new StjemException("cannot read " + path + ": " + StjemException.reason(e), e);
    }
    for (String label : LABELS) {
      if (!values.containsKey(label)) {
        throw new StjemException(path + " has no line " + label);
      }
    }
    return new SilenceAtEnds(values.get("<s>"), values.get("</s>_s"), values.get("</s>_n"));
  }
}
