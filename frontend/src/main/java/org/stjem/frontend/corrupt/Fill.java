package org.stjem.frontend.corrupt;

import org.stjem.frontend.kaldi.FloatMatrix;

/** What is put in the place of values that are not known. */
public enum Fill {
  /** Nothing: what is given stays. */
  GIVEN,
  /** The mean of the values of the bin that are known; of all known ones where none is. */
  MEAN,
  /**
   * A straight line in time between the nearest values of the bin that are known. In a bin of which
   * none is, a straight line over the bins of the frame; the mean where that has none either.
   */
  INTERPOLATE;

  /**
   * Fills in values.
   *
   * @param features {@code [frames, bins]}
   * @param unknown which values are not known, row by row
   * @return a copy in which those are filled in
   */
  public FloatMatrix apply(FloatMatrix features, boolean[] unknown) {
    FloatMatrix filled = features.rows(0, features.rows());
    if (this == GIVEN) {
      return filled;
    }
    boolean[] open = unknown.clone();
    int frames = features.rows();
    int bins = features.cols();
    if (this == INTERPOLATE) {
      for (int bin = 0; bin < bins; bin++) {
        line(filled.data(), open, bin, bins, frames);
      }
      for (int frame = 0; frame < frames; frame++) {
        line(filled.data(), open, frame * bins, 1, bins);
      }
    }
    double all = mean(features.data(), unknown, 0, 1, unknown.length, 0);
    for (int bin = 0; bin < bins; bin++) {
      float mean = (float) mean(features.data(), unknown, bin, bins, frames, all);
      for (int i = bin; i < open.length; i += bins) {
        if (open[i]) {
          filled.data()[i] = mean;
        }
      }
    }
    return filled;
  }

  private static double mean(
      float[] values, boolean[] unknown, int first, int stride, int count, double otherwise) {
    double sum = 0;
    int known = 0;
    for (int i = 0; i < count; i++) {
      if (!unknown[first + i * stride]) {
        sum += values[first + i * stride];
        known++;
      }
    }
    return known == 0 ? otherwise : sum / known;
  }

  /** Closes the gaps of a line that has a known value. */
  private static void line(float[] values, boolean[] open, int first, int stride, int count) {
    int before = -1;
    for (int i = 0; i < count; i++) {
      if (open[first + i * stride]) {
        continue;
      }
      for (int gap = before + 1; gap < i; gap++) {
        float right = values[first + i * stride];
        float left = before < 0 ? right : values[first + before * stride];
        float part = before < 0 ? 0 : (float) (gap - before) / (i - before);
        values[first + gap * stride] = left + part * (right - left);
      }
      before = i;
    }
    for (int gap = before + 1; before >= 0 && gap < count; gap++) {
      values[first + gap * stride] = values[first + before * stride];
    }
    // Only now, or the next value would be taken for known.
    for (int i = 0; before >= 0 && i < count; i++) {
      open[first + i * stride] = false;
    }
  }
}
