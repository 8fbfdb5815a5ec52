package org.stjem.acoustic.export;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.export.Nnet3Component.TimeHeightConvolution;
import org.stjem.acoustic.layers.Convolution;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.acoustic.layers.ResidualStage;
import org.stjem.acoustic.onnx.MlpGraph;
import org.stjem.acoustic.onnx.NetworkLayers;

/**
 * The convolutions of a model as nodes of a Kaldi network. Kaldi computes them along an utterance,
 * each value once, where we compute windows that overlap. As frames are not padded the values are
 * the same: a window's value at position p of a map is Kaldi's at frame t + first + p · step, where
 * t is the window's frame, {@code first} the offset of the window's first frame, and {@code step}
 * the frames from one position of the map to the next.
 *
 * <p>Kaldi's values are ordered {@code [position, bin, filter]} where ours are {@code [filter,
 * position, bin]}; the first linear layer's inputs are reordered.
 */
final class Nnet3Convolutions {
  private final Nnet3Network network;
  private final NetworkLayers layers;
  private int nodes;

  Nnet3Convolutions(Nnet3Network network, NetworkLayers layers) {
    this.network = network;
    this.layers = layers;
  }

  /**
   * Adds the convolutions and the activation behind them.
   *
   * @param frames node of the normalised frames
   * @param first offset of a window's first frame to the current one
   * @return a descriptor of what the linear layers see
   */
  String add(String frames, int first) {
    ConvolutionLayout layout = layers.layout().orElseThrow();
    Iterator<NetworkLayers.Filters> filters = layers.convolutions().iterator();
    String value = convolution(frames, layout.stem(), 1, filters.next());
    Convolution below = layout.stem();
    int step = layout.stem().strideFrames();
    for (ResidualStage stage : layout.stages()) {
      String input = activation(value, below);
      String reduced = convolution(input, stage.reduction(), step, filters.next());
      step *= stage.reduction().strideFrames();
      input = activation(reduced, stage.reduction());
      String inside = convolution(input, stage.first(), step, filters.next());
      input = activation(inside, stage.first());
      String branch = convolution(input, stage.second(), step, filters.next());
      value = "Sum(" + branch + ", " + Nnet3Network.shifted(reduced, stage.crop() * step) + ")";
      below = stage.second();
    }
    return network.spliced(activation(value, below), first, below.outputFrames(), step);
  }

  private String convolution(
      String input, Convolution sizes, int step, NetworkLayers.Filters filters) {
    nodes++;
    return network.add("conv" + nodes, new TimeHeightConvolution(sizes, step, filters), input);
  }

  private String activation(String sums, Convolution of) {
    int dim = of.filters() * of.outputBins();
    return network.activation("-conv" + nodes, layers.activation(), dim, sums);
  }

  /** The linear layers, for values in Kaldi's order. */
  List<MlpGraph.Layer> linear() {
    List<MlpGraph.Layer> linear = new ArrayList<>(layers.linear());
    layers.layout().ifPresent(layout -> linear.set(0, reordered(linear.get(0), layout.last())));
    return linear;
  }

  private static MlpGraph.Layer reordered(MlpGraph.Layer layer, Convolution last) {
    int positions = last.outputFrames();
    int bins = last.outputBins();
    int filters = last.filters();
    float[] ours = layer.weight().values();
    float[] values = new float[ours.length];
    for (int row = 0; row < ours.length; row += layer.inputs()) {
      int column = row;
      for (int position = 0; position < positions; position++) {
        for (int bin = 0; bin < bins; bin++) {
          for (int filter = 0; filter < filters; filter++) {
            values[column++] = ours[row + (filter * positions + position) * bins + bin];
          }
        }
      }
    }
    return new MlpGraph.Layer(new Tensor(layer.weight().shape(), values), layer.bias());
  }
}
