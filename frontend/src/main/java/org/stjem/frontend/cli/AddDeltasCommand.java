package org.stjem.frontend.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.cmvn.Deltas;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend add-deltas} (featbin/add-deltas.cc). */
@CommandLine.Command(description = "Appends time derivatives to features.")
final class AddDeltasCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(AddDeltasCommand.class);

  @Option(
      names = "--delta-order",
      paramLabel = "N",
      defaultValue = "2",
      description = "highest derivative (default: ${DEFAULT-VALUE})")
  private int deltaOrder;

  @Option(
      names = "--delta-window",
      paramLabel = "FRAMES",
      defaultValue = "2",
      description =
          "frames on each side that a derivative is computed from (default: ${DEFAULT-VALUE})")
  private int deltaWindow;

  @Option(
      names = "--truncate",
      paramLabel = "BINS",
      defaultValue = "0",
      description =
          "first cut the features to this many bins; 0 for all (default: ${DEFAULT-VALUE})")
  private int truncate;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER")
  private String feats;

  @Parameters(index = "1", paramLabel = "FEATS-WSPECIFIER")
  private String output;

  @Override
  public Integer call() {
    if (truncate < 0) {
      throw new StjemException("--truncate=" + truncate + " is below 0");
    }
    Deltas deltas = new Deltas(deltaOrder, deltaWindow);
    return FeatureTable.map(feats, output, log, (key, matrix) -> deltas.append(cut(matrix)));
  }

  private FloatMatrix cut(FloatMatrix matrix) {
    if (truncate == 0 || truncate == matrix.cols()) {
      return matrix;
    }
    if (truncate > matrix.cols()) {
      throw new StjemException(
          "cannot truncate " + matrix.cols() + " bins to --truncate=" + truncate);
    }
    FloatMatrix result = new FloatMatrix(matrix.rows(), truncate);
    for (int row = 0; row < matrix.rows(); row++) {
      System.arraycopy(matrix.data(), row * matrix.cols(), result.data(), row * truncate, truncate);
    }
    return result;
  }
}
