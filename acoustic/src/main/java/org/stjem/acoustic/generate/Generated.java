package org.stjem.acoustic.generate;

import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * A generated sequence.
 *
 * @param key of its utterance
 * @param source key of the labels it was generated for, or the key itself
 * @param labels of its frames, null if there were none
 * @param features {@code [frames, dim]}, normalised as the model's training features were
 * @param course −score per frame before each step and after the last: its energy
 */
public record Generated(
    String key, String source, int[] labels, FloatMatrix features, double[] course) {}
