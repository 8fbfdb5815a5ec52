/**
 * Log-Mel filterbank features, value by value those of Kaldi's {@code compute-fbank-feats}
 * (feat/feature-fbank.cc, feat/feature-window.cc, feat/mel-computations.cc).
 *
 * <p>{@link org.stjem.frontend.fbank.FbankExtractor} takes samples in chunks of any size; {@link
 * org.stjem.frontend.fbank.FbankOptions} holds the options, each with its Kaldi name and default.
 */
package org.stjem.frontend.fbank;
