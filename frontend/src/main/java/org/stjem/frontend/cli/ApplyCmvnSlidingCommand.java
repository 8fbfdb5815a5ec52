package org.stjem.frontend.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.cmvn.SlidingCmvn;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend apply-cmvn-sliding} (featbin/apply-cmvn-sliding.cc). */
@CommandLine.Command(
    description =
        "Applies cepstral mean and, with --norm-vars, variance normalisation over a window that"
            + " slides along each utterance.")
final class ApplyCmvnSlidingCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ApplyCmvnSlidingCommand.class);

  @Option(
      names = "--cmn-window",
      paramLabel = "FRAMES",
      defaultValue = "600",
      description = "window in frames (default: ${DEFAULT-VALUE})")
  private int cmnWindow;

  @Option(
      names = "--min-cmn-window",
      paramLabel = "FRAMES",
      defaultValue = "100",
      description =
          "smallest window, at the start of an utterance; only without --center (default:"
              + " ${DEFAULT-VALUE})")
  private int minCmnWindow;

  @Option(
      names = "--max-warnings",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "warnings about floored variances per utterance; 0 for none, -1 for all (default:"
              + " ${DEFAULT-VALUE})")
  private int maxWarnings;

  @Option(
      names = "--norm-vars",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description = "normalise variances (default: ${DEFAULT-VALUE})")
  private boolean normVars;

  @Option(
      names = "--center",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description =
          "centre the window on the current frame as far as possible; if false it lies before the"
              + " frame (default: ${DEFAULT-VALUE})")
  private boolean center;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER")
  private String feats;

  @Parameters(index = "1", paramLabel = "FEATS-WSPECIFIER")
  private String output;

  @Override
  public Integer call() {
    SlidingCmvn cmvn = new SlidingCmvn(cmnWindow, minCmnWindow, maxWarnings, normVars, center);
    return FeatureTable.map(feats, output, log, (key, matrix) -> cmvn.apply(matrix));
  }
}
