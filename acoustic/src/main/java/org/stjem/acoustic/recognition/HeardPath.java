package org.stjem.acoustic.recognition;

import java.util.Arrays;
import java.util.List;

/**
 * The words of a recording, or of an utterance in it, and the path behind them.
 *
 * @param recognition the words
 * @param settled so many of the first words would stay if more audio came whose scores leave those
 *     so far as they are
 * @param transitionIds one for each frame
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
public record HeardPath(Recognition recognition, int settled, int[] transitionIds) {
  /**
   * One recording of its utterances, of which all but the last have ended.
   *
   * @param utterances at least one, in order
   */
  public static HeardPath joined(List<HeardPath> utterances) {
    HeardPath last = utterances.get(utterances.size() - 1);
    Recognition all = Recognition.joined(utterances.stream().map(HeardPath::recognition).toList());
    return new HeardPath(
        all,
        all.words().size() - last.recognition.words().size() + last.settled,
        utterances.stream().flatMapToInt(one -> Arrays.stream(one.transitionIds)).toArray());
  }
}
