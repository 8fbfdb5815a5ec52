package org.stjem.acoustic.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.onnx.MlpGraph;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.acoustic.onnx.OnnxGraph;
import org.stjem.acoustic.onnx.OnnxSignature;
import org.stjem.acoustic.onnx.QuantizedMlpGraph;
import org.stjem.frontend.io.StjemException;

/** Models of eight bits, made of models of float32. */
public final class Quantization {
  /** The precision of such models. */
  public static final String INT8 = "int8";

  private Quantization() {}

  /**
   * Writes a folder with the network of another in eight bits, and all else of it.
   *
   * @param floatLayers layers that stay in float32, the first being 0
   * @throws StjemException if the folder holds no weights, or no such layers, or the output folder
   *     holds a model already
   */
  public static void quantize(Path folder, Path output, Set<Integer> floatLayers)
      throws IOException {
    ModelDescription description = ModelFolder.describe(folder);
    Map<String, Tensor> weights = ModelFolder.weights(folder, description);
    List<MlpGraph.Layer> layers = MlpGraph.layers(weights);
    for (int layer : floatLayers) {
      if (layer < 0 || layer >= layers.size()) {
        throw new StjemException(
            "there is no layer " + layer + " in " + folder + "; 0 to " + (layers.size() - 1));
      }
    }
    OnnxGraph graph = new OnnxGraph("stjem");
    String windows =
        graph.input("windows", "rows", description.windowFrames() * description.featureDim());
    QuantizedMlpGraph.add(
        graph, windows, layers, description.activation(), floatLayers, OnnxSignature.LOGITS);
    graph.output(OnnxSignature.LOGITS, "rows", description.numPdfs());
    Path statistics = folder.resolve(ModelFolder.GLOBAL_STATS);
    NetworkFolder.save(
        output,
        description.withPrecision(INT8),
        ModelFolder.priors(folder),
        ModelFolder.scaling(folder, ModelFolder.OWN_CALIBRATION),
        Files.exists(statistics) ? Optional.of(statistics) : Optional.empty(),
        OnnxFile.bytes(graph.model(Map.of())));
  }
}
