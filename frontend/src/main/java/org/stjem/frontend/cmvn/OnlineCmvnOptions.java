package org.stjem.frontend.cmvn;

import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/**
 * The options of {@link OnlineCmvn}, with Kaldi's names and defaults (feat/online-feature.h).
 *
 * <p>A command takes them as a mixin; other code sets the fields.
 */
public final class OnlineCmvnOptions {

  @Option(
      names = "--cmn-window",
      paramLabel = "FRAMES",
      description =
          "frames of the window that ends with the current frame (default ${DEFAULT-VALUE})")
  public int cmnWindow = 600;

  @Option(
      names = "--speaker-frames",
      paramLabel = "FRAMES",
      description =
          "while the window is not full, take up to so many frames from the speaker's earlier"
              + " utterances (default ${DEFAULT-VALUE})")
  public int speakerFrames = 600;

  @Option(
      names = "--global-frames",
      paramLabel = "FRAMES",
      description =
          "while it is still not full, take up to so many from the global statistics (default"
              + " ${DEFAULT-VALUE})")
  public int globalFrames = 200;

  @Option(
      names = "--norm-vars",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "normalise variances (default ${DEFAULT-VALUE})")
  public boolean normVars = false;

  @Option(
      names = "--norm-means",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "normalise means; if false, features are copied (default ${DEFAULT-VALUE})")
  public boolean normMeans = true;

  @Option(
      names = "--skip-dims",
      split = ":",
      paramLabel = "BINS",
      description = "bins, from 0, not to normalise, divided by colons: 13:14:15")
  public int[] skipDims = {};

  /**
   * Checks what does not depend on the features.
   *
   * @throws StjemException naming the option, its value and what it may be
   */
  public void check() {
    require(cmnWindow >= 1, "cmn-window", cmnWindow, "at least 1");
    require(speakerFrames >= 0, "speaker-frames", speakerFrames, "at least 0");
    require(globalFrames >= 0, "global-frames", globalFrames, "at least 0");
    require(normMeans || !normVars, "norm-vars", normVars, "false with --norm-means=false");
  }

  private static void require(boolean valid, String option, Object value, String expected) {
    if (!valid) {
      throw new StjemException("--" + option + "=" + value + ": must be " + expected);
    }
  }
}
