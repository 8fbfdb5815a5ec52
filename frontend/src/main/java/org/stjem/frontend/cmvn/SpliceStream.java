package org.stjem.frontend.cmvn;

import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * {@link FrameContext#splice} of a stream: a frame comes out when its right context is there, the
 * last ones, with the last frame repeated, at the end of the utterance. The result does not depend
 * on how an utterance is cut into chunks; what is kept is one frame and its context. Not safe for
 * use by several threads at once.
 */
public final class SpliceStream {
  private final int dim;
  private final int right;
  private final int outputDim;

  /** The latest frames, the newest last. */
  private final float[] latest;

  private long seen;

  /**
   * A stream at the start of an utterance.
   *
   * @param context frames to put side by side
   * @param dim bins of a frame
   */
  public SpliceStream(FrameContext context, int dim) {
    this.dim = dim;
    this.right = context.right();
    this.outputDim = Math.multiplyExact(context.left() + 1 + right, dim);
    this.latest = new float[outputDim];
  }

  /**
   * Takes the next frames and gives those whose context is complete.
   *
   * @param feats {@code [frames, dim]}; not changed
   * @return {@code [frames, (left + 1 + right) * dim]}, possibly without frames
   * @throws StjemException if the number of bins is another; then nothing was taken
   */
  public FloatMatrix accept(FloatMatrix feats) {
    if (feats.rows() > 0 && feats.cols() != dim) {
      throw new StjemException("features have " + feats.cols() + " bins where " + dim + " are due");
    }
    return take(feats.data(), feats.rows(), dim);
  }

  /** Ends the utterance, gives its last frames and is ready for the next one. */
  public FloatMatrix finish() {
    float[] last = new float[dim];
    System.arraycopy(latest, outputDim - dim, last, 0, dim);
    FloatMatrix rest = seen == 0 ? new FloatMatrix(0, outputDim) : take(last, right, 0);
    seen = 0;
    return rest;
  }

  /** Takes {@code frames} frames that lie {@code step} floats apart. */
  private FloatMatrix take(float[] data, int frames, int step) {
    long complete = Math.max(0, seen + frames - right) - Math.max(0, seen - right);
    FloatMatrix spliced = new FloatMatrix((int) complete, outputDim);
    int row = 0;
    for (int t = 0; t < frames; t++) {
      // The first frame fills the whole left context.
      for (int at = seen == 0 ? 0 : outputDim - dim; at < outputDim; at += dim) {
        System.arraycopy(latest, dim, latest, 0, outputDim - dim);
        System.arraycopy(data, t * step, latest, outputDim - dim, dim);
      }
      seen++;
      if (seen > right) {
        System.arraycopy(latest, 0, spliced.data(), row * outputDim, outputDim);
        row++;
      }
    }
    return spliced;
  }
}
