package org.stjem.frontend.cmvn;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * Mean and, on request, variance normalisation over a window of frames that slides along the
 * utterance (feat/feature-functions.cc: SlidingWindowCmn).
 *
 * @param window frames; the window is {@code window} frames about the current one if {@code
 *     center}, else the {@code window} frames before it and itself
 * @param minWindow fewest frames of the window at the utterance's start; only without {@code
 *     center}
 * @param maxWarnings how many frames with floored variances are warned about per utterance; 0 for
 *     none, negative for all
 * @param variances normalise variances too
 * @param center centre the window on the current frame
 */
public record SlidingCmvn(
    int window, int minWindow, int maxWarnings, boolean variances, boolean center) {
  private static final Logger log = LoggerFactory.getLogger(SlidingCmvn.class);
  private static final double VARIANCE_FLOOR = 1e-10;

  public SlidingCmvn {
    if (window < 1) {
      throw new StjemException("--cmn-window=" + window + " is below 1");
    }
    if (center && (minWindow < 1 || minWindow > window)) {
      throw new StjemException(
          "--min-cmn-window=" + minWindow + " is outside 1 to --cmn-window=" + window);
    }
  }

  /** The normalised features, same shape as {@code feats}, which has at least one frame. */
  public FloatMatrix apply(FloatMatrix feats) {
    int frames = feats.rows();
    int dim = feats.cols();
    FloatMatrix result = new FloatMatrix(frames, dim);
    double[] centre = means(feats);
    double[] sums = new double[dim];
    double[] squares = new double[dim];
    int summedFrom = 0;
    int summedTo = 0;
    int warnings = 0;
    for (int t = 0; t < frames; t++) {
      int from = Math.max(0, center ? t - window / 2 : t - window);
      int to = center ? from + window : Math.max(t + 1, minWindow);
      if (to > frames) {
        from = Math.max(0, from - (to - frames));
        to = frames;
      }
      for (; summedTo < to; summedTo++) {
        add(feats, centre, summedTo, 1, sums, squares);
      }
      for (; summedFrom < from; summedFrom++) {
        add(feats, centre, summedFrom, -1, sums, squares);
      }
      int floored = normalise(feats, centre, result, t, to - from, sums, squares);
      if (floored > 0 && frames > 1) {
        warn(floored, to - from, warnings++);
      }
    }
    return result;
  }

  /**
   * Mean of each bin over the utterance. Sums over windows are of what differs from it, so that the
   * difference of large sums of squares does not swallow a small variance.
   */
  private static double[] means(FloatMatrix feats) {
    double[] means = new double[feats.cols()];
    for (int t = 0; t < feats.rows(); t++) {
      for (int bin = 0; bin < means.length; bin++) {
        means[bin] += feats.get(t, bin);
      }
    }
    for (int bin = 0; bin < means.length; bin++) {
      means[bin] /= feats.rows();
    }
    return means;
  }

  private static void add(
      FloatMatrix feats, double[] centre, int t, int sign, double[] sums, double[] squares) {
    for (int bin = 0; bin < sums.length; bin++) {
      double value = feats.get(t, bin) - centre[bin];
      sums[bin] += sign * value;
      squares[bin] += sign * value * value;
    }
  }

  private int normalise(
      FloatMatrix feats,
      double[] centre,
      FloatMatrix result,
      int t,
      int count,
      double[] sums,
      double[] squares) {
    int floored = 0;
    for (int bin = 0; bin < sums.length; bin++) {
      double mean = sums[bin] / count;
      double value = feats.get(t, bin) - centre[bin] - mean;
      if (variances) {
        double variance = squares[bin] / count - mean * mean;
        if (variance < VARIANCE_FLOOR && count > 1) {
          floored++;
        }
        value = count == 1 ? 0 : value / Math.sqrt(Math.max(variance, VARIANCE_FLOOR));
      }
      result.set(t, bin, (float) value);
    }
    return floored;
  }

  private void warn(int floored, int count, int warnings) {
    if (maxWarnings == warnings) {
      log.warn("No more warnings about floored variances; --max-warnings=-1 shows all");
    } else if (maxWarnings < 0 || maxWarnings > warnings) {
      log.warn("Floored {} variances over a window of {} frames", floored, count);
    }
  }
}
