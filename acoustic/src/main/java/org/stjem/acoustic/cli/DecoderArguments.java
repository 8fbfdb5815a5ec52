package org.stjem.acoustic.cli;

import org.stjem.acoustic.decode.DecoderOptions;
import picocli.CommandLine.Option;

/** The command-line options of the lattice decoder. */
final class DecoderArguments {
  @Option(
      names = "--beam",
      paramLabel = "COST",
      description = "decoding beam; larger is slower and more accurate (default: ${DEFAULT-VALUE})")
  private float beam = DecoderOptions.DEFAULT.beam();

  @Option(
      names = "--max-active",
      paramLabel = "N",
      description =
          "most states active per frame; larger is slower and more accurate (default:"
              + " ${DEFAULT-VALUE})")
  private int maxActive = DecoderOptions.DEFAULT.maxActive();

  @Option(
      names = "--min-active",
      paramLabel = "N",
      description = "fewest states active per frame (default: ${DEFAULT-VALUE})")
  private int minActive = DecoderOptions.DEFAULT.minActive();

  @Option(
      names = "--lattice-beam",
      paramLabel = "COST",
      description =
          "keep alternatives this much worse than the best path, for other scales and penalties"
              + " (default: ${DEFAULT-VALUE})")
  private float latticeBeam = DecoderOptions.DEFAULT.latticeBeam();

  @Option(
      names = "--prune-interval",
      paramLabel = "FRAMES",
      description =
          "prune the tokens of past frames every so many frames (default: ${DEFAULT-VALUE})")
  private int pruneInterval = DecoderOptions.DEFAULT.pruneInterval();

  @Option(
      names = "--beam-delta",
      paramLabel = "COST",
      description =
          "added to the beam when max-active or min-active decides on it; larger is more accurate"
              + " (default: ${DEFAULT-VALUE})")
  private float beamDelta = DecoderOptions.DEFAULT.beamDelta();

  DecoderOptions options() {
    return new DecoderOptions(beam, maxActive, minActive, latticeBeam, pruneInterval, beamDelta);
  }
}
