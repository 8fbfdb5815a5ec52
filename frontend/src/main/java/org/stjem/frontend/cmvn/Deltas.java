package org.stjem.frontend.cmvn;

import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Features with their time derivatives of orders 1 to {@code order} appended, each the regression
 * slope over {@code 2 * window + 1} frames of the order below; at the borders the first or last
 * frame is repeated (feat/feature-functions.cc: DeltaFeatures).
 */
public final class Deltas {
  private static final int LIMIT = 1000;

  /** Per order, the weights of the frames about the current one, which is in the middle. */
  private final float[][] filters;

  /**
   * Deltas up to an order.
   *
   * @param order 0 to 999
   * @param window frames on each side, 1 to 999
   */
  public Deltas(int order, int window) {
    if (order < 0 || order >= LIMIT) {
      throw new StjemException("--delta-order=" + order + " is outside 0 to " + (LIMIT - 1));
    }
    if (window < 1 || window >= LIMIT) {
      throw new StjemException("--delta-window=" + window + " is outside 1 to " + (LIMIT - 1));
    }
    float normaliser = 0;
    for (int j = -window; j <= window; j++) {
      normaliser += j * j;
    }
    filters = new float[order + 1][];
    filters[0] = new float[] {1};
    for (int i = 1; i <= order; i++) {
      float[] below = filters[i - 1];
      float[] filter = new float[below.length + 2 * window];
      for (int j = -window; j <= window; j++) {
        for (int k = 0; k < below.length; k++) {
          filter[j + k + window] += j * below[k];
        }
      }
      for (int k = 0; k < filter.length; k++) {
        filter[k] /= normaliser;
      }
      filters[i] = filter;
    }
  }

  /** The features and their deltas, shape {@code [frames, (order + 1) * bins]}. */
  public FloatMatrix append(FloatMatrix feats) {
    int dim = feats.cols();
    int width = filters.length * dim;
    FloatMatrix result = new FloatMatrix(feats.rows(), width);
    float[] from = feats.data();
    float[] to = result.data();
    for (int t = 0; t < feats.rows(); t++) {
      for (int i = 0; i < filters.length; i++) {
        float[] filter = filters[i];
        int middle = filter.length / 2;
        int out = t * width + i * dim;
        for (int k = 0; k < filter.length; k++) {
          int source = Math.max(0, Math.min(feats.rows() - 1, t + k - middle)) * dim;
          for (int bin = 0; bin < dim; bin++) {
            to[out + bin] += filter[k] * from[source + bin];
          }
        }
      }
    }
    return result;
  }
}
