package org.stjem.acoustic.serving;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.Computation;
import org.stjem.acoustic.net.FeatureMatch;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.RowBits;

/** What the contract says about a model. */
public final class ModelCard {
  private static final Map<Computation.RowBits, RowBits> ROW_BITS =
      Map.of(
          Computation.RowBits.UNKNOWN, RowBits.ROW_BITS_UNSPECIFIED,
          Computation.RowBits.SAME, RowBits.ROW_BITS_SAME,
          Computation.RowBits.ROUNDED, RowBits.ROW_BITS_ROUNDED);

  private ModelCard() {}

  /** All that description and priors say. */
  static ModelInfo.Builder of(
      ModelDescription description, PriorSettings priors, String name, String version) {
    ModelInfo.Builder card = ModelInfo.newBuilder();
    for (int d = 0; d < description.featureDim(); d++) {
      card.addInputMean(description.inputMean()[d]).addInputStddev(description.inputStddev()[d]);
    }
    return card.setName(name)
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
        .setHasPriors(priors.areKnown())
        .setPriorScale(priors.scale())
        .setAcousticScale(1)
        .setTrainingObjective(description.objective())
        .setArchitecture(architecture(description))
        .setSeed(description.seed())
        .setRevision(description.revision())
        .setPrecision(description.precision())
        .setHead(description.head() == null ? "" : description.head());
  }

  /** The same with what is known once the model was loaded. */
  static ModelInfo.Builder of(AcousticModel model, String name, String version) {
    Computation computation = model.computation();
    return of(model.description(), model.priorSettings(), name, version)
        .setEngine(computation.engine())
        .setPrecision(computation.precision())
        .setRowBits(ROW_BITS.get(computation.rowBits()));
  }

  /** Compares features with those of a server's model; one that says nothing of them fits all. */
  public static FeatureMatch featureMatch(ModelInfo info) {
    int dim = Math.min(info.getInputMeanCount(), info.getInputStddevCount());
    float[] mean = new float[dim];
    float[] stddev = new float[dim];
    for (int d = 0; d < dim; d++) {
      mean[d] = info.getInputMean(d);
      stddev[d] = info.getInputStddev(d);
    }
    return new FeatureMatch(mean, stddev);
  }

  /** How a server says that it computes a model. */
  public static Computation computation(ModelInfo info) {
    Computation.RowBits rowBits =
        ROW_BITS.entrySet().stream()
            .filter(entry -> entry.getValue() == info.getRowBits())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(Computation.RowBits.UNKNOWN);
    return new Computation(info.getEngine(), info.getPrecision(), rowBits);
  }

  private static String architecture(ModelDescription description) {
    int frames = description.leftContext() + 1 + description.rightContext();
    String layers =
        Stream.of(
                Stream.of(frames + "x" + description.featureDim()),
                description.filters().stream().map(filters -> filters + "c"),
                description.hiddenLayers().stream().map(String::valueOf),
                Stream.of(String.valueOf(description.numPdfs())))
            .flatMap(part -> part)
            .collect(Collectors.joining("-"));
    return (description.architecture() + " " + layers + " " + description.activation()).strip();
  }
}
