package org.stjem.acoustic.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.confidence.ConfidenceModel;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.recognition.DecodingGraph;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command-line options of what makes words of audio, whatever the model. */
public final class RecognizeArguments {
  private static final Logger LOG = LoggerFactory.getLogger(RecognizeArguments.class);

  /** A confidence model in the model folder. */
  private static final String OWN_CONFIDENCE = "confidence.json";

  private static final String AUTO = "auto";
  private static final String NONE = "none";

  @Option(
      names = "--acoustic-scale",
      paramLabel = "FACTOR",
      description =
          "factor of the log-likelihoods, 1/LMWT of the best setting on held-out speech (default:"
              + " ${DEFAULT-VALUE})")
  private float acousticScale = 0.1f;

  @Option(
      names = "--word-ins-penalty",
      paramLabel = "WIP",
      description = "cost added per word (default: ${DEFAULT-VALUE})")
  private double wordInsertionPenalty = 0.0;

  @Mixin private DecoderArguments decoder;

  @Option(
      names = "--transition-model",
      paramLabel = "FINAL.MDL",
      description =
          "model whose transition-ids the graph has (default: final.mdl in GRAPH-DIR or in the"
              + " folder above it)")
  private Path transitionModel;

  @Option(
      names = "--align-lexicon",
      paramLabel = "FILE",
      description =
          "tells where words begin and end (default: align_lexicon.int or word_boundary.int in"
              + " GRAPH-DIR/phones, else the names in GRAPH-DIR/phones.txt)")
  private Path alignLexicon;

  @Option(
      names = "--confidence-model",
      paramLabel = "auto|none|FILE",
      description =
          "makes probabilities that words are right of their posteriors: a file of"
              + " confidence-train, none, or auto for confidence.json in the model folder if it is"
              + " there (default: ${DEFAULT-VALUE})")
  private String confidenceModel = AUTO;

  /**
   * What makes words of audio.
   *
   * @param name of the model, for messages
   * @param folder of the model, where a confidence model may lie; null if it has none
   */
  public Recognizer recognizer(
      String name, Path folder, AcousticModel model, AudioFrontend frontend, Path graphFolder) {
    if (!(acousticScale > 0) || Float.isInfinite(acousticScale)) {
      throw new StjemException("--acoustic-scale must be above 0, not " + acousticScale);
    }
    DecodingGraph graph =
        DecodingGraph.open(graphFolder, transitionModel, alignLexicon, wordInsertionPenalty);
    if (!graph.knowsWordTimes()) {
      LOG.warn(
          "word times are rough: {} has neither phones/align_lexicon.int nor"
              + " phones/word_boundary.int, and its phones are the same in all places of a word;"
              + " give --align-lexicon",
          graphFolder);
    }
    return new Recognizer(
        name,
        model,
        frontend,
        graph,
        new Recognizer.Settings(decoder.options(), acousticScale, confidence(folder)));
  }

  private Optional<ConfidenceModel> confidence(Path folder) {
    if (confidenceModel.equals(NONE)) {
      return Optional.empty();
    }
    if (!confidenceModel.equals(AUTO)) {
      return Optional.of(ConfidenceModel.read(ByteNames.path(confidenceModel)));
    }
    return Optional.ofNullable(folder)
        .map(own -> own.resolve(OWN_CONFIDENCE))
        .filter(Files::exists)
        .map(ConfidenceModel::read);
  }
}
