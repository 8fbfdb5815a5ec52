/**
 * Decoding graphs of a lexicon, a grammar and a model, as Kaldi's utils/mkgraph.sh makes them.
 *
 * <p>{@link org.stjem.acoustic.graph.GraphLang} reads the language directory. A grammar comes of an
 * n-gram model ({@link org.stjem.acoustic.graph.ArpaGrammar}) or a list ({@link
 * org.stjem.acoustic.graph.TextGrammar}). {@link org.stjem.acoustic.graph.GraphCompiler} joins them
 * with the model's HMMs, and {@link org.stjem.acoustic.graph.GraphDirectory} writes what decoders
 * take.
 */
package org.stjem.acoustic.graph;
