package org.stjem.acoustic.onnx;

import java.util.List;
import java.util.Map;

/**
 * Multi-layer perceptrons in eight bits as nodes of an {@link OnnxGraph}. With the inputs of a row
 * as q_i in 0 … 255, scaled by the row's own s and shifted by the layer's z, and the weights of a
 * unit as integers p_i, scaled by the unit's own t:
 *
 * <pre>y = Σ_i w_i x_i + b ≈ s · t · Σ_i p_i (q_i − z) + b</pre>
 *
 * <p>The sum is one of integers and so exact, whatever else is computed with the row and whatever
 * the CPU adds first. That holds as no kernel may saturate: those of AVX2 without VNNI add pairs of
 * products in 16 bits, which 255 · 64 · 2 = 32 640 fills just not. So weights have 7 bits.
 *
 * <p>s comes from the largest value of the row. SiLU is never below −0.2785, which z makes use of:
 * a sixteenth of the range lies below 0. Rows whose largest value is below 4 would need more of it;
 * those of trained networks have about 12.
 */
public final class QuantizedMlpGraph {
  private static final int LARGEST_INPUT = 255;

  /** No value of x · sigmoid(x) is below −this. */
  private static final float SILU_DEPTH = 0.27846455f;

  private static final int SILU_ZERO = 16;
  private static final int SYMMETRIC_ZERO = 128;

  /** Keeps the scale of a row of zeros from being 0. */
  private static final float SMALLEST_SCALE = 1e-30f;

  private static final Map<String, Object> OF_ROW = Map.of("axes", List.of(1L), "keepdims", 0L);
  private static final long TO_FLOAT = 1;

  private QuantizedMlpGraph() {}

  /**
   * Adds the network; its convolutions, if it has some, stay in float32.
   *
   * @param x name of the windows, {@code [rows, frames · bins]}
   * @param rounded the linear layers that are computed in eight bits, by their index; all others
   *     stay in float32
   * @param logits name the value {@code [rows, outputs]} gets
   */
  public static void add(
      OnnxGraph graph,
      String x,
      NetworkLayers network,
      Map<Integer, RoundedLayer> rounded,
      String logits) {
    int last = network.linear().size() - 1;
    String first = NetworkGraph.addConvolutions(graph, x, network);
    String inputs = inputs(graph, first, network, rounded, last);
    String sum = sum(graph, inputs, network, rounded, last);
    graph.named(logits, "Identity", Map.of(), sum);
  }

  /**
   * Adds what a linear layer meets: its inputs in float32, and beside them what it would get in
   * their place in eight bits.
   *
   * @param rounded as in {@link #add}, of the layers before it
   * @param layer its index
   * @param met name the value {@code [rows, 2 · inputs of the layer]} gets
   */
  public static void addMet(
      OnnxGraph graph,
      String x,
      NetworkLayers network,
      Map<Integer, RoundedLayer> rounded,
      int layer,
      String met) {
    String first = NetworkGraph.addConvolutions(graph, x, network);
    String exact = inputs(graph, first, network, Map.of(), layer);
    EightBits eight =
        EightBits.of(graph, inputs(graph, first, network, rounded, layer), before(layer, network));
    String integers = graph.node("Cast", Map.of("to", TO_FLOAT), eight.values);
    String values =
        graph.node(
            "Mul", graph.node("Sub", integers, graph.scalar(eight.zero)), eight.columnOfScales);
    graph.named(met, "Concat", Map.of("axis", 1L), exact, values);
  }

  /** The activation before a layer, empty before the first of a network. */
  private static String before(int layer, NetworkLayers network) {
    return layer == 0 && network.layout().isEmpty() ? "" : network.activation();
  }

  /** The inputs of a layer; {@code first} has those of the first. */
  private static String inputs(
      OnnxGraph graph,
      String first,
      NetworkLayers network,
      Map<Integer, RoundedLayer> rounded,
      int layer) {
    String value = first;
    for (int i = 0; i < layer; i++) {
      String sum = sum(graph, value, network, rounded, i);
      value = MlpGraph.activation(graph, sum, network.activation());
    }
    return value;
  }

  /** The weighted sums of a layer, with its bias. */
  private static String sum(
      OnnxGraph graph,
      String x,
      NetworkLayers network,
      Map<Integer, RoundedLayer> rounded,
      int layer) {
    if (rounded.containsKey(layer)) {
      return linear(graph, x, rounded.get(layer), before(layer, network));
    }
    MlpGraph.Layer exact = network.linear().get(layer);
    return graph.node(
        "Gemm",
        Map.of("transB", 1L),
        x,
        graph.constant(exact.weight()),
        graph.constant(exact.bias()));
  }

  /** A layer whose inputs come from an activation, or from anywhere if that is empty. */
  private static String linear(OnnxGraph graph, String x, RoundedLayer layer, String activation) {
    EightBits eight = EightBits.of(graph, x, activation);
    String products =
        graph.node(
            "MatMulInteger",
            eight.values,
            graph.constant(layer.values(), true, layer.inputs(), layer.outputs()),
            graph.constant(new byte[] {(byte) eight.zero}, false));
    String integers = graph.node("Cast", Map.of("to", TO_FLOAT), products);
    return graph.node(
        "Add",
        graph.node(
            "Mul",
            graph.node("Mul", integers, eight.columnOfScales),
            graph.constant(layer.scales())),
        graph.constant(layer.bias()));
  }

  /**
   * Inputs in eight bits.
   *
   * @param values name of the integers, {@code [rows, inputs]}
   * @param zero the integer that stands for 0
   * @param columnOfScales name of the scale of each row, {@code [rows, 1]}
   */
  private record EightBits(String values, int zero, String columnOfScales) {
    static EightBits of(OnnxGraph graph, String x, String activation) {
      int zero =
          switch (activation) {
            case "silu" -> SILU_ZERO;
            case "relu" -> 0;
            default -> SYMMETRIC_ZERO;
          };
      String largest = graph.node("ReduceMax", OF_ROW, x);
      if (activation.isEmpty()) {
        largest = graph.node("Max", largest, graph.node("Neg", graph.node("ReduceMin", OF_ROW, x)));
      }
      String scale =
          graph.node(
              "Max",
              graph.node("Mul", largest, graph.scalar(1f / (LARGEST_INPUT - zero))),
              graph.scalar(activation.equals("silu") ? SILU_DEPTH / zero : SMALLEST_SCALE));
      String zeros =
          graph.node(
              "Expand",
              graph.constant(new byte[] {(byte) zero}, false, 1),
              graph.node("Shape", scale));
      return new EightBits(
          graph.node("QuantizeLinear", Map.of("axis", 0L), x, scale, zeros),
          zero,
          graph.node("Unsqueeze", scale, graph.constant(1L)));
    }
  }
}
