package org.stjem.acoustic.serving;

import org.stjem.frontend.kaldi.FloatMatrix;

/**
 * What a server said about one utterance.
 *
 * @param rows {@code [rows, numPdfs]} of the kind asked for; {@code [0, 0]} for no frames
 * @param logPx log p(x_t) + log Z of each row, length rows; empty if not asked for
 */
public record Scores(FloatMatrix rows, float[] logPx) {}
