package org.stjem.acoustic.onnx;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.layers.Convolution;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.acoustic.layers.ResidualStage;

/** Networks in float32, with and without convolutions, as nodes of an {@link OnnxGraph}. */
public final class NetworkGraph {
  private static final long AXIS_OF_FRAMES = 2;

  private NetworkGraph() {}

  /**
   * Adds a network.
   *
   * @param x name of the windows, {@code [rows, frames · bins]}
   * @return the name of the logits, {@code [rows, outputs]}
   */
  public static String add(OnnxGraph graph, String x, NetworkLayers network) {
    return MlpGraph.add(
        graph, addConvolutions(graph, x, network), network.linear(), network.activation());
  }

  /**
   * Adds a network.
   *
   * @param x name of the windows, {@code [rows, frames · bins]}
   * @param logits name the value {@code [rows, outputs]} gets
   */
  public static void add(OnnxGraph graph, String x, NetworkLayers network, String logits) {
    MlpGraph.add(
        graph, addConvolutions(graph, x, network), network.linear(), network.activation(), logits);
  }

  /**
   * Adds the convolutions of a network and the activation behind them.
   *
   * @param x name of the windows, {@code [rows, frames · bins]}
   * @return the name of the first linear layer's input, {@code [rows, inputs]}; x if there are no
   *     convolutions
   */
  static String addConvolutions(OnnxGraph graph, String x, NetworkLayers network) {
    if (network.layout().isEmpty()) {
      return x;
    }
    ConvolutionLayout layout = network.layout().get();
    Iterator<NetworkLayers.Filters> filters = network.convolutions().iterator();
    String activation = network.activation();
    Convolution stem = layout.stem();
    String planes = reshaped(graph, x, 1, stem.frames(), stem.bins());
    String value = convolution(graph, planes, stem, filters.next());
    for (ResidualStage stage : layout.stages()) {
      String reduced =
          convolution(
              graph,
              MlpGraph.activation(graph, value, activation),
              stage.reduction(),
              filters.next());
      String first =
          convolution(
              graph,
              MlpGraph.activation(graph, reduced, activation),
              stage.first(),
              filters.next());
      String branch =
          convolution(
              graph, MlpGraph.activation(graph, first, activation), stage.second(), filters.next());
      value = graph.node("Add", branch, cropped(graph, reduced, stage));
    }
    return reshaped(graph, MlpGraph.activation(graph, value, activation), layout.outputs());
  }

  /** The values of each row in another shape. */
  private static String reshaped(OnnxGraph graph, String x, long... shape) {
    long[] sizes = new long[1 + shape.length];
    // 0 stands for as many rows as there are.
    System.arraycopy(shape, 0, sizes, 1, shape.length);
    return graph.node("Reshape", x, graph.constant(sizes));
  }

  /** ONNX Runtime reads filters while it rewrites a graph, and has no tensors apart by then. */
  private static String convolution(
      OnnxGraph graph, String x, Convolution it, NetworkLayers.Filters filters) {
    long padding = it.paddingBins();
    return graph.node(
        "Conv",
        Map.of(
            "kernel_shape", List.of((long) it.kernelFrames(), (long) it.kernelBins()),
            "strides", List.of((long) it.strideFrames(), (long) it.strideBins()),
            "pads", List.of(0L, padding, 0L, padding)),
        x,
        graph.constantWithin(filters.weight()),
        graph.constantWithin(filters.bias()));
  }

  private static String cropped(OnnxGraph graph, String x, ResidualStage stage) {
    long crop = stage.crop();
    return crop == 0
        ? x
        : graph.node(
            "Slice",
            x,
            graph.constant(new long[] {crop}),
            graph.constant(new long[] {crop + stage.first().outputFrames()}),
            graph.constant(new long[] {AXIS_OF_FRAMES}));
  }
}
