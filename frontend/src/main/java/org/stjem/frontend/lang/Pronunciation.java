package org.stjem.frontend.lang;

import java.util.List;

/**
 * One way to pronounce a word.
 *
 * @param probability greater than 0, at most 1
 * @param silence how likely silence is around it; null where all words have the same probability
 * @param phones one or more
 */
public record Pronunciation(String word, double probability, Silence silence, List<String> phones) {
  /**
   * How likely silence is around a word (Kaldi's {@code lexiconp_silprob.txt}).
   *
   * @param after probability that silence follows, above 0 and below 1
   * @param beforeFactor above 0: by how much likelier the word is than elsewhere behind silence
   * @param notBeforeFactor above 0: the same where no silence is before it
   */
  public record Silence(double after, double beforeFactor, double notBeforeFactor) {}

  /** A word around which silence is as likely as around any other. */
  Pronunciation(String word, double probability, List<String> phones) {
    this(word, probability, null, phones);
  }

  /** The same with other phones. */
  Pronunciation with(List<String> others) {
    return new Pronunciation(word, probability, silence, others);
  }
}
