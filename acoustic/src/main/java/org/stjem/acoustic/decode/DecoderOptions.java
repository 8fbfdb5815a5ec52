package org.stjem.acoustic.decode;

import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/**
 * Pruning options of the lattice decoder, with the names and defaults of Kaldi's {@code
 * LatticeFasterDecoderConfig} (decoder/lattice-faster-decoder.h).
 */
public final class DecoderOptions {
  @Option(
      names = "--beam",
      paramLabel = "COST",
      description = "decoding beam; larger is slower and more accurate (default: ${DEFAULT-VALUE})")
  public float beam = 16.0f;

  @Option(
      names = "--max-active",
      paramLabel = "N",
      description =
          "most states active per frame; larger is slower and more accurate (default:"
              + " ${DEFAULT-VALUE})")
  public int maxActive = Integer.MAX_VALUE;

  @Option(
      names = "--min-active",
      paramLabel = "N",
      description = "fewest states active per frame (default: ${DEFAULT-VALUE})")
  public int minActive = 200;

  @Option(
      names = "--lattice-beam",
      paramLabel = "COST",
      description =
          "keep alternatives this much worse than the best path, for other scales and penalties"
              + " (default: ${DEFAULT-VALUE})")
  public float latticeBeam = 10.0f;

  @Option(
      names = "--prune-interval",
      paramLabel = "FRAMES",
      description =
          "prune the tokens of past frames every so many frames (default: ${DEFAULT-VALUE})")
  public int pruneInterval = 25;

  @Option(
      names = "--beam-delta",
      paramLabel = "COST",
      description =
          "added to the beam when max-active or min-active decides on it; larger is more accurate"
              + " (default: ${DEFAULT-VALUE})")
  public float beamDelta = 0.5f;

  /**
   * Checks the ranges.
   *
   * @throws StjemException naming the first option out of its range
   */
  public void check() {
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
