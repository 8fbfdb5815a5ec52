package org.stjem.acoustic.cli;

import org.slf4j.Logger;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Option;

/** Which scores of a table of features are written, by the model here or by a server's. */
final class ScoreArguments {
  @Option(
      names = "--output",
      defaultValue = "loglikes",
      description = "loglikes, logits or log-posteriors (default: ${DEFAULT-VALUE})")
  private String output;

  @Option(
      names = "--prior-scale",
      description = "weight of the log prior in loglikes (default: what the model says, or 1)")
  private Double priorScale;

  @Option(
      names = "--log-density-wspecifier",
      description = "also write log p(x) + const of each frame, a table of float vectors")
  private String logDensity;

  @Option(
      names = "--transition-model",
      description = "final.mdl of the decoder; refuse a model with another number of pdfs")
  private String transitionModel;

  /** What a row of scores holds. */
  OutputKind kind() {
    return OutputKind.of(output);
  }

  /** The weight of the log prior, null for the model's. */
  Double priorScale() {
    return priorScale;
  }

  /** Whether log p(x) of each frame is written, too. */
  boolean wantsLogDensity() {
    return logDensity != null;
  }

  /**
   * Refuses a model that does not fit the decoder.
   *
   * @param model what to call it
   * @throws StjemException if the decoder's transition model has another number of pdfs
   */
  void checkPdfs(String model, int numPdfs) {
    int pdfs = transitionModel == null ? numPdfs : TransitionModel.read(transitionModel).numPdfs();
    if (pdfs != numPdfs) {
      throw new StjemException(
          model + " has " + numPdfs + " pdfs but " + transitionModel + " has " + pdfs);
    }
  }

  /**
   * Opens the tables that are written.
   *
   * @param loglikes where the scores go
   * @param log gets the warnings and the counts
   */
  ScoreTables open(String loglikes, Logger log) {
    return new ScoreTables(loglikes, logDensity, log);
  }
}
