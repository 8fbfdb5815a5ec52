package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.OrderedWorkers;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic forward}. */
@Command(
    description = {
      "Writes the scores of an acoustic model for a table of features, like nnet-forward.",
      "By default scaled log-likelihoods log p(x|y) + const = logit - log prior, unscaled by any"
          + " acoustic scale: the decoder applies that.",
      "",
      "e.g.: stjem acoustic forward exp/st-jem scp:feats.scp ark:- | latgen-faster-mapped"
          + " --acoustic-scale=0.1 final.mdl HCLG.fst ark:- ark:lat.1",
      ""
    },
    sortOptions = false)
public final class ForwardCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardCommand.class);

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(index = "1", paramLabel = "FEATS-RSPECIFIER", description = "features")
  private String features;

  @Parameters(index = "2", paramLabel = "LOGLIKES-WSPECIFIER", description = "scores to write")
  private String loglikes;

  @Mixin private ScoreArguments wanted;

  @Mixin private final HeadArgument head = new HeadArgument();

  @Option(
      names = "--prior-floor",
      description =
          "pdfs of a relative frequency below this are switched off (default: that of the model"
              + " folder, or 1e-10)")
  private Double priorFloor;

  @Option(
      names = "--class-frame-counts",
      description = "vector of frames per pdf to take priors from, instead of the model's")
  private String classFrameCounts;

  @Mixin private CalibrationArgument calibration;

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Option(
      names = "--num-threads",
      defaultValue = "0",
      description = "threads that compute, 0 for one per core (default: ${DEFAULT-VALUE})")
  private int threads;

  @Override
  public Integer call() {
    OutputKind kind = wanted.kind();
    ModelDescription description = head.describe(folder);
    wanted.checkPdfs("model " + folder, description.numPdfs());
    PriorSettings settings = priorSettings(description);
    Priors priors = kind == OutputKind.LOGLIKES ? priors(settings) : null;
    ServerOptions.require("--num-threads", threads, 0, 1024);
    // Threads take whole utterances, so one operation needs one thread only.
    Placement placement = inference.placement(1);
    int threadCount = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    InputFeatures input = featureArguments.of(description, folder, features);
    try (AcousticModel model = head.load(folder, placement, calibration.value());
        SequentialTableReader<FloatMatrix> reader =
            input.prepared(Tables.readFloatMatrices(features));
        ScoreTables tables = wanted.open(loglikes, LOG);
        OrderedWorkers<Utterance, Utterance> workers =
            new OrderedWorkers<>(
                threadCount,
                () -> utterance -> score(model, priors, settings.scale(), kind, utterance),
                utterance -> write(utterance, tables))) {
      LOG.info("{}", model.computation());
      while (reader.next()) {
        workers.submit(read(reader));
      }
      workers.finish();
      tables.finish(0);
    }
    return 0;
  }

  private PriorSettings priorSettings(ModelDescription description) {
    PriorSettings stored = ModelFolder.priors(folder, description);
    double[] counts =
        classFrameCounts == null
            ? stored.classCounts()
            : KaldiObjects.readDoubleVector(classFrameCounts);
    if (classFrameCounts != null && counts.length != description.numPdfs()) {
      throw new StjemException(
          "--class-frame-counts has "
              + counts.length
              + " classes, model "
              + folder
              + " has "
              + description.numPdfs()
              + " pdfs");
    }
    return new PriorSettings(counts, stored.floor(), stored.scale())
        .with(priorFloor, wanted.priorScale());
  }

  private Priors priors(PriorSettings settings) {
    try {
      return settings.priors();
    } catch (StjemException e) {
      throw new StjemException(folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * An utterance on its way through the model.
   *
   * @param matrix its features, then its scores
   * @param logDensity of its frames, if wanted
   * @param fault why it has no scores, or null
   */
  private record Utterance(String key, FloatMatrix matrix, float[] logDensity, String fault) {
    static Utterance failed(String key, EntryException why) {
      return new Utterance(key, null, null, why.getMessage());
    }
  }

  private static Utterance read(SequentialTableReader<FloatMatrix> reader) {
    try {
      FloatMatrix matrix = reader.value();
      if (matrix.rows() == 0) {
        throw new EntryException("no frames");
      }
      return new Utterance(reader.key(), matrix, null, null);
    } catch (EntryException e) {
      return Utterance.failed(reader.key(), e);
    }
  }

  private Utterance score(
      AcousticModel model, Priors priors, double scale, OutputKind kind, Utterance utterance) {
    if (utterance.fault != null) {
      return utterance;
    }
    FloatMatrix logits;
    try {
      logits = model.logits(utterance.matrix);
    } catch (EntryException e) {
      return Utterance.failed(utterance.key, e);
    }
    float[] density = wanted.wantsLogDensity() ? Priors.logDensity(logits) : null;
    FloatMatrix scores =
        switch (kind) {
          case LOGITS -> logits;
          case LOG_POSTERIORS -> Priors.logPosteriors(logits);
          case LOGLIKES -> priors.apply(logits, kind, scale);
        };
    return new Utterance(utterance.key, scores, density, null);
  }

  private static void write(Utterance utterance, ScoreTables tables) {
    if (utterance.fault != null) {
      tables.skip(utterance.key, utterance.fault);
      return;
    }
    try {
      tables.write(utterance.key, utterance.matrix, utterance.logDensity);
    } catch (EntryException e) {
      tables.skip(utterance.key, e.getMessage());
    }
  }
}
