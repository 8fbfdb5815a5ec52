package org.stjem.acoustic.cli;

import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/** The option of how firmly chains are held near what they start from. */
final class AnchorArgument {
  @Option(
      names = "--anchor",
      paramLabel = "W",
      description =
          "weight of the penalty, half the squared distance from what is given in standard"
              + " deviations; 0 for none (default: ${DEFAULT-VALUE})")
  private double weight;

  /** With a default. */
  AnchorArgument(double weight) {
    this.weight = weight;
  }

  /**
   * The weight.
   *
   * @throws StjemException if it is negative or no number
   */
  double weight() {
    if (!(weight >= 0 && Double.isFinite(weight))) {
      throw new StjemException("--anchor is " + weight + ", must be 0 or more");
    }
    return weight;
  }
}
