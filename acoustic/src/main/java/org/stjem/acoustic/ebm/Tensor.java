package org.stjem.acoustic.ebm;

/**
 * A float array with a shape, outside the tensor engine.
 *
 * @param shape size of each dimension
 * @param values row by row
 */
public record Tensor(long[] shape, float[] values) {
  public Tensor {
    long size = 1;
    for (long dimension : shape) {
      size *= dimension;
    }
    if (size != values.length) {
      throw new IllegalArgumentException("a shape of " + size + " values, given " + values.length);
    }
  }

  /** A tensor of one dimension. */
  public static Tensor of(float... values) {
    return new Tensor(new long[] {values.length}, values);
  }
}
