package org.stjem.acoustic.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.stjem.acoustic.layers.Convolution;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.acoustic.layers.ResidualStage;

/**
 * A convolutional network from windows {@code [rows, frames · bins]} to logits {@code [rows,
 * pdfs]}: the convolutions of a {@link ConvolutionLayout}, then hidden linear layers and one of
 * logits. No normalisation of any kind: rows do not depend on each other, and what SGLD climbs is f
 * alone.
 */
final class ConvolutionalBlock extends AbstractBlock {
  private final ConvolutionLayout layout;
  private final UnaryOperator<NDArray> activation;
  private final List<Block> convolutions = new ArrayList<>();
  private final List<Block> linear = new ArrayList<>();
  private final int outputs;
  private final float dropout;

  ConvolutionalBlock(
      ConvolutionLayout layout,
      List<Integer> hiddenLayers,
      UnaryOperator<NDArray> activation,
      int outputs,
      double dropout) {
    this.layout = layout;
    this.activation = activation;
    this.outputs = outputs;
    this.dropout = (float) dropout;
    for (Convolution it : layout.convolutions()) {
      convolutions.add(addChildBlock("Conv2d", conv2d(it)));
    }
    List<Integer> units = new ArrayList<>(hiddenLayers);
    units.add(outputs);
    for (int count : units) {
      linear.add(addChildBlock("Linear", Linear.builder().setUnits(count).build()));
    }
  }

  private static Conv2d conv2d(Convolution it) {
    return Conv2d.builder()
        .setKernelShape(new Shape(it.kernelFrames(), it.kernelBins()))
        .optStride(new Shape(it.strideFrames(), it.strideBins()))
        .optPadding(new Shape(0, it.paddingBins()))
        .setFilters(it.filters())
        .build();
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
    Iterator<Block> layer = convolutions.iterator();
    UnaryOperator<NDArray> next =
        x -> layer.next().forward(store, new NDList(x), training).singletonOrThrow();
    NDArray windows = inputs.singletonOrThrow();
    Convolution stem = layout.stem();
    NDArray x =
        next.apply(windows.reshape(windows.getShape().get(0), 1, stem.frames(), stem.bins()));
    for (ResidualStage stage : layout.stages()) {
      NDArray reduced = next.apply(activation.apply(x));
      NDArray first = next.apply(activation.apply(reduced));
      NDArray branch = next.apply(activation.apply(first));
      x = cropped(reduced, stage).add(branch);
    }
    x = x.reshape(x.getShape().get(0), layout.outputs());
    for (Block block : linear) {
      NDArray values = activation.apply(x);
      NDList kept = dropout > 0 ? Dropout.dropout(values, dropout, training) : new NDList(values);
      x = block.forward(store, kept, training).singletonOrThrow();
    }
    return new NDList(x);
  }

  private static NDArray cropped(NDArray x, ResidualStage stage) {
    int crop = stage.crop();
    return crop == 0
        ? x
        : x.get(new NDIndex(":, :, {}:{}", crop, crop + stage.first().outputFrames()));
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape(inputShapes[0].get(0), outputs)};
  }

  @Override
  protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
    long rows = inputShapes[0].get(0);
    Iterator<Convolution> sizes = layout.convolutions().iterator();
    for (Block block : convolutions) {
      Convolution it = sizes.next();
      block.initialize(manager, type, new Shape(rows, it.inputs(), it.frames(), it.bins()));
    }
    Shape below = new Shape(rows, layout.outputs());
    for (Block block : linear) {
      block.initialize(manager, type, below);
      below = block.getOutputShapes(new Shape[] {below})[0];
    }
  }
}
