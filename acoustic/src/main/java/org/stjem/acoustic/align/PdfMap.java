package org.stjem.acoustic.align;

import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.TransitionModel;

/** Makes pdf-ids of the values of an alignment: of transition-ids, or of pdf-ids themselves. */
public final class PdfMap {
  private final TransitionModel transitions;

  private PdfMap(TransitionModel transitions) {
    this.transitions = transitions;
  }

  /** For alignments that hold pdf-ids. */
  public static PdfMap ofPdfs() {
    return new PdfMap(null);
  }

  /** For alignments that hold the transition-ids of a model. */
  public static PdfMap ofTransitionIds(TransitionModel model) {
    return new PdfMap(model);
  }

  /** Number of pdfs of the transition model, 0 if there is none. */
  public int numPdfs() {
    return transitions == null ? 0 : transitions.numPdfs();
  }

  /**
   * The pdf-id of each frame.
   *
   * @throws LabelException if a value is no transition-id of the model
   */
  public int[] pdfs(int[] alignment) {
    if (transitions == null) {
      return alignment;
    }
    try {
      return transitions.pdfs(alignment);
    } catch (StjemException e) {
      throw new LabelException(e.getMessage());
    }
  }
}
