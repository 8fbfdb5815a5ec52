package org.stjem.frontend.kaldi;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;

/**
 * A range of a script file line such as {@code 0:99,:} or {@code 5:7,2:4}, both ends included, cut
 * to the size of a matrix or vector (util/kaldi-holder.cc).
 */
record MatrixRange(int firstRow, int rows, int firstCol, int cols) {
  private static final Logger log = LoggerFactory.getLogger(MatrixRange.class);

  /** How far the last row may lie beyond the end: segments are rounded differently from frames. */
  private static final int TOLERANCE = 3;

  /** The range of a matrix of {@code rows} by {@code cols}. */
  static MatrixRange ofMatrix(String range, int rows, int cols) {
    int comma = range.indexOf(',');
    String size = "a matrix of " + rows + " x " + cols;
    int[] row = interval(range, comma < 0 ? range : range.substring(0, comma), rows, size);
    int[] col = comma < 0 ? all(cols) : interval(range, range.substring(comma + 1), cols, size);
    if (col[1] >= cols) {
      throw misfit(range, size);
    }
    return new MatrixRange(row[0], clipped(range, row, rows), col[0], col[1] - col[0] + 1);
  }

  /** The range of a vector of {@code dim} values, as rows. */
  static MatrixRange ofVector(String range, int dim) {
    int[] row = interval(range, range, dim, "a vector of " + dim);
    return new MatrixRange(row[0], clipped(range, row, dim), 0, 1);
  }

  private static int clipped(String range, int[] ends, int size) {
    if (ends[1] >= size) {
      log.warn("range [{}] goes beyond the {} rows that there are", range, size);
    }
    return Math.min(ends[1], size - 1) - ends[0] + 1;
  }

  private static int[] all(int size) {
    return new int[] {0, size - 1};
  }

  private static int[] interval(String range, String part, int size, String of) {
    if (part.equals(":")) {
      return all(size);
    }
    int colon = part.indexOf(':');
    try {
      int first = Integer.parseInt(part.substring(0, Math.max(colon, 0)));
      int last = Integer.parseInt(part.substring(colon + 1));
      if (first < 0 || first > last || first >= size || last >= size + TOLERANCE) {
        throw misfit(range, of);
      }
      return new int[] {first, last};
    } catch (NumberFormatException e) {
      throw new StjemException(
          "cannot make sense of range [" + range + "]; expected [r1:r2] or [r1:r2,c1:c2]", e);
    }
  }

  private static StjemException misfit(String range, String of) {
    return new StjemException("range [" + range + "] does not fit " + of);
  }
}
