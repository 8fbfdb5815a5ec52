package org.stjem.acoustic.serving;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.proto.v1.ModelInfo;

/** What the contract says about a model. */
final class ModelCard {
  private ModelCard() {}

  /** All that description and priors say. */
  static ModelInfo.Builder of(
      ModelDescription description, PriorSettings priors, String name, String version) {
    return ModelInfo.newBuilder()
        .setName(name)
        .setVersion(version)
        .setNumPdfs(description.numPdfs())
        .setFeatureDim(description.featureDim())
        .setLeftContext(description.leftContext())
        .setRightContext(description.rightContext())
        .setFrameShiftMs(description.frameShiftMs())
        .setFrameSubsamplingFactor(1)
        .putAllFeatureOptions(description.featureOptions())
        .setFeatureOptionsHash(FeatureOptions.hash(description.featureOptions()))
        .setFeatureNormalisation(description.featureNormalisation())
        .setHasPriors(priors.classCounts().length > 0)
        .setPriorScale(priors.scale())
        .setAcousticScale(1)
        .setTrainingObjective(description.objective())
        .setArchitecture(architecture(description))
        .setSeed(description.seed())
        .setRevision(description.revision());
  }

  private static String architecture(ModelDescription description) {
    int frames = description.leftContext() + 1 + description.rightContext();
    String layers =
        Stream.of(
                Stream.of(frames + "x" + description.featureDim()),
                description.hiddenLayers().stream().map(String::valueOf),
                Stream.of(String.valueOf(description.numPdfs())))
            .flatMap(part -> part)
            .collect(Collectors.joining("-"));
    return description.architecture() + " " + layers + " " + description.activation();
  }
}
