package org.stjem.acoustic.ebm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * A float array with a shape, outside the tensor engine.
 *
 * @param shape size of each dimension
 * @param values row by row
 */
public record Tensor(long[] shape, float[] values) {
  public Tensor {
    double size = 1;
    for (long dimension : shape) {
      size *= dimension;
    }
    if (size != values.length || Arrays.stream(shape).anyMatch(dimension -> dimension < 0)) {
      throw new IllegalArgumentException(
          "a shape of " + Arrays.toString(shape) + ", given " + values.length + " values");
    }
  }

  /** A tensor of one dimension. */
  public static Tensor of(float... values) {
    return new Tensor(new long[] {values.length}, values);
  }

  /** The values of an array. */
  static Tensor of(NDArray array) {
    return new Tensor(array.getShape().getShape(), array.toFloatArray());
  }

  /**
   * Copies the values into the memory of an array of this shape. {@code NDArray.set} would put a
   * Java buffer in its place: what shares the array's memory would not see them, and a buffer is
   * not aligned for the engine's vector instructions.
   */
  void copyTo(NDArray array) {
    boolean differentiated = array.hasGradient();
    array.setRequiresGradient(false);
    try (NDArray given = array.getManager().create(values, new Shape(shape))) {
      array.set(new NDIndex("..."), given);
    }
    array.setRequiresGradient(differentiated);
  }
}
