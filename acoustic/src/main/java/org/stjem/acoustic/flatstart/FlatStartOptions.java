package org.stjem.acoustic.flatstart;

import org.stjem.acoustic.forced.AlignmentOptions;
import org.stjem.frontend.io.StjemException;

/**
 * How a flat start goes.
 *
 * @param alignment how rounds align
 * @param gaussianRounds at most so many rounds by Gaussians; 0 for none
 * @param numRounds at most so many rounds by networks, which follow; 0 for none
 * @param settled no further round of a kind follows when a smaller share of the boundaries has
 *     moved
 * @param threads that align
 */
public record FlatStartOptions(
    AlignmentOptions alignment, int gaussianRounds, int numRounds, double settled, int threads) {
  /**
   * Checks the values.
   *
   * @throws StjemException if one is out of range
   */
  public FlatStartOptions {
    if (gaussianRounds < 0) {
      throw new StjemException("--num-gaussian-rounds must be 0 or more, not " + gaussianRounds);
    }
    if (numRounds < 0 || numRounds + gaussianRounds == 0) {
      throw new StjemException(
          "--num-rounds must be 1 or more, or 0 after rounds by Gaussians, not " + numRounds);
    }
    if (!(settled >= 0 && settled <= 1)) {
      throw new StjemException("--settled must be from 0 to 1, not " + settled);
    }
    if (threads < 1) {
      throw new StjemException("--nj must be 1 or more, not " + threads);
    }
  }

  /** The same with other most rounds. */
  public FlatStartOptions withRounds(int gaussians, int networks) {
    return new FlatStartOptions(alignment, gaussians, networks, settled, threads);
  }
}
