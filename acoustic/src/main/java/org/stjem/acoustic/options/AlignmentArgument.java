package org.stjem.acoustic.options;

import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Option;

/** What the values of alignments are: transition-ids of a model, or pdf-ids. */
public final class AlignmentArgument {
  @Option(
      names = "--transition-model",
      paramLabel = "FILE",
      description =
          "model that maps the alignment's transition-ids to pdf-ids (default: it holds pdf-ids)")
  private String transitionModel;

  /** Whether a model was given. */
  public boolean isGiven() {
    return transitionModel != null;
  }

  /**
   * Reads the model, if one was given.
   *
   * @throws org.stjem.frontend.io.StjemException if it cannot be read
   */
  public PdfMap read() {
    return new PdfMap(isGiven() ? TransitionModel.read(transitionModel) : null);
  }

  /** Makes pdf-ids of the values of an alignment. */
  public static final class PdfMap {
    private final TransitionModel transitions;

    private PdfMap(TransitionModel transitions) {
      this.transitions = transitions;
    }

    /** Number of pdfs of the model, 0 if there is none. */
    public int numPdfs() {
      return transitions == null ? 0 : transitions.numPdfs();
    }

    /**
     * The pdf-id of each frame.
     *
     * @throws org.stjem.frontend.io.StjemException if a value is no transition-id of the model
     */
    public int[] pdfs(int[] alignment) {
      return transitions == null ? alignment : transitions.pdfs(alignment);
    }
  }
}
