package org.stjem.combine;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.export.OnnxExport;
import org.stjem.acoustic.export.ScoreGraph;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.OnnxMetadata;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.PriorSettings;

/**
 * A mixture of model folders (Eq. 26) as one ONNX file, with the inputs and outputs of {@link
 * OnnxExport}: the members side by side, each on the frames of its own context, and a log-sum-exp
 * over them. A member of weight 0 is left out.
 *
 * @param folders of the members
 * @param calibrations of each member, see {@link ModelFolder#load}
 * @param mixture weights, in the order of the folders
 * @param densityScale β, factor of log p_i(x)
 * @param scaling of the mixture's posteriors
 * @param priors of the mixture; without counts if they are not known
 * @param words how the members are combined, for people to read
 */
public record MixtureExport(
    List<Path> folders,
    List<String> calibrations,
    Mixture mixture,
    double densityScale,
    Optional<PosteriorScaling> scaling,
    PriorSettings priors,
    String words) {

  /**
   * Writes the file, whole or not at all.
   *
   * @throws org.stjem.frontend.io.StjemException if a folder is damaged, two members do not fit
   *     together, or the file cannot be written
   */
  public void write(OnnxExport.Options options, Path file) {
    OnnxExport.save(model(options), file);
  }

  private ModelProto model(OnnxExport.Options options) {
    List<ModelDescription> models = folders.stream().map(ModelFolder::describe).toList();
    List<String> names = folders.stream().map(Path::toString).toList();
    for (int i = 1; i < models.size(); i++) {
      ModelAgreement.check(names.get(0), models.get(0), names.get(i), models.get(i));
    }
    ModelDescription whole =
        MixtureModel.describe(
            names, models, CombinationMethod.MIXTURE, new DensityPooling(1), priors);
    ScoreGraph graph =
        new ScoreGraph(
            options.input(),
            whole.leftContext(),
            whole.rightContext(),
            whole.featureDim(),
            folders);
    List<String> logits = new ArrayList<>();
    List<Double> offsets = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      if (mixture.offset(i) == Double.NEGATIVE_INFINITY) {
        continue;
      }
      logits.add(graph.withDensityScale(member(graph, i, models.get(i)), densityScale));
      offsets.add(mixture.offset(i));
    }
    String trained =
        graph.mixture(
            logits,
            offsets.stream().mapToDouble(Double::doubleValue).toArray(),
            Mixture.LEAST_LOG_DENSITY);
    String scaled =
        scaling.isPresent() ? graph.calibrated(trained, scaling.get(), whole.numPdfs()) : trained;
    return graph.model(
        trained,
        scaled,
        options.logPosteriors(),
        new OnnxMetadata(options.input(), whole, priors, scaling, words));
  }

  private String member(ScoreGraph graph, int i, ModelDescription description) {
    Path folder = folders.get(i);
    if (ModelFolder.isOnnx(folder)) {
      ModelFolder.load(folder, Placement.CPU, ModelFolder.NO_CALIBRATION).close();
    }
    String logits = graph.network(folder, description);
    Optional<PosteriorScaling> own = ModelFolder.scaling(folder, calibrations.get(i));
    return own.isPresent() ? graph.calibrated(logits, own.get(), description.numPdfs()) : logits;
  }
}
