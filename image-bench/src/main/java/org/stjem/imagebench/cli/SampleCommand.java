package org.stjem.imagebench.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.imagebench.ImageBenchException;
import org.stjem.imagebench.ImageModelFolder;
import org.stjem.imagebench.ImageSamples;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem image-bench sample}. */
@Command(
    name = "sample",
    header = "draws pictures from a model",
    description = {
      "Draws pictures from a model's p(x) or p(x|y) by SGLD chains that start in uniform noise, and"
          + " writes them as one grid.",
      "",
      "e.g.: stjem image-bench sample exp/cifar-st-jem samples.png",
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
      names = "--sgld-steps",
      defaultValue = "1000",
      description = "steps of a chain, K (default: ${DEFAULT-VALUE})")
  private int steps;

  @Option(
      names = "--sgld-step-size",
      defaultValue = "1",
      description = "α (default: ${DEFAULT-VALUE})")
  private double stepSize;

  @Option(
      names = "--sgld-noise",
      defaultValue = "0.01",
      description = "σ (default: ${DEFAULT-VALUE})")
  private double noise;

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
    Sgld sgld = new Sgld(steps, stepSize, noise);
    try (EnergyNetwork network = ImageModelFolder.load(folder, engine.configure())) {
      int[] labels = new int[samples];
      for (int i = 0; i < samples; i++) {
        labels[i] = conditional ? i % network.classes() : -1;
      }
      ImageSamples drawn = ImageSamples.draw(network, labels, sgld, new SeededRandom(seed, STREAM));
      int wide = conditional ? network.classes() : columns;
      ImageModelFolder.write(output, drawn.png(Math.min(wide, samples)));
    }
    return 0;
  }
}
