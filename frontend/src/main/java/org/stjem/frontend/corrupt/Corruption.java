package org.stjem.frontend.corrupt;

import java.util.Random;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.reverb.SeededRandom;

/**
 * A way to spoil features. What is erased gets the lowest value that its bin has in the utterance,
 * as if nothing had been heard.
 *
 * @param kind what is spoilt
 * @param share of the frames, bins or values that are; not for scattered frames
 * @param length of an erased run in frames, a band in bins, the frames and bins of a patch; of
 *     scattered frames the stretch that holds one
 * @param amount of scattered frames: standard deviation of what is added to their values, in
 *     standard deviations of the bin in the utterance
 */
public record Corruption(Kind kind, double share, int length, double amount) {
  /** What is spoilt. */
  public enum Kind {
    /**
     * One frame, drawn anew, of every stretch of so many gets Gaussian noise, so that every window
     * of two stretches less one frame is hit.
     */
    SCATTERED,
    /** Runs of frames are erased. */
    FRAMES,
    /** Bands of bins are erased, the same in all frames. */
    BANDS,
    /** Squares of frames and bins are erased. */
    PATCHES
  }

  /**
   * What came of an utterance.
   *
   * @param features {@code [frames, bins]}
   * @param mask of the same shape: 1 where a value was spoilt, 0 where it was left
   */
  public record Spoilt(FloatMatrix features, FloatMatrix mask) {}

  public Corruption {
    require("--share", share, 0, 0.9);
    require("--length", length, 1, 100_000);
    require("--amount", amount, 0, 1000);
  }

  private static void require(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new StjemException(name + " is " + value + ", must be from " + least + " to " + most);
    }
  }

  /**
   * Spoils an utterance.
   *
   * @param features {@code [frames, bins]}, left as they are
   * @param key of the utterance: with the seed it decides what is spoilt
   */
  public Spoilt apply(FloatMatrix features, String key, long seed) {
    Random random = SeededRandom.of(seed, key);
    FloatMatrix mask = new FloatMatrix(features.rows(), features.cols());
    FloatMatrix spoilt = features.rows(0, features.rows());
    switch (kind) {
      case SCATTERED -> scatter(mask, random);
      case FRAMES -> {
        while (covered(mask) < share) {
          int from = random.nextInt(mask.rows());
          fill(mask, from, from + length, 0, mask.cols());
        }
      }
      case BANDS -> {
        while (covered(mask) < share) {
          int from = random.nextInt(mask.cols());
          fill(mask, 0, mask.rows(), from, from + length);
        }
      }
      case PATCHES -> {
        while (covered(mask) < share) {
          int frame = random.nextInt(mask.rows());
          int bin = random.nextInt(mask.cols());
          fill(mask, frame, frame + length, bin, bin + length);
        }
      }
    }
    for (int bin = 0; bin < mask.cols(); bin++) {
      float lowest = lowest(features, bin);
      double deviation = kind == Kind.SCATTERED ? deviation(features, bin) : 0;
      for (int frame = 0; frame < mask.rows(); frame++) {
        if (mask.get(frame, bin) == 1) {
          spoilt.set(
              frame,
              bin,
              kind == Kind.SCATTERED
                  ? (float) (features.get(frame, bin) + amount * deviation * random.nextGaussian())
                  : lowest);
        }
      }
    }
    return new Spoilt(spoilt, mask);
  }

  private void scatter(FloatMatrix mask, Random random) {
    for (int from = 0; from < mask.rows(); from += length) {
      int frame = from + random.nextInt(Math.min(length, mask.rows() - from));
      fill(mask, frame, frame + 1, 0, mask.cols());
    }
  }

  /** Ones in a rectangle, as far as it lies inside. */
  private static void fill(FloatMatrix mask, int frame, int endFrame, int bin, int endBin) {
    for (int t = frame; t < Math.min(endFrame, mask.rows()); t++) {
      for (int d = bin; d < Math.min(endBin, mask.cols()); d++) {
        mask.set(t, d, 1);
      }
    }
  }

  private static double covered(FloatMatrix mask) {
    double sum = 0;
    for (float value : mask.data()) {
      sum += value;
    }
    return sum / mask.data().length;
  }

  private static float lowest(FloatMatrix features, int bin) {
    float lowest = Float.POSITIVE_INFINITY;
    for (int t = 0; t < features.rows(); t++) {
      lowest = Math.min(lowest, features.get(t, bin));
    }
    return lowest;
  }

  private static double deviation(FloatMatrix features, int bin) {
    double sum = 0;
    double squares = 0;
    for (int t = 0; t < features.rows(); t++) {
      sum += features.get(t, bin);
      squares += (double) features.get(t, bin) * features.get(t, bin);
    }
    double mean = sum / features.rows();
    return Math.sqrt(Math.max(0, squares / features.rows() - mean * mean));
  }
}
