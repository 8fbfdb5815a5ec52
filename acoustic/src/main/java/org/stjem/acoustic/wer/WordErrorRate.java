package org.stjem.acoustic.wer;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/**
 * Word and sentence error rate of hypotheses against references, with the counts and the wording of
 * Kaldi's {@code compute-wer} (bin/compute-wer.cc).
 */
public final class WordErrorRate {
  /** What to do with references that have no hypothesis. */
  public enum Mode {
    /** Leave them out. */
    PRESENT,
    /** Take their hypotheses as empty. */
    ALL,
    /** Refuse to score. */
    STRICT;

    /** The name that options take. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private long words;
  private long insertions;
  private long deletions;
  private long substitutions;
  private long sentences;
  private long wrongSentences;
  private long absent;

  private WordErrorRate() {}

  /** Scores the hypotheses of one system. */
  public static WordErrorRate of(Transcripts transcripts, int system) {
    WordErrorRate result = new WordErrorRate();
    for (Transcripts.Utterance utterance : transcripts.utterances()) {
      result.add(utterance.reference(), utterance.hypotheses().get(system));
    }
    result.absent = transcripts.absent();
    return result;
  }

  /**
   * Scores given hypotheses.
   *
   * @param hypotheses one for each utterance of {@code transcripts}
   */
  static WordErrorRate of(Transcripts transcripts, List<List<String>> hypotheses) {
    WordErrorRate result = new WordErrorRate();
    for (int i = 0; i < hypotheses.size(); i++) {
      result.add(transcripts.utterances().get(i).reference(), hypotheses.get(i));
    }
    result.absent = transcripts.absent();
    return result;
  }

  /** The rate over the sentences of both. */
  WordErrorRate plus(WordErrorRate other) {
    WordErrorRate sum = new WordErrorRate();
    sum.words = words + other.words;
    sum.insertions = insertions + other.insertions;
    sum.deletions = deletions + other.deletions;
    sum.substitutions = substitutions + other.substitutions;
    sum.sentences = sentences + other.sentences;
    sum.wrongSentences = wrongSentences + other.wrongSentences;
    sum.absent = absent + other.absent;
    return sum;
  }

  private void add(List<String> reference, List<String> hypothesis) {
    WordErrors errors = WordErrors.count(reference, hypothesis);
    words += reference.size();
    insertions += errors.insertions();
    deletions += errors.deletions();
    substitutions += errors.substitutions();
    sentences++;
    wrongSentences += reference.equals(hypothesis) ? 0 : 1;
  }

  /** Words of the scored references. */
  public long words() {
    return words;
  }

  /** Insertions, deletions and substitutions together. */
  public long errors() {
    return insertions + deletions + substitutions;
  }

  public long insertions() {
    return insertions;
  }

  public long deletions() {
    return deletions;
  }

  public long substitutions() {
    return substitutions;
  }

  /** Sentences scored. */
  public long sentences() {
    return sentences;
  }

  /** Sentences scored that have an error. */
  public long wrongSentences() {
    return wrongSentences;
  }

  /** References without a hypothesis. */
  public long absent() {
    return absent;
  }

  /** Errors per hundred words of the references; NaN if there are no words and no errors. */
  public double percent() {
    return 100.0 * errors() / words;
  }

  /** The line {@code %WER 12.34 [ e / n, i ins, d del, s sub ]} of {@code compute-wer}. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "%%WER %s [ %d / %d, %d ins, %d del, %d sub ]%s",
        twoDecimals(errors(), words),
        errors(),
        words,
        insertions,
        deletions,
        substitutions,
        absent == 0 ? "" : " [PARTIAL]");
  }

  /** The three lines of {@code compute-wer}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s\n%%SER %s [ %d / %d ]\nScored %d sentences, %d not present in hyp.",
        line(),
        twoDecimals(wrongSentences, sentences),
        wrongSentences,
        sentences,
        sentences,
        absent);
  }

  /** A percentage as C++ streams print it: of a float, ties to even. */
  private static String twoDecimals(long part, long whole) {
    if (whole == 0) {
      return part == 0 ? "-nan" : "inf";
    }
    float percent = (float) (100.0 * (float) part / (float) whole);
    return new BigDecimal(percent).setScale(2, RoundingMode.HALF_EVEN).toString();
  }
}
