package org.stjem.acoustic.recognition;

import java.util.List;

/**
 * What was made of a recording.
 *
 * @param key name of the recording
 * @param words in order
 * @param seconds length of the recording
 * @param reachedFinal whether the words are a whole sentence of the graph, rather than the begin of
 *     one
 */
public record Recognition(
    String key, List<RecognizedWord> words, double seconds, boolean reachedFinal) {

  /**
   * One recording of its utterances.
   *
   * @param utterances at least one, in order
   */
  public static Recognition joined(List<Recognition> utterances) {
    Recognition last = utterances.get(utterances.size() - 1);
    return new Recognition(
        last.key,
        utterances.stream().flatMap(utterance -> utterance.words.stream()).toList(),
        last.seconds,
        last.reachedFinal);
  }

  /** The words, with spaces between. */
  public String text() {
    return String.join(" ", words.stream().map(RecognizedWord::word).toList());
  }
}
