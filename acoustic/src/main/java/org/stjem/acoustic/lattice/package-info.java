/**
 * Word lattices and what follows from them. A {@link org.stjem.acoustic.lattice.StateLattice} is
 * what a search leaves, frame by frame; {@link org.stjem.acoustic.lattice.LatticeDeterminizer}
 * makes a {@link org.stjem.acoustic.lattice.CompactLattice} of it, in which each sequence of words
 * has one path; {@link org.stjem.acoustic.lattice.CompactLatticeWriter} writes that as Kaldi does,
 * and {@link org.stjem.acoustic.lattice.MinimumBayesRisk} finds the words with the fewest expected
 * errors and how probable each of them is.
 */
package org.stjem.acoustic.lattice;
