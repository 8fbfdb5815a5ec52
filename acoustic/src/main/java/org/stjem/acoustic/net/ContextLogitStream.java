package org.stjem.acoustic.net;

import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Keeps the frames that later rows still need as context, at most the context plus one chunk. */
final class ContextLogitStream implements LogitStream {
  private final AcousticModel model;
  private final int left;
  private final int right;
  private final int dim;
  private float[] pending = new float[0];
  private int pendingFrames;
  private boolean started;
  private boolean finished;

  ContextLogitStream(AcousticModel model) {
    this.model = model;
    this.left = model.description().leftContext();
    this.right = model.description().rightContext();
    this.dim = model.description().featureDim();
  }

  @Override
  public FloatMatrix accept(FloatMatrix chunk) {
    if (finished) {
      throw new IllegalStateException("features after the end of the utterance");
    }
    if (chunk.rows() == 0) {
      return new FloatMatrix(0, model.description().numPdfs());
    }
    if (chunk.cols() != dim) {
      throw new StjemException(
          "features have dimension " + chunk.cols() + ", the model expects " + dim);
    }
    append(chunk.data(), 0, chunk.rows(), started ? 0 : left);
    started = true;
    return ready();
  }

  @Override
  public FloatMatrix finish() {
    if (finished) {
      throw new IllegalStateException("the utterance has already ended");
    }
    finished = true;
    if (!started) {
      return new FloatMatrix(0, model.description().numPdfs());
    }
    float[] last = new float[right * dim];
    for (int i = 0; i < right; i++) {
      System.arraycopy(pending, (pendingFrames - 1) * dim, last, i * dim, dim);
    }
    append(last, 0, right, 0);
    return ready();
  }

  /** Appends {@code frames} rows, the first of them {@code extra} more times. */
  private void append(float[] rows, int from, int frames, int extra) {
    int total = pendingFrames + extra + frames;
    if (total * dim > pending.length) {
      pending = java.util.Arrays.copyOf(pending, total * dim);
    }
    for (int i = 0; i < extra; i++) {
      System.arraycopy(rows, from, pending, (pendingFrames + i) * dim, dim);
    }
    System.arraycopy(rows, from, pending, (pendingFrames + extra) * dim, frames * dim);
    pendingFrames = total;
  }

  private FloatMatrix ready() {
    int rows = pendingFrames - left - right;
    if (rows <= 0) {
      return new FloatMatrix(0, model.description().numPdfs());
    }
    FloatMatrix padded =
        new FloatMatrix(pendingFrames, dim, java.util.Arrays.copyOf(pending, pendingFrames * dim));
    FloatMatrix logits = model.logitsOfPadded(padded);
    System.arraycopy(pending, rows * dim, pending, 0, (left + right) * dim);
    pendingFrames = left + right;
    return logits;
  }
}
