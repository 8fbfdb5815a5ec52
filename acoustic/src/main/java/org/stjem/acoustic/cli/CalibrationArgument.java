package org.stjem.acoustic.cli;

import org.stjem.acoustic.net.ModelFolder;
import picocli.CommandLine.Option;

/** The scaling of a model's posteriors. */
final class CalibrationArgument {
  @Option(
      names = "--calibration",
      paramLabel = "auto|none|FILE",
      defaultValue = ModelFolder.OWN_CALIBRATION,
      description =
          "scaling of the posteriors: that of the model folder if it has one, none, or that of a"
              + " file of 'acoustic calibrate' (default: ${DEFAULT-VALUE})")
  private String calibration;

  /** As {@link ModelFolder#load} takes it. */
  String value() {
    return calibration;
  }
}
