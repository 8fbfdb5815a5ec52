/**
 * Normalisation and context of feature matrices {@code [frames, bins]}: cepstral mean and variance
 * normalisation from accumulated statistics, over a sliding window or of a stream, splicing,
 * deltas. Numbers agree with Kaldi's {@code transform/cmvn.cc} and {@code
 * feat/feature-functions.cc}.
 */
package org.stjem.frontend.cmvn;
