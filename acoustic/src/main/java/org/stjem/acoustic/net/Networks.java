package org.stjem.acoustic.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import java.util.List;
import java.util.function.UnaryOperator;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.frontend.io.StjemException;

/** Builds the blocks of acoustic networks. */
public final class Networks {
  private Networks() {}

  /**
   * A multi-layer perceptron: hidden layers with an activation, then one linear layer of logits.
   *
   * @param activation {@code silu} or {@code relu}
   * @param dropout share of the values of each hidden layer that are left out in training
   */
  public static Block mlp(
      List<Integer> hiddenLayers, String activation, int outputs, double dropout) {
    SequentialBlock block = new SequentialBlock();
    UnaryOperator<NDArray> function = activation(activation);
    for (int units : hiddenLayers) {
      block.add(Linear.builder().setUnits(units).build());
      Block unit =
          new LambdaBlock(list -> new NDList(function.apply(list.singletonOrThrow())), activation);
      // One block in either case, for the numbers in the names of the weights count blocks.
      block.add(
          dropout > 0
              ? new SequentialBlock()
                  .add(unit)
                  .add(Dropout.builder().optRate((float) dropout).build())
              : unit);
    }
    return block.add(Linear.builder().setUnits(outputs).build());
  }

  /**
   * A convolutional network: the convolutions of a layout, hidden layers and a layer of logits,
   * with an activation before each of them but the first.
   *
   * @param activation {@code silu} or {@code relu}
   * @param dropout share of the values before each linear layer that are left out in training
   */
  public static Block cnn(
      ConvolutionLayout layout,
      List<Integer> hiddenLayers,
      String activation,
      int outputs,
      double dropout) {
    return new ConvolutionalBlock(layout, hiddenLayers, activation(activation), outputs, dropout);
  }

  private static UnaryOperator<NDArray> activation(String name) {
    return switch (name) {
      case "silu" -> Networks::silu;
      case "relu" -> Activation::relu;
      default -> throw new StjemException("no activation '" + name + "'; there are silu and relu");
    };
  }

  /**
   * x · sigmoid(x). Not DJL's swish, which multiplies by a scalar: the scalar's memory belongs to a
   * Java buffer that may be collected before the backward pass reads it, and the gradient is then
   * multiplied by whatever stands there. No differentiated expression may hold such a scalar.
   */
  private static NDArray silu(NDArray x) {
    return Activation.sigmoid(x).mul(x);
  }
}
