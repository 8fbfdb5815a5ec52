package org.stjem.imagebench.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.imagebench.CifarReader;
import org.stjem.imagebench.ImageRecipe;
import org.stjem.imagebench.ImageTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stjem image-bench train}. */
@Command(
    name = "train",
    header = "trains and tests a wide residual network on CIFAR",
    description = {
      "Trains a wide residual network without normalisation on pictures and tests it after the last"
          + " update.",
      "The folder gets weights.safetensors, model.json, train.jsonl, result.json (which 'stjem"
          + " acoustic report' reads) and reliability.png. A killed run goes on from its last"
          + " checkpoint when the same command is given again.",
      "",
      "e.g., 4000 labels on one core: stjem image-bench train --objective=res-jem"
          + " --labels-per-class=400 cifar-10-batches-bin exp/cifar-res-jem",
      "e.g., the paper's size: stjem image-bench train --depth=28 --width=10 --num-epochs=200"
          + " --learn-rate=0.0001 --warmup-steps=1000 --num-held-out=5000 cifar-10-batches-bin"
          + " exp/cifar-st-jem",
      ""
    },
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "DATA",
      description =
          "folder or tar archive with the .bin batches of CIFAR-10 or CIFAR-100 (fine labels), or"
              + " with pictures train/CLASS/*.jpg and test/CLASS/*.jpg (or .png)")
  private Path data;

  @Parameters(index = "1", paramLabel = "MODEL-DIR", description = "folder to write")
  private Path folder;

  @Option(
      names = "--objective",
      defaultValue = "st-jem",
      description =
          "baseline (cross-entropy), res-jem, st-jem, st-jem-no-mi (without mutual information) or"
              + " jem, a control that tends to diverge (default: ${DEFAULT-VALUE})")
  private String objective;

  @Mixin private Network network;
  @Mixin private Schedule schedule;
  @Mixin private Samples samples;
  @Mixin private Run run;
  @Mixin private EngineOptions engine;

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
        names = "--labels-per-class",
        defaultValue = "0",
        description =
            "train on this many images of each class, chosen by the seed; 0 for all (default:"
                + " ${DEFAULT-VALUE})")
    private int labelsPerClass;

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
  }

  static final class Schedule {
    @Option(
        names = "--num-epochs",
        defaultValue = "40",
        description = "passes over the data (default: ${DEFAULT-VALUE})")
    private int epochs;

    @Option(
        names = "--minibatch-size",
        defaultValue = "64",
        description = "images in a batch (default: ${DEFAULT-VALUE})")
    private int batchSize;

    @Option(
        names = "--learn-rate",
        defaultValue = "0.001",
        description = "peak rate of Adam; it falls linearly to zero (default: ${DEFAULT-VALUE})")
    private double learningRate;

    @Option(
        names = "--warmup-steps",
        defaultValue = "0",
        description = "updates over which the rate rises (default: ${DEFAULT-VALUE})")
    private int warmupSteps;

    @Option(
        names = "--weight-decay",
        defaultValue = "0",
        description = "decoupled weight decay (default: ${DEFAULT-VALUE})")
    private double weightDecay;

    @Option(
        names = "--seed",
        defaultValue = "1",
        description =
            "seeds weights, choice and order of images, and samples (default: ${DEFAULT-VALUE})")
    private long seed;
  }

  static final class Samples {
    @Option(
        names = "--sgld-samples",
        defaultValue = "8",
        description =
            "sampled images in a batch, M, for st-jem, st-jem-no-mi and jem (default: ${DEFAULT-VALUE})")
    private int samples;

    @Option(
        names = "--sgld-steps",
        defaultValue = "20",
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
        names = "--sample-every",
        defaultValue = "1",
        description =
            "sample for this many batches at once, which is cheaper (default: ${DEFAULT-VALUE})")
    private int sampleEvery;

    @Option(
        names = "--buffer-size",
        defaultValue = "10000",
        description = "images in the replay buffer (default: ${DEFAULT-VALUE})")
    private int bufferSize;

    @Option(
        names = "--reinit-prob",
        defaultValue = "0.05",
        description = "how often a chain starts afresh (default: ${DEFAULT-VALUE})")
    private double reinitProbability;

    @Option(
        names = "--start-range",
        defaultValue = "1",
        description = "fresh images are uniform in ± this (default: ${DEFAULT-VALUE})")
    private double startRange;
  }

  static final class Run {
    @Option(
        names = "--log-interval",
        defaultValue = "100",
        description = "updates between two progress lines (default: ${DEFAULT-VALUE})")
    private int logEvery;

    @Option(
        names = "--checkpoint-interval",
        defaultValue = "1000",
        description = "updates between two checkpoints (default: ${DEFAULT-VALUE})")
    private int checkpointEvery;

    @Option(
        names = "--restart",
        arity = "0..1",
        fallbackValue = "true",
        description = "ignore a checkpoint")
    private boolean restart;
  }

  @Override
  public Integer call() throws IOException {
    ImageRecipe recipe = recipe();
    new ImageTraining(recipe, folder).run(CifarReader.read(data));
    return 0;
  }

  private ImageRecipe recipe() {
    TrainerOptions trainer =
        new TrainerOptions(
            Objective.of(objective),
            schedule.epochs,
            schedule.batchSize,
            schedule.learningRate,
            schedule.warmupSteps,
            schedule.weightDecay,
            samples.samples,
            samples.sampleEvery,
            new Sgld(samples.steps, samples.stepSize, samples.noise),
            samples.bufferSize,
            samples.reinitProbability,
            samples.startRange,
            schedule.seed);
    return new ImageRecipe(
        trainer,
        network.depth,
        network.width,
        network.labelsPerClass,
        network.heldOut,
        network.pixelNoise,
        resolvedOptions(),
        engine.configure(),
        System.getProperty("stjem.revision", "unknown"),
        run.logEvery,
        run.checkpointEvery,
        run.restart);
  }

  private Map<String, String> resolvedOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      if (!option.inherited() && option.getValue() != null) {
        options.put(option.longestName().substring(2), option.getValue().toString());
      }
    }
    options.put("data", data.toString());
    return options;
  }
}
