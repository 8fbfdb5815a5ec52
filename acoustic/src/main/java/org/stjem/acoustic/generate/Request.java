package org.stjem.acoustic.generate;

/**
 * A sequence that is to be generated.
 *
 * @param key of its utterance
 * @param source key of the labels it is generated for, or the key itself
 * @param labels of its frames, null for none
 * @param frames of the sequence
 * @param stream of random numbers that is its own
 */
public record Request(String key, String source, int[] labels, int frames, long stream) {}
