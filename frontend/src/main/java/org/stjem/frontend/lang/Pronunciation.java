package org.stjem.frontend.lang;

import java.util.List;

/**
 * One way to pronounce a word.
 *
 * @param probability greater than 0, at most 1
 * @param phones one or more
 */
public record Pronunciation(String word, double probability, List<String> phones) {
  /** The same with other phones. */
  Pronunciation with(List<String> others) {
    return new Pronunciation(word, probability, others);
  }
}
