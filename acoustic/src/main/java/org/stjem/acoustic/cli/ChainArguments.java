package org.stjem.acoustic.cli;

import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.generate.SequenceShape;
import org.stjem.acoustic.generate.Smoothing;
import picocli.CommandLine.Option;

/** The options of chains over sequences; every command has defaults of its own. */
final class ChainArguments {
  @Option(
      names = "--steps",
      paramLabel = "K",
      description = "SGLD steps, 0 to write the start (default: ${DEFAULT-VALUE})")
  private int steps;

  @Option(
      names = "--step-size",
      paramLabel = "ALPHA",
      description =
          "size of the first step, in units of the training data's standard deviations; the"
              + " gradient of a frame is summed over the windows that hold it (default:"
              + " ${DEFAULT-VALUE})")
  private double stepSize;

  @Option(
      names = "--final-step-size",
      paramLabel = "ALPHA",
      description =
          "size of the last step; steps between shrink by the same factor (default:"
              + " ${DEFAULT-VALUE})")
  private double finalStepSize;

  @Option(
      names = "--noise",
      paramLabel = "SIGMA",
      description = "noise of the first step (default: ${DEFAULT-VALUE})")
  private double noise;

  @Option(
      names = "--final-noise",
      paramLabel = "SIGMA",
      description =
          "noise of the last step; between, it shrinks by the same amount (default:"
              + " ${DEFAULT-VALUE})")
  private double finalNoise;

  @Option(
      names = "--gradient-clamp",
      paramLabel = "BOUND",
      description =
          "bound of each component of the gradient, 0 for none (default: ${DEFAULT-VALUE})")
  private double gradientClamp;

  @Option(
      names = "--value-clamp",
      paramLabel = "BOUND",
      description =
          "keep values within so many of the training data's standard deviations of its mean, 0"
              + " for no bound (default: ${DEFAULT-VALUE})")
  private double valueClamp;

  @Option(
      names = "--smooth-frames",
      paramLabel = "DEVIATION",
      description =
          "neighbouring frames move together: standard deviation of a Gaussian that blurs gradient"
              + " and noise, 0 for none (default: ${DEFAULT-VALUE})")
  private double smoothFrames;

  @Option(
      names = "--smooth-bins",
      paramLabel = "DEVIATION",
      description = "and so do neighbouring bins (default: ${DEFAULT-VALUE})")
  private double smoothBins;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seeds the noise, and starts that are drawn (default: ${DEFAULT-VALUE})")
  private long seed;

  /**
   * Options with defaults.
   *
   * @param defaults of the chains; no clamp is infinite
   * @param smoothFrames default of the blur over frames
   * @param smoothBins default of the blur over bins
   */
  ChainArguments(AnnealedSgld defaults, double smoothFrames, double smoothBins) {
    this.steps = defaults.steps();
    this.stepSize = defaults.stepSize();
    this.finalStepSize = defaults.finalStepSize();
    this.noise = defaults.noise();
    this.finalNoise = defaults.finalNoise();
    this.gradientClamp = shown(defaults.gradientClamp());
    this.valueClamp = shown(defaults.valueClamp());
    this.smoothFrames = smoothFrames;
    this.smoothBins = smoothBins;
  }

  private static double shown(double clamp) {
    return Double.isInfinite(clamp) ? 0 : clamp;
  }

  private static double bound(double clamp) {
    return clamp == 0 ? Double.POSITIVE_INFINITY : clamp;
  }

  /** The chains asked for. */
  AnnealedSgld sgld() {
    return new AnnealedSgld(
        steps, stepSize, finalStepSize, noise, finalNoise, bound(gradientClamp), bound(valueClamp));
  }

  /** The seed of noise and starts. */
  long seed() {
    return seed;
  }

  /** The preconditioner of a block. */
  AnnealedSgld.RootOfPreconditioner smoothing(SequenceShape shape) {
    return new Smoothing(shape, smoothFrames, smoothBins);
  }
}
