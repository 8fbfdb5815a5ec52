package org.stjem.frontend.fbank;

import java.io.IOException;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.FloatRows;

/**
 * Features of a long recording, computed block by block each time that they are used: bit by bit
 * those that are computed at once.
 */
final class StreamedFbank implements FloatRows {
  private static final int BLOCK_SAMPLES = 1 << 14;

  private final FbankExtractor extractor;
  private final float warp;
  private final long seed;
  private final UtteranceFbank.Channel samples;
  private final int rows;
  private final float[] mean;

  /**
   * Features from which nothing is subtracted.
   *
   * @param rows number of frames that the samples make
   */
  StreamedFbank(
      FbankExtractor extractor, float warp, long seed, UtteranceFbank.Channel samples, int rows) {
    this.extractor = extractor;
    this.warp = warp;
    this.seed = seed;
    this.samples = samples;
    this.rows = rows;
    this.mean = new float[extractor.dim()];
  }

  /**
   * Subtracts the mean of each column, for which it computes the features once more.
   *
   * @throws StjemException if a mean is infinite
   */
  void subtractMean() {
    double[] sums = new double[mean.length];
    try {
      forEachBlock(block -> add(block, sums));
    } catch (IOException e) {
      throw new StjemException("cannot sum the features: " + StjemException.reason(e), e);
    }
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) (sums[d] / rows);
      if (Float.isInfinite(mean[d])) {
        throw new StjemException("the mean of column " + d + " is " + mean[d]);
      }
    }
  }

  private static void add(FloatMatrix block, double[] sums) {
    for (int t = 0; t < block.rows(); t++) {
      for (int d = 0; d < sums.length; d++) {
        sums[d] += block.get(t, d);
      }
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return mean.length;
  }

  @Override
  public void forEachBlock(Consumer consumer) throws IOException {
    extractor.start(warp, seed);
    int length = samples.length();
    int done = 0;
    while (done < length) {
      int to = done + Math.min(BLOCK_SAMPLES, length - done);
      give(extractor.accept(samples.samples(done, to)), consumer);
      done = to;
    }
    give(extractor.finish(), consumer);
  }

  private void give(FloatMatrix block, Consumer consumer) throws IOException {
    if (block.rows() == 0) {
      return;
    }
    for (int t = 0; t < block.rows(); t++) {
      for (int d = 0; d < mean.length; d++) {
        block.set(t, d, block.get(t, d) - mean[d]);
      }
    }
    consumer.accept(block);
  }
}
