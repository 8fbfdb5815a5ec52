package org.stjem.acoustic.cli;

import java.nio.file.Path;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.recognition.Recognizer;
import org.stjem.acoustic.serving.AudioFrontend;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The model folder and the graph of commands that hear audio with one model. */
final class LocalModelArguments {
  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(
      index = "1",
      paramLabel = "GRAPH-DIR",
      description = "folder with HCLG.fst and words.txt, as Kaldi's mkgraph.sh writes")
  private Path graph;

  @Mixin private RecognizeArguments recognition;

  @Mixin private CalibrationArgument calibration;

  @Mixin private InferenceArguments inference;

  Path folder() {
    return folder;
  }

  /** The model, which the caller closes. */
  AcousticModel load() {
    return ModelFolder.load(folder, inference.placement(1), calibration.value());
  }

  /** What makes words of audio with the model. */
  Recognizer recognizer(AcousticModel model) {
    return recognition.recognizer(folder.toString(), folder, model, frontend(), graph);
  }

  private AudioFrontend frontend() {
    try {
      return AudioFrontend.ofLoneUtterances(ModelFolder.describe(folder), folder);
    } catch (StjemException e) {
      throw new StjemException("model " + folder + " cannot hear audio: " + e.getMessage(), e);
    }
  }
}
