package org.stjem.acoustic.flatstart;

import java.util.Arrays;
import java.util.Set;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Where the phones of an alignment begin, silence left out.
 *
 * @param phones phone ids
 * @param frames first frame of each
 * @param silentFrames number of frames of silence
 */
record PhoneStarts(int[] phones, int[] frames, int silentFrames) {
  /**
   * Divides an alignment whose transitions that leave a state come before its self-loops.
   *
   * @param silence phones of silence
   */
  static PhoneStarts of(TransitionModel model, int[] transitionIds, Set<Integer> silence) {
    int[] phones = new int[transitionIds.length];
    int[] frames = new int[transitionIds.length];
    int count = 0;
    int silentFrames = 0;
    boolean begins = true;
    for (int t = 0; t < transitionIds.length; t++) {
      int id = transitionIds[t];
      boolean silent = silence.contains(model.phone(id));
      silentFrames += silent ? 1 : 0;
      if (model.isSelfLoop(id)) {
        continue;
      }
      if (begins && !silent) {
        phones[count] = model.phone(id);
        frames[count++] = t;
      }
      begins = model.isFinal(id);
    }
    return new PhoneStarts(
        Arrays.copyOf(phones, count), Arrays.copyOf(frames, count), silentFrames);
  }

  /** Whether the same phones follow each other. */
  boolean hasPhonesOf(PhoneStarts other) {
    return Arrays.equals(phones, other.phones);
  }
}
