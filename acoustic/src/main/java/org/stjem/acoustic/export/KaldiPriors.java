package org.stjem.acoustic.export;

import org.stjem.acoustic.net.PriorSettings;

/**
 * The priors of a model as Kaldi's acoustic models can hold them. Kaldi subtracts the logarithms of
 * a vector of floats from the output of the network, where we subtract s · log p(y). The vector
 * holds p(y)^s where a float can; for other pdfs, such as those that a huge prior switches off, it
 * holds 1, and the network itself subtracts s · log p(y).
 *
 * @param vector what Kaldi takes the logarithm of, length numPdfs
 * @param bias what the network adds to its logits, length numPdfs
 * @param anyBias whether it adds anything
 */
@SuppressWarnings("ArrayRecordComponent") // read at once, never compared
record KaldiPriors(float[] vector, float[] bias, boolean anyBias) {
  /** exp(±60) is well within the floats. */
  private static final float LARGEST = 60;

  static KaldiPriors of(PriorSettings settings) {
    float[] scaled = scaled(settings);
    float[] vector = new float[scaled.length];
    float[] bias = new float[scaled.length];
    boolean anyBias = false;
    for (int pdf = 0; pdf < scaled.length; pdf++) {
      if (Math.abs(scaled[pdf]) <= LARGEST) {
        vector[pdf] = (float) Math.exp(scaled[pdf]);
      } else {
        vector[pdf] = 1;
        bias[pdf] = -scaled[pdf];
        anyBias = true;
      }
    }
    return new KaldiPriors(vector, bias, anyBias);
  }

  /** What is added to logits to make log-likelihoods of them, −s · log p(y), length numPdfs. */
  static float[] logLikelihoodBias(PriorSettings settings) {
    float[] bias = scaled(settings);
    for (int pdf = 0; pdf < bias.length; pdf++) {
      bias[pdf] = -bias[pdf];
    }
    return bias;
  }

  private static float[] scaled(PriorSettings settings) {
    float[] scaled = settings.priors().logPriors();
    for (int pdf = 0; pdf < scaled.length; pdf++) {
      scaled[pdf] = (float) (settings.scale() * scaled[pdf]);
    }
    return scaled;
  }
}
