package org.stjem.acoustic.wer;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.stjem.frontend.kaldi.KeyOrder;

/**
 * How often each word was recognised as which: the confusion pairs, with correct, inserted and
 * deleted words, as {@code utils/scoring/wer_ops_details.pl} counts and prints them.
 */
public final class WordPairs {
  private static final int WIDEST_WORD = 16;

  private final List<Count> counts;

  /**
   * One kind of pair.
   *
   * @param pair the words and what became of them
   * @param times how often it occurs
   */
  public record Count(WordAlignment.Pair pair, long times) {

    /** {@code correct}, {@code substitution}, {@code insertion} or {@code deletion}. */
    public String operation() {
      return switch (pair.operation()) {
        case 'C' -> "correct";
        case 'S' -> "substitution";
        case 'I' -> "insertion";
        default -> "deletion";
      };
    }
  }

  private WordPairs(List<Count> counts) {
    this.counts = counts;
  }

  /** Counts the pairs of one system. */
  public static WordPairs of(Transcripts transcripts, int system) {
    Map<WordAlignment.Pair, Long> times = new HashMap<>();
    for (Transcripts.Utterance utterance : transcripts.utterances()) {
      List<String> hypothesis = utterance.hypotheses().get(system);
      for (WordAlignment.Pair pair : WordAlignment.of(utterance.reference(), hypothesis).pairs()) {
        times.merge(pair, 1L, Long::sum);
      }
    }
    return new WordPairs(
        times.entrySet().stream()
            .map(entry -> new Count(entry.getKey(), entry.getValue()))
            .sorted(
                Comparator.comparing(Count::operation)
                    .thenComparing(Count::times, Comparator.reverseOrder())
                    .thenComparing(count -> count.pair.reference(), KeyOrder::compare)
                    .thenComparing(count -> count.pair.hypothesis(), KeyOrder::compare))
            .collect(Collectors.toList()));
  }

  /** The {@code number} most frequent pairs with an error, the most frequent first. */
  public List<Count> confusions(int number) {
    return counts.stream()
        .filter(count -> count.pair.operation() != 'C')
        .sorted(Comparator.comparing(Count::times, Comparator.reverseOrder()))
        .limit(number)
        .collect(Collectors.toList());
  }

  /**
   * A line per pair: operation, reference, hypothesis, times; by operation, frequent ones first.
   */
  @Override
  public String toString() {
    int width = 0;
    int digits = 0;
    for (Count count : counts) {
      width = Math.max(width, length(count.pair.reference()));
      width = Math.max(width, length(count.pair.hypothesis()));
      digits = Math.max(digits, Long.toString(count.times).length());
    }
    width = Math.min(width, WIDEST_WORD);
    StringBuilder out = new StringBuilder();
    for (Count count : counts) {
      out.append(String.format(Locale.ROOT, "%-14s", count.operation()));
      padded(out, count.pair.reference(), width).append("    ");
      padded(out, count.pair.hypothesis(), width).append("    ");
      padded(out, Long.toString(count.times), digits).append('\n');
    }
    return out.toString();
  }

  private static int length(String word) {
    return word.codePointCount(0, word.length());
  }

  private static StringBuilder padded(StringBuilder out, String text, int width) {
    return out.append(" ".repeat(Math.max(0, width - length(text)))).append(text);
  }
}
