package org.stjem.acoustic.onnx;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.stjem.acoustic.ebm.Tensor;

/** Multi-layer perceptrons as nodes of an {@link OnnxGraph}. */
public final class MlpGraph {
  /** The activations there are. */
  public static final List<String> ACTIVATIONS = List.of("silu", "relu");

  private MlpGraph() {}

  /**
   * A linear layer.
   *
   * @param weight {@code [outputs, inputs]}
   * @param bias {@code [outputs]}
   */
  public record Layer(Tensor weight, Tensor bias) {
    /** Number of inputs. */
    public int inputs() {
      return (int) weight.shape()[1];
    }

    /** Number of outputs. */
    public int outputs() {
      return (int) weight.shape()[0];
    }
  }

  /**
   * The layers of a network whose tensors are weight and bias of one layer, then of the next, and
   * so on.
   *
   * @throws IllegalArgumentException if the shapes do not follow on each other
   */
  public static List<Layer> layers(Map<String, Tensor> weights) {
    List<Layer> layers = new ArrayList<>();
    for (Iterator<Tensor> tensors = weights.values().iterator(); tensors.hasNext(); ) {
      Tensor first = tensors.next();
      Tensor second = tensors.hasNext() ? tensors.next() : Tensor.of();
      boolean weightFirst = first.shape().length == 2;
      Tensor weight = weightFirst ? first : second;
      Tensor bias = weightFirst ? second : first;
      if (weight.shape().length != 2
          || bias.shape().length != 1
          || bias.shape()[0] != weight.shape()[0]
          || (!layers.isEmpty() && layers.get(layers.size() - 1).outputs() != weight.shape()[1])) {
        throw new IllegalArgumentException("the tensors are not those of linear layers in a row");
      }
      layers.add(new Layer(weight, bias));
    }
    return layers;
  }

  /**
   * Adds the network in float32; see {@link #add(OnnxGraph, String, List, String, String)}.
   *
   * @return the name of the logits
   */
  public static String add(OnnxGraph graph, String x, List<Layer> layers, String activation) {
    String logits = "mlp" + graph.nextValue();
    add(graph, x, layers, activation, logits);
    return logits;
  }

  /**
   * Adds the network in float32.
   *
   * @param x name of {@code [rows, inputs]}
   * @param activation {@code silu} or {@code relu}
   * @param logits name the value {@code [rows, outputs]} gets
   */
  public static void add(
      OnnxGraph graph, String x, List<Layer> layers, String activation, String logits) {
    String value = x;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      String[] inputs = {value, graph.constant(layer.weight()), graph.constant(layer.bias())};
      Map<String, Long> transposed = Map.of("transB", 1L);
      if (i < layers.size() - 1) {
        value = activation(graph, graph.node("Gemm", transposed, inputs), activation);
      } else {
        graph.named(logits, "Gemm", transposed, inputs);
      }
    }
  }

  /** Adds an activation. */
  static String activation(OnnxGraph graph, String x, String activation) {
    return switch (activation) {
      case "silu" -> graph.node("Mul", x, graph.node("Sigmoid", x));
      case "relu" -> graph.node("Relu", x);
      default ->
          throw new IllegalArgumentException(
              "no activation '" + activation + "'; there are silu and relu");
    };
  }
}
