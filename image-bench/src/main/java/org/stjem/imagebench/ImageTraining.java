package org.stjem.imagebench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.ebm.TrainingData;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.eval.ReliabilityDiagram;
import org.stjem.acoustic.eval.Result;
import org.stjem.acoustic.monitor.MonitoredRun;

/**
 * Trains one image model into a folder and measures it on the test pictures, once, after the last
 * update. The folder gets {@code weights.safetensors}, {@code model.json}, {@code result.json}, a
 * {@link Result}, {@code reliability.svg}, and what {@link MonitoredRun} leaves.
 */
public final class ImageTraining {
  private static final Logger LOG = LoggerFactory.getLogger(ImageTraining.class);

  private final ImageRecipe recipe;
  private final Path folder;

  public ImageTraining(ImageRecipe recipe, Path folder) {
    this.recipe = recipe;
    this.folder = folder;
  }

  /**
   * Trains, saves and measures the model. Where the trainer's options give unlabelled rows a
   * weight, the training pictures left over by the choice of labelled ones are used without labels.
   *
   * @param negatives pictures of another domain, or null
   */
  public void run(CifarData data, CifarImages negatives) throws IOException {
    CifarImages.Split split =
        data.train().split(recipe.heldOut(), recipe.labelsPerClass(), recipe.trainer().seed());
    boolean unlabelled = recipe.trainer().terms().unlabelledWeight() > 0;
    ImageModelDescription description = describe(split.train());
    Files.createDirectories(folder);
    LOG.info(
        "training on {} images of {} classes, {} held out",
        split.train().size(),
        description.classNames().size(),
        split.heldOut().size());
    MonitoredRun run =
        new MonitoredRun(
            folder,
            recipe.run(),
            "images",
            split.heldOut().size() == 0
                ? null
                : network -> ImageCalibration.measure(network, split.heldOut()));
    try (EnergyNetwork network =
        ImageModelFolder.newNetwork(description, Engines.device(recipe.device()))) {
      if (recipe.init() != null) {
        network.setWeights(ImageModelFolder.weightsFor(description, recipe.init()));
      }
      TrainingData rows =
          new TrainingData(
              augmented(split.train()),
              unlabelled ? augmented(split.leftOver()) : null,
              negatives == null ? null : augmented(negatives));
      Map<String, Tensor> weights = run.train(network, rows, recipe.trainer(), description);
      network.setWeights(weights);
      ImageModelFolder.save(folder, description, weights);
      writeResult(description, data.name(), ImageCalibration.measure(network, data.test()));
      run.clear();
    }
  }

  private AugmentedImages augmented(CifarImages images) {
    return new AugmentedImages(images, recipe.pixelNoise());
  }

  private ImageModelDescription describe(CifarImages train) {
    return new ImageModelDescription(
        ImageModelFolder.FORMAT_VERSION,
        ImageModelFolder.ARCHITECTURE,
        recipe.depth(),
        recipe.width(),
        recipe.batchNorm(),
        train.classNames(),
        train.size(),
        recipe.trainer().objective().toString(),
        recipe.options(),
        recipe.trainer().seed(),
        recipe.revision());
  }

  private void writeResult(
      ImageModelDescription description, String dataName, CalibrationReport report)
      throws IOException {
    ImageModelFolder.writeJson(folder.resolve("result.json"), description.result(dataName, report));
    String title = dataName + ", " + description.objective();
    ReliabilityDiagram.of(List.of(new ReliabilityDiagram.Panel(title, report)), 1)
        .write(folder.resolve("reliability.svg"), "reliability diagram of " + title);
    LOG.info(
        String.format(
            Locale.ROOT,
            "test accuracy %.2f %% ECE %.2f %% over %d images",
            report.accuracy(),
            report.ece(),
            report.frames()));
  }
}
