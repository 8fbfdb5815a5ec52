package org.stjem.acoustic.cli;

import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.frontend.kaldi.FloatMatrix;

/** What is made of features to be told apart from them. */
enum OutlierSet {
  /** Nothing. */
  AS_IT_IS,
  /** The frames in reverse order. */
  REVERSED,
  /** Independent Gaussian values with the mean and variance that the model was trained on. */
  NOISE;

  /** The set that a user calls {@code name}, or null. */
  static OutlierSet of(String name) {
    return switch (name) {
      case "reversed" -> REVERSED;
      case "noise" -> NOISE;
      default -> null;
    };
  }

  /**
   * Makes one utterance.
   *
   * @param stream tells the noise of one utterance from that of another
   */
  FloatMatrix make(FloatMatrix features, ModelDescription model, long seed, long stream) {
    if (this == AS_IT_IS) {
      return features;
    }
    int rows = features.rows();
    int dim = features.cols();
    FloatMatrix made = new FloatMatrix(rows, dim);
    SeededRandom random = new SeededRandom(seed, stream);
    for (int t = 0; t < rows; t++) {
      for (int d = 0; d < dim; d++) {
        made.set(
            t,
            d,
            this == REVERSED
                ? features.get(rows - 1 - t, d)
                : (float) (model.inputMean()[d] + model.inputStddev()[d] * random.nextGaussian()));
      }
    }
    return made;
  }
}
