package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntUnaryOperator;
import org.stjem.acoustic.data.FrameCorpus;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.net.Engines;
import org.stjem.acoustic.train.AcousticTraining;
import org.stjem.acoustic.train.TrainingRecipe;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stjem acoustic train}. */
@Command(
    description = {
      "Trains an acoustic model on features and alignments, both Kaldi tables.",
      "The folder gets model.json, weights.safetensors and train.jsonl. A killed run goes on from"
          + " its last checkpoint when the same command is given again.",
      "",
      "e.g.: stjem acoustic train --objective=st-jem --transition-model=final.mdl scp:feats.scp"
          + " 'ark:gunzip -c ali.*.gz|' exp/st-jem",
      ""
    },
    sortOptions = false)
public final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String features;

  @Parameters(
      index = "1",
      paramLabel = "ALI-RSPECIFIER",
      description =
          "alignments: transition-ids when --transition-model is given, else pdf-ids from 0")
  private String alignments;

  @Parameters(index = "2", paramLabel = "MODEL-DIR", description = "folder to write")
  private Path folder;

  @Option(
      names = "--objective",
      defaultValue = "st-jem",
      description =
          "baseline (cross-entropy), res-jem, st-jem, st-jem-no-mi (without mutual information) or"
              + " jem, a control that tends to diverge (default: ${DEFAULT-VALUE})")
  private String objective;

  @Option(
      names = "--transition-model",
      description = "final.mdl that the transition-ids of the alignments belong to")
  private String transitionModel;

  @Option(
      names = "--num-pdfs",
      defaultValue = "0",
      description = "number of pdfs; needed without --transition-model")
  private int numPdfs;

  @Mixin private final Network network = new Network();

  @Mixin private final Schedule schedule = new Schedule();

  @Mixin private final Samples samples = new Samples();

  @Mixin private final Run run = new Run();

  static final class Network {
    @Option(
        names = "--hidden-layers",
        split = ",",
        defaultValue = "512,512,512,512",
        description = "units of each hidden layer (default: ${DEFAULT-VALUE})")
    private List<Integer> hiddenLayers;

    @Option(
        names = "--activation",
        defaultValue = "silu",
        description = "silu or relu (default: ${DEFAULT-VALUE})")
    private String activation;

    @Option(
        names = "--left-context",
        defaultValue = "4",
        description = "frames spliced before the current one (default: ${DEFAULT-VALUE})")
    private int leftContext;

    @Option(
        names = "--right-context",
        defaultValue = "4",
        description = "frames spliced after it (default: ${DEFAULT-VALUE})")
    private int rightContext;

    @Option(
        names = "--frame-shift",
        defaultValue = "10",
        description = "frame shift of the features in milliseconds (default: ${DEFAULT-VALUE})")
    private double frameShift;

    @Option(
        names = "--feature-config",
        description = "the frontend's configuration file, recorded in the model")
    private Path featureConfig;

    @Option(
        names = "--feature-normalisation",
        defaultValue = "none",
        description =
            "what was done to the features, in words, recorded in the model (default:"
                + " ${DEFAULT-VALUE})")
    private String featureNormalisation;
  }

  static final class Schedule {
    @Option(
        names = "--num-epochs",
        defaultValue = "8",
        description = "passes over the data (default: ${DEFAULT-VALUE})")
    private int epochs;

    @Option(
        names = "--minibatch-size",
        defaultValue = "100",
        description = "frames in a batch (default: ${DEFAULT-VALUE})")
    private int batchSize;

    @Option(
        names = "--learn-rate",
        defaultValue = "0.001",
        description = "peak rate of Adam; it falls linearly to zero (default: ${DEFAULT-VALUE})")
    private double learningRate;

    @Option(
        names = "--warmup-steps",
        defaultValue = "200",
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
        description = "seeds weights, order and samples (default: ${DEFAULT-VALUE})")
    private long seed;
  }

  static final class Samples {
    @Option(
        names = "--sgld-samples",
        defaultValue = "8",
        description = "sampled rows in a batch, M (default: ${DEFAULT-VALUE})")
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
        description = "rows of the replay buffer (default: ${DEFAULT-VALUE})")
    private int bufferSize;

    @Option(
        names = "--reinit-prob",
        defaultValue = "0.05",
        description = "how often a chain starts afresh (default: ${DEFAULT-VALUE})")
    private double reinitProbability;

    @Option(
        names = "--start-range",
        defaultValue = "3",
        description =
            "fresh rows are uniform in ± this many standard deviations (default:"
                + " ${DEFAULT-VALUE})")
    private double startRange;
  }

  static final class Run {
    @Option(
        names = "--held-out-feats",
        description = "features to measure accuracy and ECE on after each epoch")
    private String heldOutFeatures;

    @Option(names = "--held-out-ali", description = "their alignments")
    private String heldOutAlignments;

    @Option(
        names = "--device",
        defaultValue = "auto",
        description = "auto, cpu or cuda (default: ${DEFAULT-VALUE})")
    private String device;

    @Option(
        names = "--num-threads",
        defaultValue = "0",
        description = "threads of the tensor engine, 0 for all cores (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(
        names = "--log-interval",
        defaultValue = "500",
        description = "updates between two progress lines (default: ${DEFAULT-VALUE})")
    private int logEvery;

    @Option(
        names = "--checkpoint-interval",
        defaultValue = "2000",
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
    if ((run.heldOutFeatures == null) != (run.heldOutAlignments == null)) {
      throw new StjemException("--held-out-feats and --held-out-ali go together");
    }
    Objective goal = Objective.of(objective);
    IntUnaryOperator toPdf = IntUnaryOperator.identity();
    int pdfs = numPdfs;
    if (transitionModel != null) {
      TransitionModel transitions = TransitionModel.read(transitionModel);
      pdfs = transitions.numPdfs();
      if (numPdfs != 0 && numPdfs != pdfs) {
        throw new StjemException(
            "--num-pdfs=" + numPdfs + " but " + transitionModel + " has " + pdfs + " pdfs");
      }
      toPdf = id -> id >= 1 && id <= transitions.numTransitionIds() ? transitions.pdf(id) : -1;
    } else if (pdfs < 1) {
      throw new StjemException("--transition-model or --num-pdfs must be given");
    }
    Engines.configure(run.threads);
    Files.createDirectories(folder);
    TrainingRecipe recipe = recipe(goal);
    try (FrameCorpus corpus = corpus(features, alignments, toPdf, pdfs);
        FrameCorpus heldOut =
            run.heldOutFeatures == null
                ? null
                : corpus(run.heldOutFeatures, run.heldOutAlignments, toPdf, pdfs)) {
      new AcousticTraining(recipe, folder).run(corpus, heldOut);
    }
    return 0;
  }

  private FrameCorpus corpus(
      String featuresRspecifier, String alignmentsRspecifier, IntUnaryOperator toPdf, int pdfs)
      throws IOException {
    try (SequentialTableReader<FloatMatrix> feats = Tables.readFloatMatrices(featuresRspecifier);
        RandomAccessTableReader<int[]> labels = Tables.lookUpIntVectors(alignmentsRspecifier)) {
      return FrameCorpus.read(
          folder, feats, labels, toPdf, pdfs, network.leftContext, network.rightContext);
    }
  }

  private TrainingRecipe recipe(Objective goal) {
    TrainerOptions trainer =
        new TrainerOptions(
            goal,
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
    Map<String, String> featureOptions =
        network.featureConfig == null ? Map.of() : FeatureConfig.read(network.featureConfig);
    return new TrainingRecipe(
        trainer,
        network.hiddenLayers,
        network.activation,
        network.leftContext,
        network.rightContext,
        network.frameShift,
        network.featureNormalisation,
        featureOptions,
        resolvedOptions(),
        run.device,
        System.getProperty("stjem.revision", "unknown"),
        run.logEvery,
        run.checkpointEvery,
        run.restart);
  }

  private Map<String, String> resolvedOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      Object value = option.getValue();
      if (value != null && !option.usageHelp()) {
        options.put(option.longestName().substring(2), value.toString());
      }
    }
    options.put("features", features);
    options.put("alignments", alignments);
    return options;
  }
}
