package org.stjem.acoustic.wer;

import java.util.ArrayList;
import java.util.List;

/**
 * The matched-pairs sentence-segment word error test of two systems (Gillick and Cox, "Some
 * statistical issues in the comparison of speech recognition algorithms", 1989), as NIST's {@code
 * sc_stats -t mapsswe} computes it (sclite/mtchprs.c).
 *
 * <p>Sentences are cut where both systems have two words in a row right, so that the errors of the
 * resulting segments are independent; tested is whether the mean difference of the two systems'
 * errors per segment is 0. Words are aligned with {@link WordAlignment.Weights#NIST}.
 *
 * @param segments segments in which at least one system has an error
 * @param mean mean of the first system's errors less the second's, per segment
 * @param standardDeviation of that difference
 * @param z mean over its standard error; 0 if the differences do not vary
 */
public record SegmentTest(int segments, double mean, double standardDeviation, double z) {
  private static final int GOOD_WORDS_BETWEEN_SEGMENTS = 2;

  /** Compares two of the systems in {@code transcripts}. */
  public static SegmentTest of(Transcripts transcripts, int first, int second) {
    List<Integer> differences = new ArrayList<>();
    for (Transcripts.Utterance utterance : transcripts.utterances()) {
      Mistakes one = Mistakes.of(utterance, first);
      Mistakes other = Mistakes.of(utterance, second);
      addSegments(utterance.reference().size(), one, other, differences);
    }
    int segments = differences.size();
    if (segments == 0) {
      return new SegmentTest(0, 0, 0, 0);
    }
    double mean = differences.stream().mapToInt(Integer::intValue).average().orElseThrow();
    double squares = differences.stream().mapToDouble(d -> (d - mean) * (d - mean)).sum();
    if (squares == 0) {
      return new SegmentTest(segments, mean, 0, 0);
    }
    double deviation = Math.sqrt(squares / (segments - 1));
    return new SegmentTest(segments, mean, deviation, mean / (deviation / Math.sqrt(segments)));
  }

  /** Errors of one system in one sentence, by the word of the reference that they belong to. */
  @SuppressWarnings("ArrayRecordComponent") // lives within one call
  private record Mistakes(boolean[] wrong, int[] insertedBefore) {

    static Mistakes of(Transcripts.Utterance utterance, int system) {
      int words = utterance.reference().size();
      Mistakes mistakes = new Mistakes(new boolean[words], new int[words + 1]);
      int word = 0;
      for (WordAlignment.Pair pair :
          WordAlignment.of(
                  utterance.reference(),
                  utterance.hypotheses().get(system),
                  WordAlignment.Weights.NIST)
              .pairs()) {
        if (pair.operation() == 'I') {
          mistakes.insertedBefore[word]++;
        } else {
          mistakes.wrong[word++] = pair.operation() != 'C';
        }
      }
      return mistakes;
    }

    int at(int word) {
      return insertedBefore[word] + (word < wrong.length && wrong[word] ? 1 : 0);
    }
  }

  private static void addSegments(
      int words, Mistakes one, Mistakes other, List<Integer> differences) {
    int difference = 0;
    boolean open = false;
    int good = 0;
    for (int word = 0; word <= words; word++) {
      boolean inserted = one.insertedBefore[word] + other.insertedBefore[word] > 0;
      boolean wrong = word < words && (one.wrong[word] || other.wrong[word]);
      difference += one.at(word) - other.at(word);
      open |= inserted || wrong;
      good = wrong ? 0 : (inserted ? 0 : good) + 1;
      if (open && (word == words || good >= GOOD_WORDS_BETWEEN_SEGMENTS)) {
        differences.add(difference);
        difference = 0;
        open = false;
      }
    }
  }

  /** The two-sided probability of such a z if both systems were equally good. */
  public double p() {
    return complementaryErrorFunction(Math.abs(z) / Math.sqrt(2));
  }

  /** Abramowitz and Stegun, 7.1.26: off by less than 1.5e-7 for x of 0 or more. */
  private static double complementaryErrorFunction(double x) {
    double t = 1 / (1 + 0.3275911 * x);
    double polynomial =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    return polynomial * Math.exp(-x * x);
  }
}
