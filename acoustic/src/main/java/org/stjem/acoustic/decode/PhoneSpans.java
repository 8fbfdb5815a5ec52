package org.stjem.acoustic.decode;

import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Divides alignments into phones (hmm/hmm-utils.h, SplitToPhones). Where models are reordered, the
 * self-loops of a phone's last state follow the transition that leaves it.
 */
public final class PhoneSpans {
  /**
   * A phone of an alignment.
   *
   * @param id phone id
   * @param firstFrame its first frame
   * @param frames number of its frames
   */
  public record Span(int id, int firstFrame, int frames) {}

  private final TransitionModel model;
  private final boolean reordered;

  public PhoneSpans(TransitionModel model, boolean reordered) {
    this.model = model;
    this.reordered = reordered;
  }

  /** Whether an alignment shows that models are reordered. */
  public static boolean isReordered(int[] transitionIds, TransitionModel model) {
    for (int i = 1; i < transitionIds.length; i++) {
      if (!model.isSelfLoop(transitionIds[i - 1])
          && isLoopOf(transitionIds[i], transitionIds[i - 1], model)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The phones in order.
   *
   * @param toTheEnd whether the alignment ends there; otherwise the last phone is left out unless
   *     the ids tell that it is complete
   */
  public List<Span> of(int[] transitionIds, boolean toTheEnd) {
    List<Span> phones = new ArrayList<>();
    int begin = 0;
    for (int frame = 0; frame < transitionIds.length; frame++) {
      int id = transitionIds[frame];
      boolean ends = toTheEnd && frame == transitionIds.length - 1;
      if (model.isFinal(id)) {
        int end = frame;
        while (reordered
            && end + 1 < transitionIds.length
            && isLoopOf(transitionIds[end + 1], id, model)) {
          end++;
        }
        frame = end;
        ends = toTheEnd || !reordered || end + 1 < transitionIds.length;
      }
      if (ends) {
        phones.add(new Span(model.phone(id), begin, frame + 1 - begin));
        begin = frame + 1;
      }
    }
    return phones;
  }

  private static boolean isLoopOf(int loop, int id, TransitionModel model) {
    return model.isSelfLoop(loop) && model.transitionState(loop) == model.transitionState(id);
  }
}
