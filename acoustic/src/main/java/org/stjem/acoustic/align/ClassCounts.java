package org.stjem.acoustic.align;

import org.stjem.frontend.io.StjemException;

/** Frames of each pdf in alignments, which become class priors. */
public final class ClassCounts {
  private ClassCounts() {}

  /**
   * The frames of all pdfs together.
   *
   * @param counts frames of each pdf, length numPdfs
   * @throws StjemException if a count is negative or not finite, or all are zero
   */
  public static double total(double[] counts) {
    double total = 0;
    for (int pdf = 0; pdf < counts.length; pdf++) {
      if (!(counts[pdf] >= 0) || Double.isInfinite(counts[pdf])) {
        throw new StjemException("class count of pdf " + pdf + " is " + counts[pdf]);
      }
      total += counts[pdf];
    }
    if (total == 0) {
      throw new StjemException("all " + counts.length + " class counts are zero");
    }
    return total;
  }
}
