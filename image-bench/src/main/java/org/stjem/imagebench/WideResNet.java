package org.stjem.imagebench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;

/**
 * Wide residual networks (Zagoruyko and Komodakis 2016) in the form JEM uses: no normalisation of
 * any kind, LeakyReLU of slope 0.2, biases everywhere, and the stride in a unit's second
 * convolution. On request with batch normalisation before each LeakyReLU as in the original; the
 * convolutions then have no biases, which it would take away again.
 */
public final class WideResNet {
  private static final float SLOPE = 0.2f;
  private static final int STEM_FILTERS = 16;
  private static final int STAGES = 3;

  private final boolean batchNorm;

  private WideResNet(boolean batchNorm) {
    this.batchNorm = batchNorm;
  }

  /**
   * A network that maps {@code [rows, 3, 32, 32]} to {@code [rows, classes]}.
   *
   * @param depth number of layers, 6n + 4 for n residual units in each of three stages
   * @param width factor k on the 16, 32 and 64 filters of the stages
   * @param batchNorm whether activations are normalised over the batch
   * @throws ImageBenchException if there is no such network
   */
  public static Block block(int depth, int width, int classes, boolean batchNorm) {
    requireValid(depth, width);
    return new WideResNet(batchNorm).block(depth, width, classes);
  }

  private Block block(int depth, int width, int classes) {
    int units = (depth - 4) / 6;
    SequentialBlock network = new ChannelsLast().add(convolution(STEM_FILTERS, 3, 1));
    int inputs = STEM_FILTERS;
    for (int stage = 0; stage < STAGES; stage++) {
      int filters = (STEM_FILTERS << stage) * width;
      for (int unit = 0; unit < units; unit++) {
        network.add(unit(inputs, filters, stage > 0 && unit == 0 ? 2 : 1));
        inputs = filters;
      }
    }
    return activation(network)
        .add(Pool.globalAvgPool2dBlock())
        .add(Linear.builder().setUnits(classes).build());
  }

  /**
   * Layers that see their input in another order of memory on a CPU: pixel by pixel instead of
   * plane by plane. Values and shapes are the same; PyTorch's convolutions keep the order from
   * layer to layer, and on a CPU they are faster in this one.
   */
  private static final class ChannelsLast extends SequentialBlock {
    @Override
    protected NDList forwardInternal(
        ParameterStore store,
        NDList inputs,
        boolean training,
        PairList<String, Object> parameters) {
      NDArray x = inputs.singletonOrThrow();
      if (x.getDevice().equals(Device.cpu())) {
        NDArray pixels = x.transpose(0, 2, 3, 1);
        // Flattening a permuted view copies its values in the order seen.
        x = pixels.flatten().reshape(pixels.getShape()).transpose(0, 3, 1, 2);
      }
      return super.forwardInternal(store, new NDList(x), training, parameters);
    }
  }

  /** Throws an {@link ImageBenchException} if there is no network of this depth and width. */
  static void requireValid(int depth, int width) {
    if (depth < 10 || depth % 6 != 4) {
      throw new ImageBenchException("depth " + depth + " is not of the form 6n + 4: 10, 16, … 28");
    }
    if (width < 1) {
      throw new ImageBenchException("width " + width + " is not positive");
    }
  }

  private SequentialBlock activation(SequentialBlock blocks) {
    if (batchNorm) {
      blocks.add(BatchNorm.builder().build());
    }
    return blocks.add(Activation.leakyReluBlock(SLOPE));
  }

  private Block unit(int inputs, int filters, int stride) {
    SequentialBlock branch = activation(new SequentialBlock()).add(convolution(filters, 3, 1));
    activation(branch).add(convolution(filters, 3, stride));
    Block shortcut =
        stride == 1 && inputs == filters ? Blocks.identityBlock() : convolution(filters, 1, stride);
    return new ParallelBlock(
        outputs ->
            new NDList(outputs.get(0).singletonOrThrow().add(outputs.get(1).singletonOrThrow())),
        List.of(branch, shortcut));
  }

  private Block convolution(int filters, int kernel, int stride) {
    return Conv2d.builder()
        .setKernelShape(new Shape(kernel, kernel))
        .optPadding(new Shape(kernel / 2, kernel / 2))
        .optStride(new Shape(stride, stride))
        .setFilters(filters)
        .optBias(!batchNorm)
        .build();
  }
}
