package org.stjem.acoustic.decode;

/**
 * The best path through a lattice.
 *
 * @param words word ids in order, without epsilon
 * @param transitionIds one transition-id per frame: the alignment
 * @param graphCost sum of the graph's costs along the path with the final cost, without any word
 *     insertion penalty
 * @param acousticCost sum of the negative log-likelihoods along the path, unscaled
 */
@SuppressWarnings("ArrayRecordComponent") // read once by the writers, never compared
public record BestPath(int[] words, int[] transitionIds, double graphCost, double acousticCost) {}
