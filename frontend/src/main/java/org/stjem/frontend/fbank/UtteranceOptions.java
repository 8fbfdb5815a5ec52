package org.stjem.frontend.fbank;

import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Option;

/**
 * What {@code compute-fbank-feats} does to a wave before and after the filterbank, with Kaldi's
 * names and defaults (featbin/compute-fbank-feats.cc); a mixin of commands.
 */
public final class UtteranceOptions {

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "seed of the dither; with it and its key, the noise of an utterance is always the same"
              + " (default ${DEFAULT-VALUE})")
  public long seed = 0;

  @Option(
      names = "--channel",
      paramLabel = "N",
      description =
          "channel to take, 0 for left; -1 expects one and takes the first of several with a"
              + " warning (default ${DEFAULT-VALUE})")
  public int channel = -1;

  @Option(
      names = "--min-duration",
      paramLabel = "SECONDS",
      description = "shorter waves are left out (default ${DEFAULT-VALUE})")
  public float minDuration = 0;

  @Option(
      names = "--subtract-mean",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "subtract the mean over each utterance (default ${DEFAULT-VALUE})")
  public boolean subtractMean = false;

  @Option(
      names = "--allow-downsample",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "resample waves of a higher rate than --sample-frequency instead of leaving them out"
              + " (default ${DEFAULT-VALUE})")
  public boolean allowDownsample = false;

  @Option(
      names = "--allow-upsample",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "likewise for waves of a lower rate (default ${DEFAULT-VALUE})")
  public boolean allowUpsample = false;

  @Option(
      names = "--vtln-warp",
      paramLabel = "FACTOR",
      description =
          "VTLN warp factor, if there is no table of warp factors (default ${DEFAULT-VALUE})")
  public float vtlnWarp = 1;

  @Option(
      names = "--debug-mel",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "accepted, since Kaldi's configuration files may hold it; without effect")
  public boolean debugMel = false;

  @Option(names = "--max-feature-vectors", paramLabel = "N", description = "likewise")
  public int maxFeatureVectors = -1;

  /**
   * Checks the options.
   *
   * @throws StjemException naming the option, its value and what it may be
   */
  public void check() {
    FbankOptions.require(channel >= -1, "channel", channel, "-1 or more");
    FbankOptions.require(
        minDuration >= 0 && minDuration <= Float.MAX_VALUE,
        "min-duration",
        minDuration,
        "0 or more");
  }
}
