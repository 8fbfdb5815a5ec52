package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.generate.Repair;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.acoustic.options.FeatureArguments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic denoise}. */
@Command(
    description = {
      "Repairs features of which nobody knows what is spoilt: greedy steps from them towards where"
          + " log p(x) of all windows is high, held by a penalty on the distance.",
      "",
      "e.g.: stjem acoustic denoise exp/st-jem ark:spoilt.ark ark:repaired.ark",
      ""
    },
    sortOptions = false)
public final class DenoiseCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(DenoiseCommand.class);

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String feats;

  @Parameters(index = "2", paramLabel = "FEATS-WSPECIFIER", description = "features to write")
  private String output;

  @Mixin private final AnchorArgument anchor = new AnchorArgument(0.02);

  @Mixin
  private final ChainArguments chains =
      new ChainArguments(new AnnealedSgld(30, 0.3, 0.3, 0, 0, Double.POSITIVE_INFINITY, 3), 0, 6);

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private final EngineArguments engine = new EngineArguments();

  @Override
  public Integer call() {
    double weight = anchor.weight();
    AnnealedSgld sgld = chains.sgld();
    try (SequenceModel model = SequenceModel.load(folder, engine.configure())) {
      InputFeatures input = featureArguments.of(model.description(), folder, feats);
      Repair repair = new Repair(model, sgld, chains::smoothing, weight);
      new RepairTable(LOG)
          .run(
              feats,
              input,
              output,
              chains.seed(),
              (key, features, random) -> repair.repair(features, null, random));
    }
    return 0;
  }
}
