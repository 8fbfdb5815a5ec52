package org.stjem.acoustic.tying;

import java.io.IOException;
import org.stjem.frontend.kaldi.KaldiOutput;
import org.stjem.frontend.kaldi.TreeNode;

/**
 * A state of a phone in its context (EventType in tree/event-map.h).
 *
 * @param pdfClass of the state
 * @param phones the window of phones, 0 beyond the ends of an utterance; {@link #ABSENT} where the
 *     phone's context does not count
 */
record ContextState(int pdfClass, int... phones) implements Comparable<ContextState> {
  static final int ABSENT = -1;

  /** What a question about {@code key} is about, or {@link #ABSENT}. */
  int value(int key) {
    return key == TreeNode.PDF_CLASS ? pdfClass : phones[key];
  }

  int pdf(TreeNode tree) {
    return tree.pdf(phones, pdfClass);
  }

  /** The order of Kaldi's statistics, which decides how sums are rounded. */
  @Override
  public int compareTo(ContextState other) {
    int order = Integer.compare(pdfClass, other.pdfClass);
    for (int i = 0; order == 0 && i < phones.length; i++) {
      if ((phones[i] == ABSENT) != (other.phones[i] == ABSENT)) {
        return phones[i] == ABSENT ? 1 : -1;
      }
      order = Integer.compare(phones[i], other.phones[i]);
    }
    return order;
  }

  void write(KaldiOutput out) throws IOException {
    int size = 1;
    for (int phone : phones) {
      size += phone == ABSENT ? 0 : 1;
    }
    out.writeText("EV ");
    out.write(TreeNode.UNSIGNED_WIDTH);
    out.writeInt32(size);
    out.writeSizedInt32(TreeNode.PDF_CLASS);
    out.writeSizedInt32(pdfClass);
    for (int i = 0; i < phones.length; i++) {
      if (phones[i] != ABSENT) {
        out.writeSizedInt32(i);
        out.writeSizedInt32(phones[i]);
      }
    }
  }
}
