package org.stjem.frontend.cmvn;

import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Frames put side by side with their neighbours; at the borders the first or last frame is repeated
 * (feat/feature-functions.cc: SpliceFrames).
 *
 * @param left frames of left context, at least 0
 * @param right frames of right context, at least 0
 */
public record FrameContext(int left, int right) {

  public FrameContext {
    if (left < 0 || right < 0) {
      throw new StjemException(
          "a context of " + left + " left and " + right + " right frames has a negative side");
    }
  }

  /** The spliced features, shape {@code [frames, (left + 1 + right) * bins]}. */
  public FloatMatrix splice(FloatMatrix feats) {
    int dim = feats.cols();
    int width = left + 1 + right;
    FloatMatrix spliced = new FloatMatrix(feats.rows(), width * dim);
    for (int t = 0; t < feats.rows(); t++) {
      for (int j = 0; j < width; j++) {
        int source = Math.max(0, Math.min(feats.rows() - 1, t + j - left));
        System.arraycopy(feats.data(), source * dim, spliced.data(), (t * width + j) * dim, dim);
      }
    }
    return spliced;
  }
}
