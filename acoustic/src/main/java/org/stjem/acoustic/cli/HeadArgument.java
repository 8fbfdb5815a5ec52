package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelHead;
import org.stjem.acoustic.net.Placement;
import picocli.CommandLine.Option;

/** The option that says which head of a model is meant. */
final class HeadArgument {
  @Option(
      names = "--head",
      paramLabel = "NAME",
      description = "the head that is meant of a model with several (default: the first)")
  private String name;

  /** The name that was given, or null. */
  String name() {
    return name;
  }

  /**
   * What the head's model says about itself.
   *
   * @throws org.stjem.frontend.io.StjemException if the model has no such head
   */
  ModelDescription describe(Path folder) {
    return ModelFolder.describe(folder, name);
  }

  /** The head with the names of its labels. */
  ModelHead head(Path folder) {
    ModelDescription whole = ModelFolder.describeWhole(folder);
    ModelDescription description = describe(folder);
    return whole.heads().isEmpty()
        ? new ModelHead("", description.numPdfs(), 1, List.of(), description.classCounts())
        : whole.requireHead(description.head());
  }

  /** Says which heads a model has, if it has several. */
  static void log(Path folder, Logger log) {
    List<ModelHead> heads = ModelFolder.describeWhole(folder).heads();
    if (!heads.isEmpty()) {
      log.info(
          "the heads of {} are {}",
          folder,
          heads.stream()
              .map(it -> it.name() + " (" + it.columns() + ")")
              .collect(Collectors.joining(", ")));
    }
  }

  /** Loads the head's model. */
  AcousticModel load(Path folder, Placement placement, String calibration) {
    return ModelFolder.load(folder, name, placement, calibration);
  }
}
