package org.stjem.acoustic.ebm;

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
}
