package org.stjem.acoustic.flatstart;

import java.util.Arrays;
import java.util.Set;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * What is known of an utterance's frames.
 *
 * @param pdfs one per frame
 */
record UtteranceLabels(int[] pdfs, PhoneStarts starts) {
  /** Reads an alignment. */
  static UtteranceLabels of(TransitionModel model, Set<Integer> silence, int... transitionIds) {
    return new UtteranceLabels(
        model.pdfs(transitionIds), PhoneStarts.of(model, transitionIds, silence));
  }

  /** All numbers in one row, as a table keeps them. */
  int[] encode() {
    int phones = starts.phones().length;
    int[] row = new int[2 + 2 * phones + pdfs.length];
    row[0] = phones;
    row[1] = starts.silentFrames();
    System.arraycopy(starts.phones(), 0, row, 2, phones);
    System.arraycopy(starts.frames(), 0, row, 2 + phones, phones);
    System.arraycopy(pdfs, 0, row, 2 + 2 * phones, pdfs.length);
    return row;
  }

  /** Reads what {@link #encode} has made. */
  static UtteranceLabels decode(int... row) {
    int phones = row[0];
    return new UtteranceLabels(
        Arrays.copyOfRange(row, 2 + 2 * phones, row.length),
        new PhoneStarts(
            Arrays.copyOfRange(row, 2, 2 + phones),
            Arrays.copyOfRange(row, 2 + phones, 2 + 2 * phones),
            row[1]));
  }
}
