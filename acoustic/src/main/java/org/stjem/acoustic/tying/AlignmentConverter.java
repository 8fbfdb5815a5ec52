package org.stjem.acoustic.tying;

import org.stjem.acoustic.decode.PhoneSpans;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.TransitionModel;

/**
 * Carries alignments over to the transition-ids of another model with the same topology
 * (ConvertAlignment in hmm/hmm-utils.cc). Transitions that leave a state come before its self-loops
 * in the result. Thread-safe.
 */
public final class AlignmentConverter {
  private final TransitionModel from;
  private final TransitionModel to;
  private final ContextDependency tree;

  /**
   * Prepares to convert.
   *
   * @param tree of the new model
   * @throws StjemException if a phone of the old model has another HMM in the new one
   */
  public AlignmentConverter(TransitionModel from, TransitionModel to, ContextDependency tree) {
    if (!from.topology().isLike(to.topology())) {
      throw new StjemException("the models have different topologies");
    }
    if (tree.numPdfs() != to.numPdfs()) {
      throw new StjemException(
          "the tree has "
              + tree.numPdfs()
              + " pdfs, but the new model has "
              + to.numPdfs()
              + "; they do not belong together");
    }
    this.from = from;
    this.to = to;
    this.tree = tree;
  }

  /**
   * The same states in the same frames.
   *
   * @param transitionIds of the old model, one per frame
   * @return of the new one
   * @throws EntryException if they are no whole phones of the old model
   */
  public int[] convert(int... transitionIds) {
    PhoneSplit split = PhoneSplit.of(from, transitionIds);
    int[] converted = new int[transitionIds.length];
    for (int i = 0; i < split.spans().size(); i++) {
      PhoneSpans.Span span = split.spans().get(i);
      int[] window = split.window(i, tree.width(), tree.centralPosition());
      int end = span.firstFrame() + span.frames();
      for (int t = span.firstFrame(); t < end; t++) {
        converted[t] = convert(transitionIds[t], window);
      }
      if (!split.reordered()) {
        reorder(converted, span.firstFrame(), end);
      }
    }
    return converted;
  }

  private int convert(int id, int... window) {
    int phone = from.phone(id);
    int state = from.hmmState(id);
    int pdf = tree.pdf(window, from.topology().pdfClass(phone, state));
    int loopPdf = tree.pdf(window, from.topology().selfLoopPdfClass(phone, state));
    return to.firstTransitionId(phone, state, pdf, loopPdf) + from.transitionIndex(id);
  }

  /** Puts the transition that leaves a state before its self-loops. */
  private void reorder(int[] ids, int begin, int end) {
    int first = begin;
    for (int t = begin; t < end; t++) {
      if (!to.isSelfLoop(ids[t])) {
        int leaving = ids[t];
        System.arraycopy(ids, first, ids, first + 1, t - first);
        ids[first] = leaving;
        first = t + 1;
      }
    }
  }
}
