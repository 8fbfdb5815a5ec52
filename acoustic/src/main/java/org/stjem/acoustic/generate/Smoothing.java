package org.stjem.acoustic.generate;

import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.frontend.io.StjemException;

/**
 * A Gaussian blur over neighbouring frames and bins as the root of a preconditioner. Neighbouring
 * values of speech move together; gradients of networks have components that change from value to
 * value, which raise log p(x) and are no speech. Rows of the blur's matrix are symmetric, so that
 * its square is a preconditioner; near an edge its weights add up to less than 1.
 */
public final class Smoothing implements AnnealedSgld.RootOfPreconditioner {
  private static final double REACH = 3;
  private static final int WIDEST = 100;

  private final SequenceShape shape;
  private final float[] overFrames;
  private final float[] overBins;

  /**
   * Blurs sequences of a shape.
   *
   * @param frames standard deviation of the kernel over frames, 0 for none
   * @param bins standard deviation of the kernel over bins, 0 for none
   * @throws StjemException if one is out of range
   */
  public Smoothing(SequenceShape shape, double frames, double bins) {
    require("--smooth-frames", frames);
    require("--smooth-bins", bins);
    this.shape = shape;
    this.overFrames = kernel(frames);
    this.overBins = kernel(bins);
  }

  private static void require(String name, double deviation) {
    if (!(deviation >= 0 && deviation <= WIDEST)) {
      throw new StjemException(name + " is " + deviation + ", must be from 0 to " + WIDEST);
    }
  }

  /** Weights at distances 0, 1, … */
  private static float[] kernel(double deviation) {
    int reach = (int) Math.ceil(REACH * deviation);
    float[] weights = new float[reach + 1];
    double sum = 0;
    for (int d = 0; d <= reach; d++) {
      double weight = d == 0 ? 1 : Math.exp(-0.5 * (d / deviation) * (d / deviation));
      sum += d == 0 ? weight : 2 * weight;
      weights[d] = (float) weight;
    }
    for (int d = 0; d <= reach; d++) {
      weights[d] /= (float) sum;
    }
    return weights;
  }

  @Override
  public void apply(float[] values) {
    int dim = shape.dim();
    int from = 0;
    for (int end : shape.ends()) {
      for (int i = from; i < end && overBins.length > 1; i += dim) {
        blur(values, i, 1, dim, overBins);
      }
      for (int bin = 0; bin < dim && overFrames.length > 1; bin++) {
        blur(values, from + bin, dim, (end - from) / dim, overFrames);
      }
      from = end;
    }
  }

  private static void blur(float[] values, int first, int stride, int count, float[] weights) {
    float[] line = new float[count];
    for (int i = 0; i < count; i++) {
      line[i] = values[first + i * stride];
    }
    for (int i = 0; i < count; i++) {
      float sum = weights[0] * line[i];
      for (int d = 1; d < weights.length; d++) {
        sum += i >= d ? weights[d] * line[i - d] : 0;
        sum += i + d < count ? weights[d] * line[i + d] : 0;
      }
      values[first + i * stride] = sum;
    }
  }
}
