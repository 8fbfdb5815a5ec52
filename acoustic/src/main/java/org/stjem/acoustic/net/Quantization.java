package org.stjem.acoustic.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.stjem.acoustic.onnx.CompensatedRounding;
import org.stjem.acoustic.onnx.InputMoments;
import org.stjem.acoustic.onnx.MlpGraph;
import org.stjem.acoustic.onnx.NetworkLayers;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.acoustic.onnx.OnnxGraph;
import org.stjem.acoustic.onnx.OnnxSignature;
import org.stjem.acoustic.onnx.QuantizedMlpGraph;
import org.stjem.acoustic.onnx.RoundedLayer;
import org.stjem.frontend.io.StjemException;

/** Models of eight bits, made of models of float32. */
public final class Quantization {
  /** The precision of such models. */
  public static final String INT8 = "int8";

  private static final String WINDOWS = "windows";
  private static final String WHAT_IS_MET = "met";

  private final ModelDescription description;
  private final NetworkLayers layers;
  private final Map<Integer, RoundedLayer> rounded = new TreeMap<>();

  private Quantization(ModelDescription description, NetworkLayers layers) {
    this.description = description;
    this.layers = layers;
  }

  /**
   * Writes a folder with the network of another in eight bits, and all else of it.
   *
   * @param floatLayers linear layers that stay in float32, the first being 0
   * @param met what weights are rounded with regard to; if it is empty, each is rounded to the
   *     nearest value
   * @throws StjemException if the folder holds no weights, or no such layers, or the output folder
   *     holds a model already
   */
  public static void quantize(Path folder, Path output, Set<Integer> floatLayers, WindowSample met)
      throws IOException {
    ModelDescription description = ModelFolder.describe(folder);
    NetworkLayers layers = ModelFolder.layers(folder, description);
    int count = layers.linear().size();
    for (int layer : floatLayers) {
      if (layer < 0 || layer >= count) {
        throw new StjemException(
            "there is no layer " + layer + " in " + folder + "; 0 to " + (count - 1));
      }
    }
    Quantization network = new Quantization(description, layers);
    network.round(floatLayers, met);
    Path statistics = folder.resolve(ModelFolder.GLOBAL_STATS);
    NetworkFolder.save(
        output,
        description.withPrecision(INT8),
        ModelFolder.priors(folder),
        ModelFolder.scaling(folder, ModelFolder.OWN_CALIBRATION),
        Files.exists(statistics) ? Optional.of(statistics) : Optional.empty(),
        network.graph());
  }

  /** Rounds one layer after the other, since what a layer meets depends on those before it. */
  private void round(Set<Integer> floatLayers, WindowSample met) {
    for (int i = 0; i < layers.linear().size(); i++) {
      if (!floatLayers.contains(i)) {
        MlpGraph.Layer layer = layers.linear().get(i);
        rounded.put(
            i,
            met.size() == 0
                ? RoundedLayer.nearest(layer)
                : CompensatedRounding.round(layer, moments(i, met)));
      }
    }
  }

  /** Of what a layer meets, computed as the finished network will. */
  private InputMoments moments(int layer, WindowSample met) {
    int inputs = layers.linear().get(layer).inputs();
    InputMoments moments = new InputMoments(inputs);
    OnnxGraph graph = new OnnxGraph("stjem");
    QuantizedMlpGraph.addMet(graph, windows(graph), layers, rounded, layer, WHAT_IS_MET);
    graph.output(WHAT_IS_MET, "rows", 2 * inputs);
    ByteBuffer memory =
        ByteBuffer.allocateDirect(FrameModel.BLOCK * windowSize() * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    try (LogitNetwork network =
        new OnnxNetwork(
            OnnxFile.bytes(graph.model(Map.of())),
            Map.of(),
            Runtime.getRuntime().availableProcessors(),
            new long[] {description.windowFrames(), description.featureDim()},
            2 * inputs,
            WHAT_IS_MET)) {
      for (int first = 0; first < met.size(); first += FrameModel.BLOCK) {
        int count = Math.min(FrameModel.BLOCK, met.size() - first);
        met.copy(first, count, memory.asFloatBuffer());
        network.logits(memory, count, moments::add);
      }
    }
    return moments;
  }

  private ByteBuffer graph() {
    OnnxGraph graph = new OnnxGraph("stjem");
    QuantizedMlpGraph.add(graph, windows(graph), layers, rounded, OnnxSignature.LOGITS);
    graph.output(OnnxSignature.LOGITS, "rows", description.numPdfs());
    return OnnxFile.bytes(graph.model(Map.of()));
  }

  private String windows(OnnxGraph graph) {
    return graph.input(WINDOWS, "rows", windowSize());
  }

  private int windowSize() {
    return description.windowFrames() * description.featureDim();
  }
}
