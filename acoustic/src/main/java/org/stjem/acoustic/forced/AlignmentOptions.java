package org.stjem.acoustic.forced;

import org.stjem.frontend.io.StjemException;

/**
 * How costs are weighed and paths given up; names are those of Kaldi's {@code
 * align-compiled-mapped}.
 *
 * @param acousticScale factor of the log-likelihoods, above 0
 * @param transitionScale factor of the logarithms of transition probabilities, self-loops apart
 * @param selfLoopScale the same of staying in a state or leaving it
 * @param beam paths that cost so much more than the best one of a frame are given up, above 0
 * @param retryBeam the beam of a second try where no path reaches the end; 0 for none
 * @param reorder whether the transition that leaves a state comes before its self-loops, as in
 *     Kaldi's graphs
 */
public record AlignmentOptions(
    float acousticScale,
    float transitionScale,
    float selfLoopScale,
    float beam,
    float retryBeam,
    boolean reorder) {

  /**
   * Checks the values.
   *
   * @throws StjemException if one is out of range
   */
  public AlignmentOptions {
    requireFinite("--acoustic-scale", acousticScale);
    requireFinite("--transition-scale", transitionScale);
    requireFinite("--self-loop-scale", selfLoopScale);
    if (!(acousticScale > 0)) {
      throw new StjemException("--acoustic-scale must be above 0, not " + acousticScale);
    }
    if (!(beam > 0) || !(retryBeam == 0 || retryBeam > beam)) {
      throw new StjemException(
          "--beam="
              + beam
              + " must be above 0, and --retry-beam="
              + retryBeam
              + " above it, or 0 for no second try");
    }
  }

  private static void requireFinite(String option, float value) {
    if (!Float.isFinite(value)) {
      throw new StjemException(option + " must be a number, not " + value);
    }
  }
}
