package org.stjem.acoustic.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * The numbers of a model, read without the tensor engine: a multilayer perceptron over spliced and
 * normalised frames, its calibration and its priors. Takes the memory of the weights.
 *
 * @param description what the model is
 * @param layers its affine layers from the input on; all but the last are followed by the
 *     activation that the description names
 * @param calibration of its posteriors, if it is to be applied
 * @param priors of its pdfs
 */
public record PlainModel(
    ModelDescription description,
    List<Affine> layers,
    Optional<PosteriorScaling> calibration,
    PriorSettings priors) {

  /**
   * y = W x + b.
   *
   * @param weights W, {@code [outputs, inputs]}
   * @param bias b, length outputs
   */
  @SuppressWarnings("ArrayRecordComponent") // read at once, never compared
  public record Affine(FloatMatrix weights, float[] bias) {}

  /**
   * Reads a model.
   *
   * @param calibration as {@link ModelFolder#scaling} takes it
   * @throws StjemException if the folder holds no model, a damaged one, or one that is no
   *     perceptron of SiLU or ReLU units
   */
  public static PlainModel read(Path folder, String calibration) {
    ModelDescription description = ModelFolder.describe(folder);
    if (!description.architecture().equals("mlp")) {
      throw new StjemException(
          "model "
              + folder
              + " has the architecture '"
              + description.architecture()
              + "'; mlp can be exported");
    }
    if (!List.of("silu", "relu").contains(description.activation())) {
      throw new StjemException(
          "model "
              + folder
              + " has the activation '"
              + description.activation()
              + "'; silu and relu can be exported");
    }
    Optional<PosteriorScaling> scaling = ModelFolder.scaling(folder, calibration);
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
    return new PlainModel(
        description, layers(folder, description), scaling, ModelFolder.priors(folder));
  }

  private static List<Affine> layers(Path folder, ModelDescription description) {
    Map<String, Tensor> weights = ModelFolder.weights(folder, description);
    List<Affine> layers = new ArrayList<>();
    int inputs =
        (description.leftContext() + 1 + description.rightContext()) * description.featureDim();
    List<Integer> sizes = new ArrayList<>(description.hiddenLayers());
    sizes.add(description.numPdfs());
    for (int layer = 0; layer < sizes.size(); layer++) {
      int outputs = sizes.get(layer);
      // The tensor engine numbers the blocks of a network from 1; every other one is an activation.
      String name = String.format("%02dLinear_", 2 * layer + 1);
      layers.add(
          new Affine(
              new FloatMatrix(
                  outputs, inputs, values(folder, weights, name + "weight", outputs, inputs)),
              values(folder, weights, name + "bias", outputs)));
      inputs = outputs;
    }
    return layers;
  }

  private static float[] values(
      Path folder, Map<String, Tensor> weights, String name, long... shape) {
    Tensor tensor = weights.get(name);
    if (tensor == null || !Arrays.equals(tensor.shape(), shape)) {
      throw new StjemException(
          "the weights of "
              + folder
              + (tensor == null
                  ? " have no tensor "
                  : " have shape " + Arrays.toString(tensor.shape()) + " in ")
              + name
              + ", the network needs one of shape "
              + Arrays.toString(shape));
    }
    for (float value : tensor.values()) {
      if (!Float.isFinite(value)) {
        throw new StjemException(
            "the weights of " + folder + " are not finite: " + value + " in " + name);
      }
    }
    return tensor.values();
  }
}
