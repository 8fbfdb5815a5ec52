package org.stjem.acoustic.layers;

/**
 * A convolution that halves the bins, and a residual unit: with a the activation and y =
 * reduction(a(x)), the stage gives y + second(a(first(a(y)))), where y is cropped by as many frames
 * at either end as {@code first} takes off.
 *
 * @param reduction gives the stage its filters, half the bins, and fewer frames
 * @param first of the unit's branch; as many filters, and a stride of 1
 * @param second of the unit's branch; keeps frames and bins
 */
public record ResidualStage(Convolution reduction, Convolution first, Convolution second) {
  /** Frames that the shortcut leaves out at either end. */
  public int crop() {
    return (first.kernelFrames() - 1) / 2;
  }
}
