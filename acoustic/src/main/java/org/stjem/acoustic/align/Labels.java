package org.stjem.acoustic.align;

import org.stjem.frontend.kaldi.EntryException;

/** What every user of an alignment demands of its labels, one pdf-id per frame. */
public final class Labels {
  /** Kaldi's nnet1 tools cut off a difference in length of fewer frames than this. */
  private static final int LENGTH_TOLERANCE = 5;

  private Labels() {}

  /**
   * The frames that both an alignment and a matrix have: where they differ by fewer than 5 frames,
   * the longer one is cut.
   *
   * @param what the rows of the matrix are of, a plural such as {@code features}
   * @param rows of the matrix
   * @throws EntryException if they differ by more
   */
  public static int commonFrames(String what, int rows, int[] labels) {
    if (Math.abs(rows - labels.length) >= LENGTH_TOLERANCE) {
      throw new EntryException(
          "the "
              + what
              + " have "
              + rows
              + " frames, the alignment "
              + labels.length
              + "; they may differ by at most "
              + (LENGTH_TOLERANCE - 1));
    }
    return Math.min(rows, labels.length);
  }

  /**
   * Refuses a pdf-id that the model does not have.
   *
   * @param pdfs one pdf-id per frame
   * @param frames how many of them count
   * @throws LabelException if there is one; names frame and pdf-id
   */
  public static void requireBelow(int numPdfs, int[] pdfs, int frames) {
    for (int t = 0; t < frames; t++) {
      if (pdfs[t] < 0 || pdfs[t] >= numPdfs) {
        throw new LabelException(
            "frame " + t + " is aligned to pdf-id " + pdfs[t] + ", there are 0 … " + (numPdfs - 1));
      }
    }
  }
}
