package org.stjem.acoustic.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.layers.Convolution;
import org.stjem.acoustic.layers.ConvolutionLayout;

/**
 * The layers of a network with their weights: linear ones, and perhaps convolutions before them.
 * After each layer but the last comes the activation; a {@link
 * org.stjem.acoustic.layers.ResidualStage} says where else.
 *
 * @param layout sizes of the convolutions, if there are some
 * @param convolutions weights of {@link ConvolutionLayout#convolutions} one by one; empty without
 *     layout
 * @param linear layers from there on to the logits
 * @param activation {@code silu} or {@code relu}
 */
public record NetworkLayers(
    Optional<ConvolutionLayout> layout,
    List<Filters> convolutions,
    List<MlpGraph.Layer> linear,
    String activation) {

  /**
   * Weights of a convolution.
   *
   * @param weight {@code [filters, inputs, frames, bins]}
   * @param bias {@code [filters]}
   */
  public record Filters(Tensor weight, Tensor bias) {}

  /**
   * The layers of a network whose tensors are weight and bias of one layer, then of the next, and
   * so on.
   *
   * @throws IllegalArgumentException if the shapes are not those of such layers
   */
  public static NetworkLayers of(
      Optional<ConvolutionLayout> layout, Map<String, Tensor> weights, String activation) {
    Map<String, Tensor> linear = new LinkedHashMap<>(weights);
    List<Filters> filters = new ArrayList<>();
    for (Convolution it : layout.map(ConvolutionLayout::convolutions).orElse(List.of())) {
      Tensor weight = takeFirst(linear);
      Tensor bias = takeFirst(linear);
      if (!Arrays.equals(weight.shape(), it.weightShape())
          || bias.values().length != it.filters()) {
        throw new IllegalArgumentException("the tensors are not those of the convolutions");
      }
      filters.add(new Filters(weight, bias));
    }
    return new NetworkLayers(layout, filters, MlpGraph.layers(linear), activation);
  }

  private static Tensor takeFirst(Map<String, Tensor> tensors) {
    return tensors.remove(tensors.keySet().iterator().next());
  }
}
