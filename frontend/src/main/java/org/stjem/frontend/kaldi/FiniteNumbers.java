package org.stjem.frontend.kaldi;

/**
 * Refuses NaN and infinity in what is read and computed: they would be averaged, ranked and
 * compared like numbers and spoil the result of all other utterances.
 */
public final class FiniteNumbers {
  private static final int EXPONENT = 0x7f80_0000;
  private static final int EXPONENT_ONE = 0x0080_0000;

  private FiniteNumbers() {}

  /**
   * Index of the first value that is not finite.
   *
   * @param from index of the first value that is looked at
   * @param count how many are
   * @return −1 if all are finite
   */
  public static int indexOfOther(float[] values, int from, int count) {
    // Adding one to an exponent of all ones carries into the sign. No early way out, so that the
    // JVM vectorises the loop.
    int carries = 0;
    for (int i = from; i < from + count; i++) {
      carries |= (Float.floatToRawIntBits(values[i]) & EXPONENT) + EXPONENT_ONE;
    }
    for (int i = from; carries < 0 && i < from + count; i++) {
      if (!Float.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Refuses features with a value that is not finite.
   *
   * @param features {@code [frames, featureDim]}
   * @param firstFrame index of their first frame in the utterance
   * @throws EntryException if there is one; names frame, value and dimension
   */
  public static void requireFeatures(FloatMatrix features, long firstFrame) {
    int at = indexOfOther(features.data(), 0, features.data().length);
    if (at >= 0) {
      throw new EntryException(
          "frame "
              + (firstFrame + at / features.cols())
              + " holds "
              + features.data()[at]
              + " in dimension "
              + at % features.cols());
    }
  }

  /**
   * Refuses a row of scores that a model gives with a value that is not finite.
   *
   * @param scores {@code numPdfs} values from index {@code from} on
   * @throws EntryException if there is one; names frame, value and pdf-id
   */
  public static void requireScores(float[] scores, int from, int numPdfs, long frame) {
    int at = indexOfOther(scores, from, numPdfs);
    if (at >= 0) {
      throw new EntryException(
          "frame " + frame + " has the score " + scores[at] + " for pdf-id " + (at - from));
    }
  }
}
