/**
 * Forced alignment: which HMM state each frame of an utterance belongs to, given its words.
 *
 * <p>{@link org.stjem.acoustic.forced.ForcedAligner} is the entry point. What it finds is what
 * Kaldi's {@code compile-train-graphs} and {@code align-compiled-mapped} find.
 */
package org.stjem.acoustic.forced;
