package org.stjem.acoustic.export;

import java.nio.file.Path;
import java.util.Optional;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.onnx.NetworkLayers;
import org.stjem.frontend.io.StjemException;

/**
 * The numbers of a model, read without the tensor engine: a network over spliced and normalised
 * frames, its calibration and its priors. Takes the memory of the weights.
 *
 * @param description what the model is
 * @param network its layers from the input on
 * @param calibration of its posteriors, if it is to be applied
 * @param priors of its pdfs
 */
public record PlainModel(
    ModelDescription description,
    NetworkLayers network,
    Optional<PosteriorScaling> calibration,
    PriorSettings priors) {

  /**
   * Reads a model.
   *
   * @param calibration as {@link ModelFolder#scaling} takes it
   * @throws StjemException if the folder holds no model, a damaged one, or one without weights
   */
  public static PlainModel read(Path folder, String calibration) {
    return read(folder, null, calibration);
  }

  /**
   * Reads one head of a model.
   *
   * @param head its name; null for the first one
   * @throws StjemException as {@link #read(Path, String)}, or if there is no such head
   */
  public static PlainModel read(Path folder, String head, String calibration) {
    ModelDescription description = ModelFolder.describe(folder, head);
    NetworkLayers network = ModelFolder.layers(folder, description);
    Optional<PosteriorScaling> scaling = ModelFolder.scaling(folder, description, calibration);
    int factors = scaling.map(it -> it.factors().length).orElse(1);
    if (factors != 1 && factors != description.numPdfs()) {
      throw new StjemException(
          "the calibration is of "
              + factors
              + " pdfs, model "
              + folder
              + " has "
              + description.numPdfs());
    }
    for (int d = 0; d < description.featureDim(); d++) {
      float mean = description.inputMean()[d];
      float scale = 1 / description.inputStddev()[d];
      if (!Float.isFinite(mean) || !Float.isFinite(scale)) {
        throw new StjemException(
            "model "
                + folder
                + " has mean "
                + mean
                + " and standard deviation "
                + description.inputStddev()[d]
                + " in feature dimension "
                + d
                + "; other programs need finite numbers, and a deviation above 0");
      }
    }
    return new PlainModel(description, network, scaling, ModelFolder.priors(folder, description));
  }
}
