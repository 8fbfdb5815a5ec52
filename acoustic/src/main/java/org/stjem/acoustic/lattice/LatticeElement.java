package org.stjem.acoustic.lattice;

/**
 * A state of a lattice in a subset, with what a path to it gathers that the others do not share.
 *
 * @param state number of the state
 * @param string sequence of transition-ids, of {@link LabelStrings}
 * @param graphCost negative log-probability of the graph
 * @param acousticCost negative log-likelihood, unscaled
 */
record LatticeElement(int state, int string, double graphCost, double acousticCost) {}
