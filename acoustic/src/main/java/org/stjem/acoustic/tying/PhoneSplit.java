package org.stjem.acoustic.tying;

import java.util.List;
import org.stjem.acoustic.decode.PhoneSpans;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * An alignment as a sequence of phones (SplitToPhones in hmm/hmm-utils.cc).
 *
 * @param reordered whether transitions that leave a state come before its self-loops
 */
record PhoneSplit(List<PhoneSpans.Span> spans, boolean reordered) {
  /**
   * Splits an alignment.
   *
   * @param transitionIds one per frame
   * @throws EntryException if they are not whole phones of the model
   */
  static PhoneSplit of(TransitionModel model, int... transitionIds) {
    try {
      model.pdfs(transitionIds);
    } catch (StjemException e) {
      throw new EntryException(e.getMessage(), e);
    }
    boolean reordered = PhoneSpans.isReordered(transitionIds, model);
    List<PhoneSpans.Span> spans = new PhoneSpans(model, reordered).of(transitionIds, true);
    for (PhoneSpans.Span span : spans) {
      int begin = span.firstFrame();
      boolean complete = model.hmmState(transitionIds[begin]) == 0;
      boolean ends = false;
      for (int t = begin; t < begin + span.frames(); t++) {
        complete &= model.phone(transitionIds[t]) == span.id();
        ends |= model.isFinal(transitionIds[t]);
      }
      if (!complete || !ends) {
        throw new EntryException(
            "the alignment has no whole phone in frames "
                + begin
                + " to "
                + (begin + span.frames() - 1)
                + "; is it of this model?");
      }
    }
    return new PhoneSplit(spans, reordered);
  }

  /**
   * The phones around one.
   *
   * @param index of the phone
   * @param width number of phones in the window
   * @param position of the phone in the window
   * @return phone ids, 0 beyond the ends
   */
  int[] window(int index, int width, int position) {
    int[] window = new int[width];
    for (int i = 0; i < width; i++) {
      int at = index + i - position;
      window[i] = at < 0 || at >= spans.size() ? 0 : spans.get(at).id();
    }
    return window;
  }
}
