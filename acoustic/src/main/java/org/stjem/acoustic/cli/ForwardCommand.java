package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.OrderedWorkers;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.kaldi.TransitionModel;
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

  @Option(
      names = "--output",
      defaultValue = "loglikes",
      description = "loglikes, logits or log-posteriors (default: ${DEFAULT-VALUE})")
  private String output;

  @Option(
      names = "--prior-scale",
      description = "weight of the log prior in loglikes (default: that of the model folder, or 1)")
  private Double priorScale;

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

  @Option(
      names = "--calibration",
      paramLabel = "auto|none|FILE",
      defaultValue = ModelFolder.OWN_CALIBRATION,
      description =
          "scaling of the posteriors: that of the model folder if it has one, none, or that of a"
              + " file of 'acoustic calibrate' (default: ${DEFAULT-VALUE})")
  private String calibration;

  @Option(
      names = "--log-density-wspecifier",
      description = "also write log p(x) + const of each frame, a table of float vectors")
  private String logDensity;

  @Option(
      names = "--transition-model",
      description = "final.mdl of the decoder; refuse a model with another number of pdfs")
  private String transitionModel;

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Option(
      names = "--num-threads",
      defaultValue = "0",
      description = "threads that compute, 0 for one per core (default: ${DEFAULT-VALUE})")
  private int threads;

  private int done;
  private int failed;
  private long frames;

  @Override
  public Integer call() {
    OutputKind kind = OutputKind.of(output);
    ModelDescription description = ModelFolder.describe(folder);
    if (transitionModel != null) {
      int pdfs = TransitionModel.read(transitionModel).numPdfs();
      if (pdfs != description.numPdfs()) {
        throw new StjemException(
            "model "
                + folder
                + " has "
                + description.numPdfs()
                + " pdfs but "
                + transitionModel
                + " has "
                + pdfs);
      }
    }
    PriorSettings stored = ModelFolder.priors(folder);
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
    PriorSettings settings =
        new PriorSettings(counts, stored.floor(), stored.scale()).with(priorFloor, priorScale);
    Priors priors = kind == OutputKind.LOGLIKES ? priors(settings) : null;
    ServerOptions.require("--num-threads", threads, 0, 1024);
    // Threads take whole utterances, so one operation needs one thread only.
    Placement placement = inference.placement(1);
    int threadCount = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    long started = System.nanoTime();
    try (AcousticModel model = ModelFolder.load(folder, placement, calibration);
        SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(features);
        TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(loglikes);
        TableWriter<float[]> densities =
            logDensity == null ? null : Tables.writeFloatVectors(logDensity);
        OrderedWorkers<Utterance, Utterance> workers =
            new OrderedWorkers<>(
                threadCount,
                () -> utterance -> score(model, priors, settings.scale(), kind, utterance),
                utterance -> write(utterance, writer, densities))) {
      LOG.info("{}", model.computation());
      while (reader.next()) {
        try {
          FloatMatrix matrix = reader.value();
          if (matrix.rows() == 0) {
            throw new EntryException("no frames");
          }
          workers.submit(new Utterance(reader.key(), matrix, null));
        } catch (EntryException e) {
          LOG.warn("utterance {}: {}", reader.key(), e.getMessage());
          failed++;
        }
      }
      workers.finish();
      writer.commit();
      if (densities != null) {
        densities.commit();
      }
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    LOG.info(
        String.format(
            java.util.Locale.ROOT, "%d frames, %.0f frames per second", frames, frames / seconds));
    LOG.info("Done {} utterances, failed for {}", done, failed);
    return done > 0 ? 0 : 1;
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
   */
  private record Utterance(String key, FloatMatrix matrix, float[] logDensity) {}

  private Utterance score(
      AcousticModel model, Priors priors, double scale, OutputKind kind, Utterance utterance) {
    FloatMatrix logits = model.logits(utterance.matrix);
    float[] density = logDensity == null ? null : Priors.logDensity(logits);
    FloatMatrix scores =
        switch (kind) {
          case LOGITS -> logits;
          case LOG_POSTERIORS -> Priors.logPosteriors(logits);
          case LOGLIKES -> priors.apply(logits, kind, scale);
        };
    return new Utterance(utterance.key, scores, density);
  }

  private void write(
      Utterance utterance, TableWriter<FloatMatrix> writer, TableWriter<float[]> densities) {
    writer.write(utterance.key, utterance.matrix);
    if (densities != null) {
      densities.write(utterance.key, utterance.logDensity);
    }
    frames += utterance.matrix.rows();
    done++;
  }
}
