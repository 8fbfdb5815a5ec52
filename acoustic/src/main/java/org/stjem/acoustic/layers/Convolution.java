package org.stjem.acoustic.layers;

/**
 * Sizes of one convolution over the frames and bins of a window. The bins are padded with half a
 * kernel of zeros at either end. The frames are not padded: each value is computed of frames of the
 * window alone, wherever the window lies in an utterance, so that windows that overlap share it.
 *
 * @param inputs channels of the input {@code [inputs, frames, bins]}
 * @param filters channels of the output {@code [filters, outputFrames, outputBins]}
 * @param frames frames of the input
 * @param bins bins of the input
 * @param kernelFrames frames under a filter, at most {@code frames}
 * @param kernelBins bins under a filter, an odd number
 * @param strideFrames frames from one output to the next
 * @param strideBins bins from one output to the next
 */
public record Convolution(
    int inputs,
    int filters,
    int frames,
    int bins,
    int kernelFrames,
    int kernelBins,
    int strideFrames,
    int strideBins) {

  /** Frames of the output. */
  public int outputFrames() {
    return (frames - kernelFrames) / strideFrames + 1;
  }

  /** Bins of the output. */
  public int outputBins() {
    return (bins - 1) / strideBins + 1;
  }

  /** Zeros at either end of the bins. */
  public int paddingBins() {
    return kernelBins / 2;
  }

  /** Shape of the weights, {@code [filters, inputs, kernelFrames, kernelBins]}. */
  public long[] weightShape() {
    return new long[] {filters, inputs, kernelFrames, kernelBins};
  }
}
