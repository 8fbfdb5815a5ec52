package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Quantization;
import org.stjem.acoustic.net.WindowSample;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.AtomicFolder;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic quantize}. */
@Command(
    description = {
      "Makes a model of eight bits of a model folder: a third of the computing time on CPUs with"
          + " VNNI, a quarter of the weights. Weights have a scale for each unit, activations one"
          + " for each frame; the sums are of integers and exact, so that rows have the same bits in"
          + " any batch and on any CPU.",
      "With --feats weights are rounded with regard to what the layers meet on that speech, and"
          + " errors of earlier layers are made good, which halves the error of the scores. The"
          + " training features of the model will do; labels are not needed.",
      "The convolutions of a convolutional network stay in float32.",
      "Priors and calibration go along; fit a calibration anew where a tenth of a point of ECE"
          + " matters. The result gives scores, but no gradients: keep the model it was made of.",
      "",
      "  stjem acoustic quantize --feats=scp:data/train/feats.scp exp/st-jem exp/st-jem-int8",
      ""
    },
    sortOptions = false)
final class QuantizeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(QuantizeCommand.class);

  /** On AN4 one for each input was no better than none, ten had most of the gain. */
  private static final int FRAMES_PER_INPUT = 10;

  @Option(
      names = "--feats",
      paramLabel = "RSPECIFIER",
      description =
          "features like those to be scored (default: none; each weight is rounded to the nearest"
              + " value)")
  private String feats;

  @Option(
      names = "--max-frames",
      defaultValue = "50000",
      description =
          "frames of --feats kept in memory, 4 bytes for each value of a window; of more a sample"
              + " (default: ${DEFAULT-VALUE})")
  private int maxFrames;

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Option(
      names = "--float-layers",
      split = ",",
      paramLabel = "N",
      description = "linear layers that stay in float32, the first being 0 (default: none)")
  private List<Integer> floatLayers = List.of();

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "OUT-DIR", description = "where the new model goes")
  private Path output;

  @Override
  public Integer call() throws IOException {
    AtomicFolder.requireFree(output);
    Quantization.quantize(folder, output, new HashSet<>(floatLayers), sample());
    try (AcousticModel model = ModelFolder.load(output)) {
      LOG.info("{} computes by {}", output, model.computation());
    }
    return 0;
  }

  /** Windows of the features that were named; none if none were. */
  private WindowSample sample() {
    ServerOptions.require("--max-frames", maxFrames, 1, Integer.MAX_VALUE);
    ModelDescription model = ModelFolder.describe(folder);
    WindowSample sample = new WindowSample(model, maxFrames);
    if (feats == null) {
      return sample;
    }
    UtteranceTally tally = new UtteranceTally(LOG, 0);
    try (SequentialTableReader<FloatMatrix> reader =
        featureArguments.of(model, folder, feats).prepared(Tables.readFloatMatrices(feats))) {
      while (reader.next()) {
        try {
          sample.add(reader.value());
          tally.done();
        } catch (EntryException e) {
          tally.failed(reader.key(), e);
        }
      }
    }
    tally.finish();
    long inputs = model.linearInputs();
    for (int units : model.hiddenLayers()) {
      inputs = Math.max(inputs, units);
    }
    if (sample.size() < FRAMES_PER_INPUT * inputs) {
      LOG.warn(
          "{} frames are few for a layer of {} inputs; give {} or more",
          sample.size(),
          inputs,
          FRAMES_PER_INPUT * inputs);
    }
    return sample;
  }
}
