package org.stjem.frontend.audio;

/**
 * What the samples of a file without header are.
 *
 * @param sampleRate samples per second and channel
 * @param numChannels number of channels, interleaved
 * @param encoding how each sample is stored
 */
public record RawFormat(int sampleRate, int numChannels, RawEncoding encoding) {}
