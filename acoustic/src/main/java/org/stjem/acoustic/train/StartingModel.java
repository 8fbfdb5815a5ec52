package org.stjem.acoustic.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.data.FrameCorpus;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.frontend.io.StjemException;

/** The trained model that a training goes on from. */
final class StartingModel {
  private final Path folder;
  private final ModelDescription description;
  private final Map<String, Tensor> weights;

  private StartingModel(Path folder, ModelDescription description, Map<String, Tensor> weights) {
    this.folder = folder;
    this.description = description;
    this.weights = weights;
  }

  /**
   * Reads a model.
   *
   * @param whole with all its heads rather than with the first alone
   * @throws StjemException if the folder holds none, or one without weights
   */
  static StartingModel read(Path folder, boolean whole) {
    ModelDescription description =
        whole ? ModelFolder.describeWhole(folder) : ModelFolder.describe(folder);
    return new StartingModel(folder, description, ModelFolder.weights(folder, description));
  }

  Map<String, Tensor> weights() {
    return weights;
  }

  /**
   * Normalises rows as this model does, so that the network computes on the first update what it
   * was trained to. A corpus of another dimension is left to {@link #requireNetworkOf}.
   */
  void normalise(FrameCorpus corpus) {
    if (corpus.featureDim() == description.featureDim()) {
      corpus.normaliseBy(description.inputMean(), description.inputStddev());
    }
  }

  /**
   * Requires the network to be trained to have this model's weights.
   *
   * @throws StjemException if it has not; names what differs
   */
  void requireNetworkOf(ModelDescription wanted) {
    List<String> found = new ArrayList<>();
    compare(found, "feature dimension", description.featureDim(), wanted.featureDim());
    compare(found, "number of pdfs", description.numPdfs(), wanted.numPdfs());
    compare(found, "left context", description.leftContext(), wanted.leftContext());
    compare(found, "right context", description.rightContext(), wanted.rightContext());
    compare(found, "network", description.architecture(), wanted.architecture());
    compare(found, "filters", description.filters(), wanted.filters());
    compare(found, "hidden layers", description.hiddenLayers(), wanted.hiddenLayers());
    compare(found, "activation", description.activation(), wanted.activation());
    if (!found.isEmpty()) {
      throw new StjemException(
          "--init: the model of "
              + folder
              + " is another network than the one to be trained: "
              + String.join("; ", found));
    }
  }

  private static void compare(List<String> found, String what, Object has, Object wanted) {
    if (!has.equals(wanted)) {
      found.add(what + " " + has + " there, " + wanted + " here");
    }
  }
}
