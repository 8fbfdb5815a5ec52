package org.stjem.acoustic.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.stjem.acoustic.ebm.Tensor;

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
  /** Largest p; 7 bits, see above. */
  static final int LARGEST_WEIGHT = 63;

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
   * Adds the network.
   *
   * @param x name of {@code [rows, inputs]}
   * @param activation {@code silu} or {@code relu}
   * @param floatLayers indices of layers that stay in float32
   * @param logits name the value {@code [rows, outputs]} gets
   */
  public static void add(
      OnnxGraph graph,
      String x,
      List<MlpGraph.Layer> layers,
      String activation,
      Set<Integer> floatLayers,
      String logits) {
    String value = x;
    for (int i = 0; i < layers.size(); i++) {
      MlpGraph.Layer layer = layers.get(i);
      String sum =
          floatLayers.contains(i)
              ? graph.node(
                  "Gemm",
                  Map.of("transB", 1L),
                  value,
                  graph.constant(layer.weight()),
                  graph.constant(layer.bias()))
              : linear(graph, value, layer, i == 0 ? "" : activation);
      if (i < layers.size() - 1) {
        value = MlpGraph.activation(graph, sum, activation);
      } else {
        graph.named(logits, "Identity", Map.of(), sum);
      }
    }
  }

  /** A layer whose inputs come from an activation, or from anywhere if that is empty. */
  private static String linear(OnnxGraph graph, String x, MlpGraph.Layer layer, String activation) {
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
    String quantised = graph.node("QuantizeLinear", Map.of("axis", 0L), x, scale, zeros);
    Columns columns = Columns.of(layer.weight());
    String products =
        graph.node(
            "MatMulInteger",
            quantised,
            graph.constant(columns.values, true, columns.inputs, columns.scales.length),
            graph.constant(new byte[] {(byte) zero}, false));
    String rowScale = graph.node("Unsqueeze", scale, graph.constant(1L));
    return graph.node(
        "Add",
        graph.node(
            "Mul",
            graph.node("Mul", graph.node("Cast", Map.of("to", TO_FLOAT), products), rowScale),
            graph.constant(columns.scales)),
        graph.constant(layer.bias()));
  }

  /**
   * Weights as integers.
   *
   * @param values {@code [inputs, outputs]}
   * @param scales of each output
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over at once, never compared
  record Columns(byte[] values, float[] scales, int inputs) {

    /** Rounds {@code [outputs, inputs]} with the scale of the least squared error. */
    static Columns of(Tensor weight) {
      int outputs = (int) weight.shape()[0];
      int inputs = (int) weight.shape()[1];
      byte[] values = new byte[inputs * outputs];
      float[] scales = new float[outputs];
      float[] row = new float[inputs];
      for (int unit = 0; unit < outputs; unit++) {
        System.arraycopy(weight.values(), unit * inputs, row, 0, inputs);
        scales[unit] = bestScale(row);
        for (int i = 0; i < inputs; i++) {
          values[i * outputs + unit] = (byte) rounded(row[i], scales[unit]);
        }
      }
      return new Columns(values, scales, inputs);
    }

    private static int rounded(float weight, float scale) {
      return Math.max(
          -LARGEST_WEIGHT, Math.min(LARGEST_WEIGHT, (int) Math.rint(weight / (double) scale)));
    }

    /** Clipping the few largest weights costs less than rounding all others more coarsely. */
    private static float bestScale(float[] weights) {
      float largest = 0;
      for (float weight : weights) {
        largest = Math.max(largest, Math.abs(weight));
      }
      if (largest == 0) {
        return 1;
      }
      float best = 0;
      double least = Double.MAX_VALUE;
      for (int share = 50; share <= 100; share += 2) {
        float scale = Math.max(Float.MIN_NORMAL, largest * share / 100 / LARGEST_WEIGHT);
        double error = 0;
        for (float weight : weights) {
          double difference = weight - (double) scale * rounded(weight, scale);
          error += difference * difference;
        }
        if (error < least) {
          least = error;
          best = scale;
        }
      }
      return best;
    }
  }
}
