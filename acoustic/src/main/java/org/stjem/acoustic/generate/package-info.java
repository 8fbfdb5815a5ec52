/**
 * Speech made and repaired by a model: sequences of frames all of whose overlapping windows stand
 * under the model at once (the paper's Appendix C).
 *
 * <p>Begin at {@link org.stjem.acoustic.generate.SequenceModel}, which gives the score of some
 * sequences as a {@link org.stjem.acoustic.ebm.ScoreField}. What else is wanted of them, such as
 * {@link org.stjem.acoustic.generate.Anchor} or the score of another model, is added to it by
 * {@link org.stjem.acoustic.ebm.WeightedScores}; chains are {@link
 * org.stjem.acoustic.ebm.AnnealedSgld}.
 */
package org.stjem.acoustic.generate;
