package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Map;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The option that gives all sequences one speaker, or none. */
final class SpeakerArgument {
  @Option(
      names = "--speaker",
      paramLabel = "NAME",
      description =
          "the speaker of all frames, of a model with a head of speakers (default: none is asked"
              + " for)")
  private String name;

  @Mixin private final SpeakerHead head = new SpeakerHead(1);

  private int column = -1;

  /**
   * Loads the model with all its heads.
   *
   * @throws StjemException if it has no such head or speaker
   */
  SequenceModel load(Path folder, String device) {
    if (name == null) {
      return SequenceModel.load(folder, device, Map.of());
    }
    SequenceModel model = head.load(folder, device);
    try {
      column = head.column(name);
      return model;
    } catch (StjemException e) {
      model.close();
      throw new StjemException("model " + folder + ": " + e.getMessage(), e);
    }
  }

  /** The speaker's column among those of all heads, −1 for none. */
  int column() {
    return column;
  }
}
