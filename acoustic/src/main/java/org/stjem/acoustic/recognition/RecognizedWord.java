package org.stjem.acoustic.recognition;

import java.util.List;

/**
 * A word that was heard.
 *
 * @param begin seconds from the begin of the recording
 * @param end seconds
 * @param confidence probability that it is right, from 0 to 1
 * @param alternatives what else may have been said there, the most probable first
 */
public record RecognizedWord(
    String word, double begin, double end, double confidence, List<Alternative> alternatives) {

  /** The same word so many seconds later. */
  RecognizedWord later(double seconds) {
    return new RecognizedWord(word, begin + seconds, end + seconds, confidence, alternatives);
  }

  /**
   * Another word in the same place.
   *
   * @param word empty for no word
   * @param posterior its probability by the lattice
   */
  public record Alternative(String word, double posterior) {}
}
