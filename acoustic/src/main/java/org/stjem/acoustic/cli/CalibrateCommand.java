package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.calibration.HeldOutFrames;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.calibration.ScalingFit;
import org.stjem.acoustic.data.TrainingSpeakers;
import org.stjem.acoustic.eval.CalibrationReport;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.InputFeatures;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.options.ThreadsArgument;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic calibrate}: fits a scaling of posteriors to held-out speech. */
@Command(
    description = {
      "Fits a scaling of posteriors to held-out speech, so that they are as sure as they are right:"
          + " log p(y|x) becomes log softmax(a_y f(x)_y + b_y). log p(x) stays as it is.",
      "The input is a model folder, which takes its features from --feats and keeps the result as"
          + " its calibration.json, which 'forward', 'serve' and 'combine' then apply; or the"
          + " rspecifier of a table of logits, such as those of a mixture, which needs"
          + " CALIBRATION-FILE.",
      "The prior, which scores are divided by, weighs T times as much beside posteriors that were"
          + " scaled by about 1/T. A prior scale of 1/T puts that back; it is printed, and"
          + " --set-prior-scale keeps it.",
      "",
      "  stjem acoustic calibrate --feats=scp:dev/feats.scp --transition-model=final.mdl exp/clean"
          + " \"ark:gunzip -c dev.ali.gz|\"",
      ""
    },
    sortOptions = false)
final class CalibrateCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(CalibrateCommand.class);

  /** What is fitted. */
  enum Method {
    /** One factor for all pdfs. */
    TEMPERATURE,
    /** A factor and an offset for each pdf. */
    VECTOR
  }

  @Option(
      names = "--method",
      defaultValue = "temperature",
      description =
          "temperature: one factor for all pdfs; vector: a factor and an offset for each (default:"
              + " ${DEFAULT-VALUE})")
  private Method method;

  @Option(
      names = "--criterion",
      defaultValue = "likelihood",
      description =
          "what a temperature makes most likely: likelihood, the right pdf; top-label, that the"
              + " most probable pdf is as often right as its posterior says (default:"
              + " ${DEFAULT-VALUE})")
  private String criterion;

  @Option(
      names = "--l2",
      defaultValue = "" + ScalingFit.DEFAULT_L2,
      description =
          "with --method=vector: keeps factors near the temperature's and offsets near 0, by this"
              + " weight of their squares (default: ${DEFAULT-VALUE})")
  private double l2;

  @Option(
      names = "--set-prior-scale",
      description =
          "also make 1/T the prior scale of the model folder, T being the temperature, with"
              + " --method=vector that which factors are kept near; with --calibration=none it is to"
              + " be overridden")
  private boolean setPriorScale;

  @Option(
      names = "--feats",
      paramLabel = "RSPECIFIER",
      description = "held-out features of a model folder")
  private String feats;

  @Mixin private AlignedFrames aligned;

  @Option(
      names = "--max-frames",
      defaultValue = "" + HeldOutFrames.DEFAULT_CAPACITY,
      description =
          "frames kept in memory, 4 bytes for each pdf; of more a sample (default:"
              + " ${DEFAULT-VALUE})")
  private int maxFrames;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of that sample (default: ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Mixin private final ThreadsArgument threads = new ThreadsArgument();

  @Parameters(
      index = "0",
      paramLabel = "MODEL-OR-LOGITS",
      description = "model folder, or rspecifier of logits")
  private String input;

  @Parameters(
      index = "1",
      paramLabel = "ALI-RSPECIFIER",
      description = "integer vectors, one value per frame")
  private String alignments;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "CALIBRATION-FILE",
      description = "where the result goes (default: calibration.json of the model folder)")
  private Path output;

  @Override
  public Integer call() throws IOException {
    ScalingFit.Criterion wanted = criterion();
    boolean isTable = Tables.isSpecifier(input);
    if (isTable && (feats != null || output == null)) {
      throw new StjemException("logits need CALIBRATION-FILE, and no --feats");
    }
    if (!isTable && feats == null) {
      throw new StjemException(
          input + " is taken for a model folder, which needs --feats; logits are ark:… or scp:…");
    }
    if (setPriorScale) {
      if (isTable || output != null) {
        throw new StjemException(
            "--set-prior-scale needs a model folder, whose own calibration is fitted");
      }
      // What knows no priors is found out before the fit, not after it.
      ModelFolder.priors(ByteNames.path(input)).priors();
    }
    HeldOutFrames frames = new HeldOutFrames(maxFrames, seed);
    if (isTable) {
      aligned.read(input, alignments, (key, x, pdfs) -> frames.add(x, pdfs), LOG);
    } else {
      Placement placement = inference.placement(threads.threads());
      try (AcousticModel model =
          ModelFolder.load(ByteNames.path(input), placement, ModelFolder.NO_CALIBRATION)) {
        TrainingSpeakers.shared(ByteNames.path(input), feats)
            .ifPresent(
                sentence ->
                    LOG.warn(
                        "{}; a scaling fitted to them is too sure of other speakers, so fit it to"
                            + " speech of speakers that the model has not seen",
                        sentence));
        InputFeatures in = featureArguments.of(model.description(), ByteNames.path(input), feats);
        aligned.read(
            feats,
            alignments,
            (key, x, pdfs) -> frames.add(model.logits(in.prepare(x)), pdfs),
            LOG);
      }
    }
    PosteriorScaling scaling =
        method == Method.VECTOR
            ? ScalingFit.vector(frames, l2)
            : ScalingFit.temperature(frames, wanted);
    double priorScale = 1 / Double.parseDouble(scaling.fit().get(ScalingFit.TEMPERATURE));
    if (setPriorScale) {
      // First, for it refuses a scale beyond all reason.
      Path folder = ByteNames.path(input);
      ModelFolder.setPriors(folder, ModelFolder.priors(folder).with(null, priorScale));
    }
    scaling.write(output == null ? ModelFolder.calibration(ByteNames.path(input)) : output);
    System.out.println(scaling.method() + " scaling: " + scaling.fit());
    System.out.printf(
        Locale.ROOT,
        "prior scale 1/T = %.4f: the weight of the prior beside unscaled posteriors%n",
        priorScale);
    print("before", frames.report(Optional.empty()));
    print("after", frames.report(Optional.of(scaling)));
    return 0;
  }

  private static void print(String when, CalibrationReport report) {
    System.out.printf(
        Locale.ROOT,
        "%-6s ECE %.2f %%, NLL %.4f nats per frame over the %d frames of the fit%n",
        when,
        report.ece(),
        report.nll(),
        report.frames());
  }

  private ScalingFit.Criterion criterion() {
    if (!(l2 >= 0) || Double.isInfinite(l2)) {
      throw new StjemException("--l2 is " + l2 + ", must be finite and not negative");
    }
    for (ScalingFit.Criterion known : ScalingFit.Criterion.values()) {
      if (known.toString().equals(criterion.toLowerCase(Locale.ROOT))) {
        if (known != ScalingFit.Criterion.LIKELIHOOD && method == Method.VECTOR) {
          throw new StjemException("--criterion is of no use with --method=vector");
        }
        return known;
      }
    }
    throw new StjemException(
        "no criterion '" + criterion + "'; there are likelihood and top-label");
  }
}
