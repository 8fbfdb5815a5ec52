package org.stjem.frontend.cli;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.corrupt.Corruption;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code frontend corrupt-feats}: features spoilt on purpose. */
@CommandLine.Command(
    description = {
      "Spoils features on purpose, to see how well they are repaired. What is erased gets the"
          + " lowest value that its bin has in the utterance.",
      "scattered: one frame, drawn at random, of every --length frames gets Gaussian noise of"
          + " --amount standard deviations of the bin, so that every window of twice as many less"
          + " one is hit. frames: runs of --length frames are erased until --share of the frames"
          + " are. bands: bands of --length bins. patches: squares of --length frames and bins.",
      "The same seed and utterance give the same values, whatever else is in the table.",
      "Example: corrupt-feats --kind=frames --share=0.2 --length=10 --masks=ark:masks.ark"
          + " scp:feats.scp ark:spoilt.ark"
    },
    sortOptions = false)
final class CorruptFeatsCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(CorruptFeatsCommand.class);

  @Option(
      names = "--kind",
      defaultValue = "scattered",
      description = "scattered, frames, bands or patches (default: ${DEFAULT-VALUE})")
  private Corruption.Kind kind;

  @Option(
      names = "--share",
      defaultValue = "0.2",
      description = "share of the values that is erased (default: ${DEFAULT-VALUE})")
  private double share;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "10",
      description = "frames or bins, as above (default: ${DEFAULT-VALUE})")
  private int length;

  @Option(
      names = "--amount",
      paramLabel = "DEVIATIONS",
      defaultValue = "3",
      description = "noise of scattered frames (default: ${DEFAULT-VALUE})")
  private double amount;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "decides with an utterance's key what is spoilt (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--masks",
      paramLabel = "WSPECIFIER",
      description = "also write matrices that are 1 where a value was spoilt and 0 elsewhere")
  private String masks;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String feats;

  @Parameters(index = "1", paramLabel = "FEATS-WSPECIFIER", description = "features to write")
  private String output;

  @Override
  public Integer call() {
    Corruption corruption = new Corruption(kind, share, length, amount);
    if (masks == null) {
      return FeatureTable.map(
          feats, output, log, (key, matrix) -> corruption.apply(matrix, key, seed).features());
    }
    try (TableWriter<FloatMatrix> written = Tables.writeFloatMatrices(masks)) {
      int status =
          FeatureTable.map(
              feats,
              output,
              log,
              (key, matrix) -> {
                Corruption.Spoilt spoilt = corruption.apply(matrix, key, seed);
                written.write(key, spoilt.mask());
                return spoilt.features();
              });
      written.commit();
      return status;
    }
  }
}
