/**
 * Operations on weighted transducers by which decoding graphs are made, with the semantics of
 * OpenFst and of Kaldi's programs of the same purpose.
 *
 * <p>{@link org.stjem.acoustic.fst.Composition} joins two transducers, {@link
 * org.stjem.acoustic.fst.Determinization} makes one deterministic and free of epsilons, {@link
 * org.stjem.acoustic.fst.Minimization} merges states that cannot be told apart, {@link
 * org.stjem.acoustic.fst.EpsilonRemoval} takes out what epsilons can be had without more arcs,
 * {@link org.stjem.acoustic.fst.WeightPushing} spreads costs evenly, and {@link
 * org.stjem.acoustic.fst.Connection} drops states on no path. All work on {@link
 * org.stjem.frontend.kaldi.MutableFst}.
 */
package org.stjem.acoustic.fst;
