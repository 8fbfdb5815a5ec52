package org.stjem.acoustic.options;

import org.slf4j.Logger;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Option;

/** What the values of alignments are, and how many of them may be wrong. */
public final class AlignmentArgument {
  @Option(
      names = "--transition-model",
      paramLabel = "FILE",
      description =
          "model, such as final.mdl, that maps the alignment's transition-ids to pdf-ids (default:"
              + " it holds pdf-ids)")
  private String transitionModel;

  @Option(
      names = "--max-failed",
      paramLabel = "SHARE",
      defaultValue = "0.01",
      description =
          "share of the utterances that may have a label out of range and are then left out; more"
              + " are an error (default: ${DEFAULT-VALUE})")
  private double maxFailed;

  /** Whether a transition model was given. */
  public boolean isGiven() {
    return transitionModel != null;
  }

  /** The file of the transition model, null if none was given. */
  public String transitionModel() {
    return transitionModel;
  }

  /**
   * Reads the transition model, if one was given.
   *
   * @throws StjemException if it cannot be read
   */
  public PdfMap read() {
    return isGiven()
        ? PdfMap.ofTransitionIds(TransitionModel.read(transitionModel))
        : PdfMap.ofPdfs();
  }

  /**
   * Counts utterances that go well and fail.
   *
   * @param log gets the warnings
   * @throws StjemException if the share of bad ones is none
   */
  public UtteranceTally tally(Logger log) {
    if (!(maxFailed >= 0 && maxFailed <= 1)) {
      throw new StjemException("--max-failed is " + maxFailed + ", must be from 0 to 1");
    }
    return new UtteranceTally(log, maxFailed);
  }
}
