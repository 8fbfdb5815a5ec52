/**
 * Kaldi's tables, objects and models: specifiers, archives and script files, matrices and vectors
 * in their binary, text and compressed forms, transition models and symbol tables.
 *
 * <p>{@link org.stjem.frontend.kaldi.Tables} opens tables, {@link
 * org.stjem.frontend.kaldi.KaldiObjects} single objects. Formats and error behaviour follow Kaldi's
 * {@code util/kaldi-table}, {@code util/kaldi-io}, {@code matrix} and {@code hmm} sources.
 */
package org.stjem.frontend.kaldi;
