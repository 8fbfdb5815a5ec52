/**
 * Turns log-likelihoods into words: reads a Kaldi decoding graph, searches it with a token-passing
 * beam decoder that keeps a lattice of alternatives, and picks the best path for any acoustic scale
 * and word insertion penalty.
 */
package org.stjem.acoustic.decode;
