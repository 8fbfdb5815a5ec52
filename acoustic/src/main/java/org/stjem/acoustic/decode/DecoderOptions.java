package org.stjem.acoustic.decode;

import org.stjem.frontend.io.StjemException;

/**
 * Pruning options of the lattice decoder, with the names and defaults of Kaldi's {@code
 * LatticeFasterDecoderConfig} (decoder/lattice-faster-decoder.h).
 *
 * @param beam how much worse than the best token a token may be; above 0
 * @param maxActive most tokens to follow per frame; above 1
 * @param minActive fewest tokens to follow per frame; from 0 to {@code maxActive}
 * @param latticeBeam how much worse than the best path an alternative may be; above 0
 * @param pruneInterval frames from one pruning of past tokens to the next; above 0
 * @param beamDelta added to the beam when {@code maxActive} or {@code minActive} decides on it;
 *     above 0
 */
public record DecoderOptions(
    float beam,
    int maxActive,
    int minActive,
    float latticeBeam,
    int pruneInterval,
    float beamDelta) {

  /** What {@code latgen-faster-mapped} does without options. */
  public static final DecoderOptions DEFAULT =
      new DecoderOptions(16, Integer.MAX_VALUE, 200, 10, 25, 0.5f);

  /**
   * Checks the ranges.
   *
   * @throws StjemException naming the first option out of its range
   */
  public DecoderOptions {
    require(beam > 0, "--beam", beam, "above 0");
    require(maxActive > 1, "--max-active", maxActive, "above 1");
    require(
        minActive >= 0 && minActive <= maxActive,
        "--min-active",
        minActive,
        "from 0 to --max-active, which is " + maxActive);
    require(latticeBeam > 0, "--lattice-beam", latticeBeam, "above 0");
    require(pruneInterval > 0, "--prune-interval", pruneInterval, "above 0");
    require(beamDelta > 0, "--beam-delta", beamDelta, "above 0");
  }

  private static void require(boolean holds, String option, Number value, String range) {
    if (!holds) {
      throw new StjemException(option + " must be " + range + ", not " + value);
    }
  }
}
