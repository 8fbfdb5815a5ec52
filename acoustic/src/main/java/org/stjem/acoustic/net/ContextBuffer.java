package org.stjem.acoustic.net;

import java.util.Arrays;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * The frames of one utterance that rows still to be computed need: takes frames in chunks of any
 * size and gives stretches that carry their context, as {@link AcousticModel#logitsOfPadded} takes
 * them. The first frame is repeated before the utterance and the last one behind it. Keeps the
 * frames not yet given out and the left context. Not thread-safe.
 */
public final class ContextBuffer {
  private final int left;
  private final int right;
  private final int dim;

  private float[] data = new float[0];
  private int first;
  private int frames;
  private boolean empty = true;
  private boolean padStart;
  private boolean finished;
  private long rowsToSkip;

  /** For an utterance from its first frame on. */
  public ContextBuffer(ModelDescription description) {
    this(description, 0, 0);
  }

  /**
   * For the rest of an utterance.
   *
   * @param firstFrame index of the first frame that will come, 0 or at most {@code firstRow} less
   *     the left context
   * @param firstRow index of the frame whose row is the first one wanted
   */
  public ContextBuffer(ModelDescription description, long firstFrame, long firstRow) {
    this.left = description.leftContext();
    this.right = description.rightContext();
    this.dim = description.featureDim();
    this.padStart = firstFrame == 0;
    this.rowsToSkip = padStart ? firstRow : firstRow - left - firstFrame;
    if (firstFrame < 0 || firstRow < 0 || rowsToSkip < 0) {
      throw new IllegalArgumentException(
          "frames from " + firstFrame + " on do not give row " + firstRow);
    }
  }

  /**
   * Takes the next frames.
   *
   * @param chunk {@code [frames, featureDim]}, any number of frames
   * @throws StjemException if the dimension is another
   */
  public void append(FloatMatrix chunk) {
    if (finished) {
      throw new IllegalStateException("features after the end of the utterance");
    }
    if (chunk.rows() == 0) {
      return;
    }
    if (chunk.cols() != dim) {
      throw new StjemException(
          "features have dimension " + chunk.cols() + ", the model expects " + dim);
    }
    int before = padStart ? left : 0;
    reserve(before + chunk.rows());
    for (int i = 0; i < before; i++) {
      add(chunk.data(), 0, 1);
    }
    add(chunk.data(), 0, chunk.rows());
    padStart = false;
    empty = false;
    skip();
  }

  /** Ends the utterance: the rows still owed become ready. */
  public void finish() {
    if (finished) {
      throw new IllegalStateException("the utterance has already ended");
    }
    finished = true;
    if (!empty) {
      reserve(right);
      int last = first + frames - 1;
      for (int i = 0; i < right; i++) {
        add(data, last, 1);
      }
      skip();
    }
  }

  /** Rows that can be computed now. */
  public int rowsReady() {
    return Math.max(0, frames - left - right);
  }

  /**
   * Gives out the frames of the next rows with their context.
   *
   * @param rows from 1 to {@link #rowsReady}
   * @return {@code [leftContext + rows + rightContext, featureDim]}
   */
  public FloatMatrix take(int rows) {
    if (rows < 1 || rows > rowsReady()) {
      throw new IllegalArgumentException(rows + " rows of " + rowsReady());
    }
    FloatMatrix stretch =
        new FloatMatrix(
            left + rows + right,
            dim,
            Arrays.copyOfRange(data, first * dim, (first + left + rows + right) * dim));
    drop(rows);
    return stretch;
  }

  private void skip() {
    int rows = (int) Math.min(rowsToSkip, rowsReady());
    rowsToSkip -= rows;
    drop(rows);
  }

  private void drop(int rows) {
    first += rows;
    frames -= rows;
  }

  private void add(float[] source, int frame, int count) {
    System.arraycopy(source, frame * dim, data, (first + frames) * dim, count * dim);
    frames += count;
  }

  /** Makes room behind the frames: moves them to the front when that is enough, else grows. */
  private void reserve(int more) {
    if ((first + frames + more) * dim <= data.length) {
      return;
    }
    float[] target = data;
    if ((frames + more) * dim > data.length) {
      target = new float[Math.max((frames + more) * dim, 2 * frames * dim)];
    }
    System.arraycopy(data, first * dim, target, 0, frames * dim);
    data = target;
    first = 0;
  }
}
