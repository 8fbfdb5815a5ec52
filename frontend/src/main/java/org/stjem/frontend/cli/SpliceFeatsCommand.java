package org.stjem.frontend.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.cmvn.FrameContext;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend splice-feats} (featbin/splice-feats.cc). */
@CommandLine.Command(
    description =
        "Puts each frame side by side with its left and right context; at the borders the first or"
            + " last frame is repeated.")
final class SpliceFeatsCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(SpliceFeatsCommand.class);

  @Option(
      names = "--left-context",
      paramLabel = "FRAMES",
      defaultValue = "4",
      description = "frames of left context (default: ${DEFAULT-VALUE})")
  private int leftContext;

  @Option(
      names = "--right-context",
      paramLabel = "FRAMES",
      defaultValue = "4",
      description = "frames of right context (default: ${DEFAULT-VALUE})")
  private int rightContext;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER")
  private String feats;

  @Parameters(index = "1", paramLabel = "FEATS-WSPECIFIER")
  private String output;

  @Override
  public Integer call() {
    FrameContext context = new FrameContext(leftContext, rightContext);
    return FeatureTable.map(feats, output, log, (key, matrix) -> context.splice(matrix));
  }
}
