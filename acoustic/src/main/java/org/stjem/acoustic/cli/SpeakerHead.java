package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Map;
import org.stjem.acoustic.align.LabelException;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelHead;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/** The options that say which head of a model knows speakers, and what it weighs. */
final class SpeakerHead {
  @Option(
      names = "--speaker-head",
      paramLabel = "NAME",
      defaultValue = "speakers",
      description = "the model's head of speakers (default: ${DEFAULT-VALUE})")
  private String name;

  @Option(
      names = "--speaker-weight",
      paramLabel = "W",
      description =
          "weight of the speakers' score beside that of the first head (default: ${DEFAULT-VALUE})")
  private double weight;

  private ModelHead head;
  private int first;

  /**
   * Options with a default.
   *
   * @param weight of the speakers
   */
  SpeakerHead(double weight) {
    this.weight = weight;
  }

  /**
   * Loads the model with all its heads.
   *
   * @throws StjemException if it has no such head
   */
  SequenceModel load(Path folder, String device) {
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new StjemException("--speaker-weight is " + weight + ", must be above 0");
    }
    ModelDescription whole = ModelFolder.describeWhole(folder);
    try {
      head = whole.requireHead(name);
      first = whole.outputs(name).first();
    } catch (StjemException e) {
      throw new StjemException("model " + folder + ": " + e.getMessage(), e);
    }
    return SequenceModel.load(folder, device, Map.of(name, weight));
  }

  /**
   * The column of a speaker among those of all heads.
   *
   * @throws LabelException if the head does not know the speaker
   */
  int column(String speaker) {
    return first + head.column(speaker);
  }
}
