package org.stjem.imagebench.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.stjem.acoustic.ebm.ChainStart;
import org.stjem.acoustic.ebm.ChainStarts;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.imagebench.CifarImages;
import org.stjem.imagebench.CifarReader;
import org.stjem.imagebench.ImageBenchException;
import org.stjem.imagebench.ImageModelDescription;
import org.stjem.imagebench.ImageModelFolder;
import org.stjem.imagebench.ImageSamples;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem image-bench sample}. */
@Command(
    description = {
      "Draws pictures from a model's p(x) or p(x|y) by SGLD chains, and writes them as one grid.",
      "",
      "e.g.: stjem image-bench sample exp/cifar-st-jem samples.png",
      "e.g., ten columns, from a class each: stjem image-bench sample --conditional"
          + " --num-samples=80 --start=gaussian --data=cifar-10-batches-bin exp/cifar-st-jem"
          + " classes.png",
      ""
    },
    sortOptions = false)
final class SampleCommand implements Callable<Integer> {
  private static final long STREAM = 4;

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "a model made by train")
  private Path folder;

  @Parameters(index = "1", paramLabel = "OUT.png", description = "picture to write")
  private Path output;

  @Option(
      names = "--num-samples",
      defaultValue = "64",
      description = "pictures (default: ${DEFAULT-VALUE})")
  private int samples;

  @Option(
      names = "--columns",
      defaultValue = "8",
      description = "pictures side by side (default: ${DEFAULT-VALUE})")
  private int columns;

  @Option(
      names = "--conditional",
      arity = "0..1",
      defaultValue = "false",
      fallbackValue = "true",
      description =
          "draw from p(x|y), one column for each class y in the order of model.json (default:"
              + " ${DEFAULT-VALUE})")
  private boolean conditional;

  @Option(
      names = "--start",
      defaultValue = "uniform",
      description =
          "where chains start: uniform (noise in -1 to 1), gaussian (mean and covariance of"
              + " training images, those of the class if conditional) or data (such an image"
              + " itself) (default: ${DEFAULT-VALUE})")
  private ChainStart start;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description = "data set whose training images gaussian and data starts come from")
  private Path data;

  @Option(
      names = "--sgld-steps",
      defaultValue = "1000",
      description = "steps of a chain, K (default: ${DEFAULT-VALUE})")
  private int steps;

  @Option(names = "--sgld-step-size", description = "α (default: that of the model's training)")
  private Double stepSize;

  @Option(names = "--sgld-noise", description = "σ (default: that of the model's training)")
  private Double noise;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seeds the chains (default: ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private EngineArguments engine;

  @Override
  public Integer call() throws IOException {
    if (samples < 1 || columns < 1) {
      throw new ImageBenchException(
          "cannot draw " + samples + " pictures in " + columns + " columns; both must be positive");
    }
    ImageModelDescription model = ImageModelFolder.describe(folder);
    Sgld sgld =
        new Sgld(
            steps,
            stepSize == null ? model.option("sgld-step-size", 1) : stepSize,
            noise == null ? model.option("sgld-noise", 0.01) : noise);
    ChainStarts starts = new ChainStarts(start, 1, startImages(model));
    try (EnergyNetwork network = ImageModelFolder.load(folder, engine.configure())) {
      int[] labels = new int[samples];
      for (int i = 0; i < samples; i++) {
        labels[i] = conditional ? i % network.classes() : -1;
      }
      ImageSamples drawn =
          ImageSamples.draw(network, labels, starts, sgld, new SeededRandom(seed, STREAM));
      int wide = conditional ? network.classes() : columns;
      AtomicFile.write(output, drawn.png(Math.min(wide, samples)));
    }
    return 0;
  }

  private CifarImages startImages(ImageModelDescription model) {
    if (start == ChainStart.UNIFORM) {
      return CifarImages.none(model.classNames());
    }
    if (data == null) {
      throw new ImageBenchException("--start=" + start + " needs --data");
    }
    CifarImages images = CifarReader.read(data).train();
    model.requireClasses(images, data);
    return images;
  }
}
