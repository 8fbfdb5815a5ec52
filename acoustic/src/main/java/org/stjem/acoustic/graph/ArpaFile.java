package org.stjem.acoustic.graph;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.stjem.frontend.io.ByteText;
import org.stjem.frontend.io.StjemException;

/**
 * Reads an n-gram model in ARPA's form, which may be compressed by gzip:
 *
 * <pre>
 * \data\
 * ngram 1=3                     how many n-grams of each order
 * ngram 2=1
 *
 * \1-grams:
 * -0.5  &lt;s&gt;  -0.3               log10 probability, words, log10 back-off weight
 * -0.6  yes  -0.1
 * -0.4  &lt;/s&gt;
 *
 * \2-grams:                     the highest order has no back-off weights
 * -0.2  &lt;s&gt; yes
 *
 * \end\
 * </pre>
 *
 * Lines before {@code \data\} and behind {@code \end\} are left alone. An n-gram without a back-off
 * weight has 0. What Kaldi's {@code arpa2fst} takes without a word is taken here with a warning:
 * fewer n-grams than the head counts, and orders in which all back-off weights are missing.
 */
final class ArpaFile {
  private static final int MOST_ORDERS = 100;

  /** Logarithms of a probability of 0, as programs write them. */
  private static final Set<String> NO_PROBABILITY = Set.of("-inf", "-infinity");

  private static final double LN_10 = Math.log(10);

  /** Takes the n-grams one after the other. */
  interface Consumer {
    /**
     * Takes an n-gram.
     *
     * @param cost negative natural logarithm of its probability; infinite if it has none
     * @param backoffCost the same of its back-off weight
     * @throws StjemException if it cannot be used; names neither file nor line
     */
    void take(String[] words, float cost, float backoffCost, boolean highest);
  }

  private final Path path;
  private final LineInput in;
  private final Consumer consumer;

  /** How many n-grams the head of the file claims, by order less one. */
  private int[] counts = new int[0];

  private final List<String> warnings = new ArrayList<>();
  private String line;

  private ArpaFile(Path path, InputStream in, Consumer consumer) {
    this.path = path;
    this.in = new LineInput(in);
    this.consumer = consumer;
  }

  /**
   * Reads a file.
   *
   * @return what is odd about it, in whole sentences
   * @throws StjemException if it cannot be read or is malformed; names the file and the line
   */
  static List<String> read(Path path, Consumer consumer) {
    try (InputStream bytes = open(path)) {
      ArpaFile file = new ArpaFile(path, bytes, consumer);
      try {
        file.readHead();
        for (int order = 1; order <= file.counts.length; order++) {
          file.readOrder(order);
        }
        if (!file.line.equals("\\end\\")) {
          throw new StjemException("expected \\end\\ but found '" + brief(file.line) + "'");
        }
      } catch (StjemException e) {
        throw new StjemException(path + " line " + file.in.number() + ": " + e.getMessage(), e);
      }
      return file.warnings;
    } catch (IOException e) {
      throw new StjemException("cannot read " + path + ": " + StjemException.reason(e), e);
    }
  }

  private static InputStream open(Path path) throws IOException {
    InputStream bytes = Files.newInputStream(path);
    boolean compressed;
    try (InputStream start = Files.newInputStream(path)) {
      compressed = start.read() == 0x1f && start.read() == 0x8b;
    }
    try {
      return compressed ? new GZIPInputStream(bytes, 1 << 16) : bytes;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static String brief(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /** Goes to the next line that is not empty; there must be one. */
  private void nextLine(String missing) throws IOException {
    do {
      line = in.readLine();
      if (line == null) {
        throw new StjemException("the file ends without " + missing);
      }
      line = ByteText.strip(line);
    } while (line.isEmpty());
  }

  private void readHead() throws IOException {
    do {
      nextLine("a line \\data\\, with which an ARPA model begins");
    } while (!line.equals("\\data\\"));
    nextLine("n-grams");
    int odd = 0;
    while (!line.startsWith("\\")) {
      if (line.startsWith("ngram")) {
        readCount();
      } else if (odd++ == 0) {
        warnings.add("line " + in.number() + " is not understood: '" + brief(line) + "'");
      }
      nextLine("n-grams");
    }
    if (odd > 1) {
      warnings.add((odd - 1) + " more of the head's lines are not understood");
    }
    if (counts.length == 0) {
      throw new StjemException("behind \\data\\ there is no line like 'ngram 1=1000'");
    }
  }

  private void readCount() {
    String[] fields = ByteText.words(line.replace("=", " = "));
    if (fields.length != 4 || !fields[0].equals("ngram") || !fields[2].equals("=")) {
      throw new StjemException(
          "expected a line like 'ngram 1=1000' but found '" + brief(line) + "'");
    }
    int order = integer(fields[1], "order", 1, MOST_ORDERS);
    int count = integer(fields[3], "number of n-grams", 0, Integer.MAX_VALUE);
    if (order != counts.length + 1) {
      throw new StjemException(
          "the number of "
              + order
              + "-grams stands where that of "
              + (counts.length + 1)
              + "-grams should");
    }
    counts = Arrays.copyOf(counts, order);
    counts[order - 1] = count;
  }

  private static int integer(String text, String what, int least, int most) {
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new StjemException(
        "the " + what + " is '" + brief(text) + "'; it must be from " + least + " to " + most);
  }

  private void readOrder(int order) throws IOException {
    String head = "\\" + order + "-grams:";
    if (!line.equals(head)) {
      throw new StjemException("expected " + head + " but found '" + brief(line) + "'");
    }
    boolean highest = order == counts.length;
    String next = highest ? "\\end\\" : "\\" + (order + 1) + "-grams:";
    int count = 0;
    boolean weights = false;
    nextLine(next);
    while (!line.equals(next)) {
      String[] fields = ByteText.words(line);
      if (fields.length < order + 1 || fields.length > order + (highest ? 1 : 2)) {
        throw new StjemException(
            "'"
                + brief(line)
                + "' is neither "
                + next
                + " nor a "
                + order
                + "-gram"
                + (highest ? "" : " with or without back-off weight"));
      }
      if (++count > counts[order - 1]) {
        throw new StjemException(
            "there are more than the "
                + counts[order - 1]
                + " "
                + order
                + "-grams that \\data\\ counts");
      }
      boolean weight = fields.length == order + 2;
      weights |= weight;
      consumer.take(
          Arrays.copyOfRange(fields, 1, order + 1),
          cost(fields[0], true, "log-probability"),
          weight ? cost(fields[order + 1], false, "back-off weight") : 0,
          highest);
      nextLine(next);
    }
    if (count < counts[order - 1]) {
      warnings.add(
          "there are " + count + " " + order + "-grams, but \\data\\ counts " + counts[order - 1]);
    }
    if (!highest && counts[order] > 0 && !weights) {
      warnings.add(
          "none of the "
              + order
              + "-grams has a back-off weight, so "
              + (order + 1)
              + "-grams that are not there cost nothing more than their last "
              + (order == 1 ? "word" : order + " words"));
    }
  }

  /** Infinite if the probability is 0. */
  private static float cost(String text, boolean zero, String what) {
    if (zero && NO_PROBABILITY.contains(text.toLowerCase(Locale.ROOT))) {
      return Float.POSITIVE_INFINITY;
    }
    try {
      float value = Float.parseFloat(text);
      if (Float.isFinite(value)) {
        return (float) (-value * LN_10);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new StjemException("the " + what + " '" + brief(text) + "' is no finite number");
  }
}
