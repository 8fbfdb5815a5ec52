package org.stjem.imagebench.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.stjem.acoustic.monitor.EarlierRun;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.acoustic.options.ResolvedOptions;
import org.stjem.acoustic.options.TrainerArguments;
import org.stjem.acoustic.options.TrainingHelp;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.options.OptionGroup;
import org.stjem.imagebench.CifarData;
import org.stjem.imagebench.CifarImages;
import org.stjem.imagebench.CifarReader;
import org.stjem.imagebench.ImageModelDescription;
import org.stjem.imagebench.ImageModelFolder;
import org.stjem.imagebench.ImageRecipe;
import org.stjem.imagebench.ImageTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code stjem image-bench train}. */
@Command(
    description = {
      "Trains a wide residual network on pictures and tests it after the last update.",
      "The folder gets weights.safetensors, model.json, train.jsonl, train.html (curves to watch),"
          + " result.json (which 'stjem acoustic report' reads) and reliability.svg. A killed run"
          + " goes on from its last checkpoint when the same command is given again.",
      "",
      "e.g., 4000 labels on one core: stjem image-bench train --objective=res-jem"
          + " --labels-per-class=400 cifar-10-batches-bin exp/cifar-res-jem",
      "e.g., the paper's size: stjem image-bench train --depth=28 --width=10 --num-epochs=200"
          + " --learn-rate=0.0001 --warmup-steps=1000 --num-held-out=5000 cifar-10-batches-bin"
          + " exp/cifar-st-jem",
      ""
    },
    sortOptions = false,
    defaultValueProvider = TrainCommand.Defaults.class)
final class TrainCommand implements Callable<Integer>, OptionGroup.Grouped {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "DATA",
      description =
          "folder or tar archive with the .bin batches of CIFAR-10 or CIFAR-100 (fine labels), or"
              + " with pictures train/CLASS/*.jpg and test/CLASS/*.jpg (or .png); 'image-bench"
              + " import' makes batches of pictures, which are read faster")
  private Path data;

  @Parameters(index = "1", paramLabel = "MODEL-DIR", description = "folder to write")
  private Path folder;

  @Mixin private Network network;
  @Mixin private TrainerArguments trainer;

  @Mixin private EngineArguments engine;

  static final class Network {
    @Option(
        names = "--depth",
        defaultValue = "10",
        description = "layers, 6n + 4; the paper has 28 (default: ${DEFAULT-VALUE})")
    private int depth;

    @Option(
        names = "--width",
        defaultValue = "2",
        description = "widening factor; the paper has 10 (default: ${DEFAULT-VALUE})")
    private int width;

    @Option(
        names = "--batch-norm",
        arity = "0..1",
        defaultValue = "false",
        fallbackValue = "true",
        description =
            "normalise activations over the batch, samples and unlabelled images included; sampling"
                + " and testing take running statistics (default: ${DEFAULT-VALUE})")
    private boolean batchNorm;

    @Option(
        names = "--labels-per-class",
        defaultValue = "0",
        description =
            "train on this many images of each class, chosen by the seed; 0 for all (default:"
                + " ${DEFAULT-VALUE})")
    private int labelsPerClass;

    @Option(
        names = "--unlabelled",
        arity = "0..1",
        defaultValue = "false",
        fallbackValue = "true",
        description =
            "learn from the training images that --labels-per-class leaves over, without their"
                + " labels (default: ${DEFAULT-VALUE})")
    private boolean unlabelled;

    @Option(
        names = "--negatives",
        paramLabel = "DATA",
        description =
            "data like DATA whose training images the model is to find unlikely, say CIFAR-100")
    private Path negatives;

    @Option(
        names = "--num-held-out",
        defaultValue = "1000",
        description =
            "training images kept aside to measure accuracy and ECE on after each epoch (default:"
                + " ${DEFAULT-VALUE})")
    private int heldOut;

    @Option(
        names = "--pixel-noise",
        defaultValue = "0.03",
        description =
            "standard deviation of the noise added to training images, whose pixels range from -1"
                + " to 1 (default: ${DEFAULT-VALUE})")
    private double pixelNoise;

    /** Takes the size of a model for what the command line does not say. */
    private void takeFrom(ImageModelDescription model, ParseResult given) {
      depth = given.hasMatchedOption("--depth") ? depth : model.depth();
      width = given.hasMatchedOption("--width") ? width : model.width();
      batchNorm = given.hasMatchedOption("--batch-norm") ? batchNorm : model.batchNorm();
    }
  }

  /** The defaults of options shared with speech that differ for images. */
  static final class Defaults implements IDefaultValueProvider {
    private static final Map<String, String> VALUES =
        Map.of(
            "--objective", "st-jem",
            "--num-epochs", "40",
            "--minibatch-size", "64",
            "--warmup-steps", "0",
            "--start-range", "1");

    @Override
    public String defaultValue(ArgSpec argument) {
      return argument.isOption() ? VALUES.get(((OptionSpec) argument).longestName()) : null;
    }
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return TrainingHelp.GROUPS;
  }

  @Override
  public Integer call() throws IOException {
    if (trainer.init() != null) {
      network.takeFrom(
          ImageModelFolder.describe(trainer.init()), spec.commandLine().getParseResult());
    }
    Map<String, String> options = resolvedOptions();
    boolean restart = trainer.run().restart();
    if (EarlierRun.isFinished(folder, options, restart)) {
      return 0;
    }
    ImageRecipe recipe = recipe(options);
    CifarImages negatives =
        network.negatives == null ? null : CifarReader.read(network.negatives).train();
    CifarData images = CifarReader.read(data);
    ImageRecipe known = recipe.with(contents(images.train(), negatives));
    if (!EarlierRun.isFinished(folder, known.options(), restart)) {
      new ImageTraining(known, folder).run(images, negatives);
    }
    return 0;
  }

  private static Map<String, String> contents(CifarImages train, CifarImages negatives) {
    return negatives == null
        ? Map.of(EarlierRun.TRAINING_DATA, train.content())
        : Map.of(
            EarlierRun.TRAINING_DATA, train.content(),
            EarlierRun.NEGATIVE_DATA, negatives.content());
  }

  private ImageRecipe recipe(Map<String, String> options) {
    return new ImageRecipe(
        trainer.options(network.unlabelled, network.negatives != null),
        network.depth,
        network.width,
        network.batchNorm,
        network.labelsPerClass,
        network.heldOut,
        network.pixelNoise,
        options,
        engine.configure(),
        System.getProperty("stjem.revision", "unknown"),
        trainer.run(),
        trainer.init());
  }

  private Map<String, String> resolvedOptions() {
    Path init = trainer.init();
    Map<String, String> options =
        ResolvedOptions.of(spec, init == null ? null : ImageModelFolder.weights(init));
    options.put("data", ByteNames.of(data));
    return options;
  }
}
