package org.stjem.acoustic.serving;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.Priors;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreStart;

/**
 * A model under the name the server offers it.
 *
 * @param model the network
 * @param info what clients are told about it
 * @param priors the class priors; flat if the model has no class counts, which {@code info} then
 *     says
 */
record ServedModel(AcousticModel model, ModelInfo info, Priors priors) {

  static ServedModel of(AcousticModel model, String name, String version) {
    ModelDescription description = model.description();
    double[] counts = description.classCounts();
    if (counts.length == 0) {
      counts = new double[description.numPdfs()];
      Arrays.fill(counts, 1);
    }
    return new ServedModel(model, info(description, name, version), Priors.ofCounts(counts));
  }

  /** What the contract says about a model of this description. */
  static ModelInfo info(ModelDescription description, String name, String version) {
    return ModelInfo.newBuilder()
        .setName(name)
        .setVersion(version)
        .setIsDefaultVersion(true)
        .setNumPdfs(description.numPdfs())
        .setFeatureDim(description.featureDim())
        .setLeftContext(description.leftContext())
        .setRightContext(description.rightContext())
        .setFrameShiftMs(description.frameShiftMs())
        .setFrameSubsamplingFactor(1)
        .putAllFeatureOptions(description.featureOptions())
        .setFeatureOptionsHash(FeatureOptions.hash(description.featureOptions()))
        .setFeatureNormalisation(description.featureNormalisation())
        .setHasPriors(description.classCounts().length > 0)
        .setAcousticScale(1)
        .setTrainingObjective(description.objective())
        .setArchitecture(architecture(description))
        .setSeed(description.seed())
        .setRevision(description.revision())
        .build();
  }

  /** Whether the model goes by {@code name}; the empty name is that of the default model. */
  boolean answersTo(String name) {
    return name.isEmpty() || name.equals(info.getName());
  }

  /** The answer to a client that asks for another model. */
  Status notFound(String name) {
    return Status.NOT_FOUND.withDescription(
        "no model '" + name + "'; there is '" + info.getName() + "'");
  }

  /** One phrase for everything the client takes for granted and the model does not have. */
  List<String> differences(ScoreStart start) {
    List<String> differences = new ArrayList<>();
    if (start.getExpectedNumPdfs() != 0 && start.getExpectedNumPdfs() != info.getNumPdfs()) {
      differences.add(
          "the client expects "
              + Integer.toUnsignedString(start.getExpectedNumPdfs())
              + " pdfs, the model has "
              + info.getNumPdfs());
    }
    if (start.getExpectedFeatureDim() != 0
        && start.getExpectedFeatureDim() != info.getFeatureDim()) {
      differences.add(
          "the client has features of dimension "
              + Integer.toUnsignedString(start.getExpectedFeatureDim())
              + ", the model takes "
              + info.getFeatureDim());
    }
    List<String> options =
        FeatureOptions.differences(
            info.getFeatureOptionsMap(), start.getExpectedFeatureOptionsMap());
    differences.addAll(options);
    String hash = start.getExpectedFeatureOptionsHash();
    if (options.isEmpty() && !hash.isEmpty() && !hash.equals(info.getFeatureOptionsHash())) {
      differences.add(
          "the client's feature options have hash "
              + hash
              + ", the model's "
              + (info.getFeatureOptionsHash().isEmpty()
                  ? "are not known"
                  : info.getFeatureOptionsHash()));
    }
    return differences;
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
