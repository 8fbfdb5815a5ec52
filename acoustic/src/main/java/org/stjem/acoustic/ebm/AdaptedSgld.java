package org.stjem.acoustic.ebm;

/**
 * The settings that adaptive SGLD favours for chains of one stratum of age.
 *
 * @param leastAge steps that the youngest chains of the stratum have made
 * @param stepSize α
 * @param noise σ
 * @param steps K
 * @param competitiveness mean reward of the chains lately, 0 … 1, 1 where each chain's end holds as
 *     much of the label columns as the mean row of a batch; NaN where there was none
 */
public record AdaptedSgld(
    int leastAge, double stepSize, double noise, int steps, double competitiveness) {}
