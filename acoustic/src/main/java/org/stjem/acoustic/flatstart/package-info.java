/**
 * Alignments from nothing: a first uniform segmentation, then rounds in which Gaussians, and then
 * networks, learn the alignments of the round before and align anew. {@link
 * org.stjem.acoustic.flatstart.FlatStart} is the entry point.
 */
package org.stjem.acoustic.flatstart;
