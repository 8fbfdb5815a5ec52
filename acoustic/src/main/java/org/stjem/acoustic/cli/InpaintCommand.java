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
import org.stjem.frontend.corrupt.Fill;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic inpaint}. */
@Command(
    description = {
      "Repairs features of which a mask says what is spoilt, 1, and what is known, 0: SGLD steps"
          + " towards where log p(x) of all windows is high move the spoilt values. The known ones"
          + " stay, bit for bit.",
      "With --steps=0 the start is written: --fill alone.",
      "",
      "e.g.: stjem acoustic inpaint exp/st-jem ark:spoilt.ark ark:masks.ark ark:repaired.ark",
      ""
    },
    sortOptions = false)
public final class InpaintCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(InpaintCommand.class);

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String feats;

  @Parameters(
      index = "2",
      paramLabel = "MASKS-RSPECIFIER",
      description = "masks of the features' shapes, as corrupt-feats writes them")
  private String masks;

  @Parameters(index = "3", paramLabel = "FEATS-WSPECIFIER", description = "features to write")
  private String output;

  @Option(
      names = "--fill",
      defaultValue = "interpolate",
      description =
          "what the spoilt values start from: given, mean (of the known values of the bin) or"
              + " interpolate, in time (default: ${DEFAULT-VALUE})")
  private Fill fill;

  @Mixin
  private final ChainArguments chains =
      new ChainArguments(new AnnealedSgld(60, 0.3, 0.1, 0, 0, Double.POSITIVE_INFINITY, 3), 1.5, 3);

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private final EngineArguments engine = new EngineArguments();

  @Override
  public Integer call() {
    AnnealedSgld sgld = chains.sgld();
    try (SequenceModel model = SequenceModel.load(folder, engine.configure());
        RandomAccessTableReader<FloatMatrix> table = Tables.lookUpFloatMatrices(masks)) {
      InputFeatures input = featureArguments.of(model.description(), folder, feats);
      Repair repair = new Repair(model, sgld, chains::smoothing, 0);
      new RepairTable(LOG)
          .run(
              feats,
              input,
              output,
              chains.seed(),
              (key, features, random) -> {
                boolean[] free = free(table.value(key), features);
                return repair.repair(fill.apply(features, free), free, random);
              });
    }
    return 0;
  }

  private static boolean[] free(FloatMatrix mask, FloatMatrix features) {
    if (mask.rows() != features.rows() || mask.cols() != features.cols()) {
      throw new EntryException(
          "its mask is "
              + mask.rows()
              + " x "
              + mask.cols()
              + ", its features are "
              + features.rows()
              + " x "
              + features.cols());
    }
    boolean[] free = new boolean[mask.data().length];
    for (int i = 0; i < free.length; i++) {
      float value = mask.data()[i];
      if (value != 0 && value != 1) {
        throw new EntryException(
            "its mask holds "
                + value
                + " at frame "
                + i / mask.cols()
                + ", dimension "
                + i % mask.cols()
                + "; there are 0, known, and 1, free");
      }
      free[i] = value == 1;
    }
    return free;
  }
}
