package org.stjem.acoustic.net;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.ebm.Heads;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.frontend.io.StjemException;

/**
 * Models in the tensor library, which gives gradients. Apart from {@link ModelFolder}, so that what
 * only scores does without the library.
 */
public final class TorchModels {
  private TorchModels() {}

  /** The network that {@code description} describes, with fresh weights. */
  public static EnergyNetwork newNetwork(ModelDescription description, Device device) {
    return newNetwork(description, device, 0);
  }

  /**
   * The same for a training.
   *
   * @param dropout share of the values of each hidden layer, and of what convolutions give, that
   *     are left out in training
   */
  public static EnergyNetwork newNetwork(
      ModelDescription description, Device device, double dropout) {
    DescriptionText.checkNetwork("the new model", description);
    Optional<ConvolutionLayout> convolutions = description.convolutions();
    List<Integer> hidden = description.hiddenLayers();
    String activation = description.activation();
    int pdfs = description.numPdfs();
    Block block =
        convolutions.isPresent()
            ? Networks.cnn(convolutions.get(), hidden, activation, pdfs, dropout)
            : Networks.mlp(hidden, activation, pdfs, dropout);
    EnergyNetwork network =
        new EnergyNetwork(
            device,
            block,
            new Shape((long) description.windowFrames() * description.featureDim()),
            new SeededRandom(description.seed(), 0));
    network.setHeads(new Heads(description.outputHeads()));
    if (convolutions.isPresent()) {
      network.setWeights(ModelWeights.fresh(description));
    }
    return network;
  }

  /**
   * Loads a model without its calibration, which says nothing of p(x).
   *
   * @param device {@code auto}, {@code cpu} or {@code gpu0}
   * @throws StjemException if the folder holds no model, or a damaged one
   */
  public static DensityModel loadDensity(Path folder, String device) {
    return loadDensity(folder, ModelFolder.describe(folder), device);
  }

  /** The same of the head that is described. */
  static DensityModel loadDensity(Path folder, ModelDescription description, String device) {
    PriorSettings priors = ModelFolder.priors(folder, description);
    Device place = Engines.device(device);
    return new FrameDensityModel(
        description, priors, network(folder, description, place), place.toString());
  }

  /**
   * Loads the network of a model alone, whose rows are windows of normalised frames.
   *
   * @param device {@code auto}, {@code cpu} or {@code gpu0}
   * @throws StjemException if the folder holds no model, or a damaged one
   */
  public static EnergyNetwork loadNetwork(Path folder, String device) {
    return network(folder, ModelFolder.describe(folder), Engines.device(device));
  }

  /** The same with all heads of the network. */
  public static EnergyNetwork loadWholeNetwork(Path folder, String device) {
    return network(folder, ModelFolder.describeWhole(folder), Engines.device(device));
  }

  private static EnergyNetwork network(Path folder, ModelDescription description, Device device) {
    Map<String, Tensor> weights = ModelFolder.weights(folder, description);
    EnergyNetwork network = newNetwork(description, device);
    try {
      network.setWeights(weights);
    } catch (StjemException e) {
      network.close();
      throw new StjemException(folder + ": " + e.getMessage(), e);
    }
    network.setTrainable(false);
    return network;
  }
}
