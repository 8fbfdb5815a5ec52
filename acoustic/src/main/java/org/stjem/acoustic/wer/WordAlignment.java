package org.stjem.acoustic.wer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The words of a reference and a hypothesis side by side, as Kaldi's {@code align-text} pairs them
 * (util/edit-distance-inl.h) and {@code utils/scoring/wer_per_utt_details.pl} prints them.
 */
public final class WordAlignment {
  /** Stands for the missing word of an insertion or deletion. */
  public static final String NO_WORD = "***";

  /** What an alignment costs, and which of equally cheap ones is taken. */
  public enum Weights {
    /** Every error counts 1; from the end a deletion is taken before an insertion. */
    KALDI(1, 1, true),
    /**
     * A substitution counts 4, an insertion or deletion 3, as in NIST's {@code sclite}; from the
     * end an insertion is taken before a deletion.
     */
    NIST(4, 3, false);

    private final int substitution;
    private final int gap;
    private final boolean deletionFirst;

    Weights(int substitution, int gap, boolean deletionFirst) {
      this.substitution = substitution;
      this.gap = gap;
      this.deletionFirst = deletionFirst;
    }
  }

  /**
   * One column of the alignment.
   *
   * @param operation {@code C} correct, {@code S} substitution, {@code I} insertion, {@code D}
   *     deletion
   * @param reference word of the reference; {@link #NO_WORD} for an insertion
   * @param hypothesis word of the hypothesis; {@link #NO_WORD} for a deletion
   */
  public record Pair(char operation, String reference, String hypothesis) {}

  private final List<Pair> pairs;

  private WordAlignment(List<Pair> pairs) {
    this.pairs = Collections.unmodifiableList(pairs);
  }

  /** Aligns two word sequences with the fewest errors: with {@link Weights#KALDI}. */
  public static WordAlignment of(List<String> reference, List<String> hypothesis) {
    return of(reference, hypothesis, Weights.KALDI);
  }

  /**
   * Aligns two word sequences at the least cost; among equals a substitution is taken first, from
   * the end. Time and memory are proportional to the product of the lengths.
   */
  public static WordAlignment of(List<String> reference, List<String> hypothesis, Weights weights) {
    int[][] costs = costs(reference, hypothesis, weights);
    List<Pair> reversed = new ArrayList<>();
    int r = reference.size();
    int h = hypothesis.size();
    while (r > 0 || h > 0) {
      boolean matches = false;
      boolean deletes = h == 0;
      if (r > 0 && h > 0) {
        int differs = reference.get(r - 1).equals(hypothesis.get(h - 1)) ? 0 : weights.substitution;
        int matching = costs[r - 1][h - 1] + differs;
        int deleting = costs[r - 1][h] + weights.gap;
        int inserting = costs[r][h - 1] + weights.gap;
        matches = matching <= Math.min(deleting, inserting);
        deletes = deleting < inserting || deleting == inserting && weights.deletionFirst;
      }
      if (matches) {
        String word = reference.get(--r);
        String other = hypothesis.get(--h);
        reversed.add(new Pair(word.equals(other) ? 'C' : 'S', word, other));
      } else if (deletes) {
        reversed.add(new Pair('D', reference.get(--r), NO_WORD));
      } else {
        reversed.add(new Pair('I', NO_WORD, hypothesis.get(--h)));
      }
    }
    Collections.reverse(reversed);
    return new WordAlignment(reversed);
  }

  /** The least costs of all beginnings of the reference (rows) and the hypothesis (columns). */
  private static int[][] costs(List<String> reference, List<String> hypothesis, Weights weights) {
    int[][] costs = new int[reference.size() + 1][hypothesis.size() + 1];
    for (int h = 1; h < costs[0].length; h++) {
      costs[0][h] = h * weights.gap;
    }
    for (int r = 1; r < costs.length; r++) {
      costs[r][0] = r * weights.gap;
      for (int h = 1; h < costs[0].length; h++) {
        int differs = reference.get(r - 1).equals(hypothesis.get(h - 1)) ? 0 : weights.substitution;
        int unmatched = Math.min(costs[r - 1][h], costs[r][h - 1]) + weights.gap;
        costs[r][h] = Math.min(costs[r - 1][h - 1] + differs, unmatched);
      }
    }
    return costs;
  }

  /** The columns in order. */
  public List<Pair> pairs() {
    return pairs;
  }

  /**
   * The alignment as four lines: reference, hypothesis, operations, and the counts of correct,
   * substituted, inserted and deleted words.
   */
  public String details(String key) {
    StringBuilder reference = new StringBuilder();
    StringBuilder hypothesis = new StringBuilder();
    StringBuilder operations = new StringBuilder();
    int[] counts = new int[4];
    for (Pair pair : pairs) {
      int width =
          Math.max(
              pair.reference.codePointCount(0, pair.reference.length()),
              pair.hypothesis.codePointCount(0, pair.hypothesis.length()));
      reference.append(reference.length() == 0 ? "" : "  ");
      hypothesis.append(hypothesis.length() == 0 ? "" : "  ");
      operations.append(operations.length() == 0 ? "" : "  ");
      centre(reference, pair.reference, width);
      centre(hypothesis, pair.hypothesis, width);
      centre(operations, String.valueOf(pair.operation), width);
      counts["CSID".indexOf(pair.operation)]++;
    }
    return String.format(
        Locale.ROOT,
        "%1$s ref  %2$s\n%1$s hyp  %3$s\n%1$s op   %4$s\n%1$s #csid %5$d %6$d %7$d %8$d\n",
        key,
        reference,
        hypothesis,
        operations,
        counts[0],
        counts[1],
        counts[2],
        counts[3]);
  }

  private static void centre(StringBuilder line, String text, int width) {
    int missing = width - text.codePointCount(0, text.length());
    int right = missing / 2;
    line.append(" ".repeat(missing - right)).append(text).append(" ".repeat(right));
  }
}
