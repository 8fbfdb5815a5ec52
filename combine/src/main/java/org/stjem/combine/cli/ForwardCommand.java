package org.stjem.combine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.options.ThreadsArgument;
import org.stjem.combine.Combination;
import org.stjem.combine.DensityPooling;
import org.stjem.combine.LogitInputs;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem combine forward}: scores of a mixture of models. */
@Command(
    description = {
      "Scores of a mixture of acoustic models over the same pdfs:",
      "log p(x, y) = log sum_i w_i exp(f_i(x)_y - log Z_i), from the logits f_i of each model.",
      "An input is a model folder, which takes its features from --feats, or the rspecifier of a"
          + " table of logits, as written by 'acoustic forward --output=logits'. Archives must have"
          + " their utterances in one order. Utterances that an input lacks or has at another length"
          + " are skipped.",
      "",
      "  stjem combine forward --feats=scp:feats.scp exp/clean exp/reverberant ark:loglikes.ark",
      "  stjem combine forward --class-frame-counts=counts ark:1.ark ark:2.ark ark:loglikes.ark",
      ""
    })
final class ForwardCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ForwardCommand.class);

  @Option(
      names = "--feats",
      paramLabel = "RSPECIFIER",
      description = "features for the model folders among the inputs")
  private String feats;

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private CombinationArguments how;

  @Option(
      names = "--output",
      defaultValue = "loglikes",
      description =
          "loglikes: log p(x, y) less the scaled log prior; logits: log p(x, y); log-posteriors:"
              + " log p(y | x) (default ${DEFAULT-VALUE})")
  private OutputKind output;

  @Option(
      names = "--priors",
      defaultValue = "shared",
      description =
          "shared: one prior is taken off the combination; own: each model's from its own logits,"
              + " which are then added as likelihoods (default ${DEFAULT-VALUE})")
  private Sharing sharing;

  @Option(
      names = "--responsibilities",
      paramLabel = "WSPECIFIER",
      description =
          "also write how much say each input has in each frame, matrices [frames, inputs]")
  private String responsibilities;

  @Option(
      names = "--domain-posteriors",
      paramLabel = "WSPECIFIER",
      description =
          "also write the posterior over the inputs' domains given the whole utterance, vectors")
  private String domainPosteriors;

  @Option(
      names = "--log-density-wspecifier",
      paramLabel = "WSPECIFIER",
      description = "also write the mixture's log p(x) + const of each frame, vectors")
  private String logDensity;

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Mixin private final ThreadsArgument threads = new ThreadsArgument();

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL-OR-LOGITS... LOGLIKES-WSPECIFIER",
      description = "one or more inputs, then where the scores go")
  private List<String> arguments;

  /** Which priors are divided out. */
  enum Sharing {
    /** One for the combination. */
    SHARED,
    /** Each model's. */
    OWN
  }

  private Combination combination;
  private Optional<PosteriorScaling> scaling;
  private Priors priors;
  private double priorScale;
  private List<Priors> ownPriors;
  private List<Double> ownScales;

  @Override
  public Integer call() {
    if (arguments.size() < 2) {
      throw new StjemException(
          "needs one or more inputs MODEL-OR-LOGITS, then LOGLIKES-WSPECIFIER; there is only "
              + arguments.get(0));
    }
    List<String> names = arguments.subList(0, arguments.size() - 1);
    String wspecifier = arguments.get(arguments.size() - 1);
    combination = how.combination(names.size());
    scaling = how.mixtureCalibration();
    if (sharing == Sharing.OWN && (output != OutputKind.LOGLIKES || scaling.isPresent())) {
      throw new StjemException(
          "--priors=own goes with --output=loglikes and without --mixture-calibration");
    }
    Placement placement = inference.placement(threads.threads());
    int done = 0;
    int failed = 0;
    try (LogitInputs inputs =
        LogitInputs.open(
            names, feats, featureArguments, how.calibrations(names.size()), placement)) {
      takePriors(inputs);
      try (Writers writers = new Writers(wspecifier)) {
        while (inputs.next()) {
          try {
            writers.write(inputs.key(), inputs.logits());
            done++;
          } catch (StjemException e) {
            // Before any utterance went well a fault that is not of one entry is of the inputs.
            boolean ofOneEntry = e instanceof EntryException || done > 0;
            if (!ofOneEntry || e instanceof TableException) {
              throw e;
            }
            LOG.warn("utterance {} is skipped: {}", inputs.key(), e.getMessage());
            failed++;
          }
        }
        LOG.info("Done {} utterances, failed for {}", done, failed);
        if (done == 0) {
          throw new StjemException("no utterance was combined, failed for " + failed);
        }
        writers.commit();
      }
    }
    return 0;
  }

  /** Reads the priors that log-likelihoods need; the other outputs need none. */
  private void takePriors(LogitInputs inputs) {
    if (output != OutputKind.LOGLIKES) {
      return;
    }
    if (sharing == Sharing.OWN) {
      List<PriorSettings> own = how.priorsOfEach(inputs.priors());
      ownPriors = own.stream().map(PriorSettings::priors).toList();
      ownScales = own.stream().map(PriorSettings::scale).toList();
    } else {
      PriorSettings shared = how.priors(inputs.names(), inputs.priors());
      priors = shared.priors();
      priorScale = shared.scale();
    }
  }

  private FloatMatrix scores(List<FloatMatrix> pooled) {
    if (ownPriors != null) {
      List<FloatMatrix> likelihoods = new ArrayList<>();
      for (int i = 0; i < pooled.size(); i++) {
        likelihoods.add(ownPriors.get(i).apply(pooled.get(i), output, ownScales.get(i)));
      }
      return combination.logJoint(likelihoods);
    }
    FloatMatrix joint = combination.logJoint(pooled);
    FloatMatrix logits = scaling.isPresent() ? scaling.get().apply(joint) : joint;
    return switch (output) {
      case LOGITS -> logits;
      case LOG_POSTERIORS -> Priors.logPosteriors(logits);
      case LOGLIKES -> priors.apply(logits, output, priorScale);
    };
  }

  /** The tables that are written, which appear together or not at all. */
  private final class Writers implements AutoCloseable {
    private final List<TableWriter<?>> open = new ArrayList<>();
    private final TableWriter<FloatMatrix> scores;
    private final TableWriter<FloatMatrix> shares;
    private final TableWriter<float[]> domains;
    private final TableWriter<float[]> densities;
    private final DensityPooling pooling = how.pooling();
    private final DensityPooling utterance = how.utterance();

    Writers(String wspecifier) {
      scores = keep(Tables.writeFloatMatrices(wspecifier));
      shares = responsibilities == null ? null : keep(Tables.writeFloatMatrices(responsibilities));
      domains = domainPosteriors == null ? null : keep(Tables.writeFloatVectors(domainPosteriors));
      densities = logDensity == null ? null : keep(Tables.writeFloatVectors(logDensity));
    }

    private <T extends TableWriter<?>> T keep(T writer) {
      open.add(writer);
      return writer;
    }

    void write(String key, List<FloatMatrix> logits) {
      List<FloatMatrix> pooled = logits.stream().map(pooling::apply).toList();
      FloatMatrix result = scores(pooled);
      FloatMatrix frameShares = shares == null ? null : combination.responsibilities(pooled);
      FloatMatrix domainShares = null;
      if (domains != null) {
        domainShares =
            combination.responsibilities(logits.stream().map(utterance::apply).toList()).rows(0, 1);
      }
      float[] density = densities == null ? null : Priors.logDensity(combination.logJoint(pooled));
      scores.write(key, result);
      if (shares != null) {
        shares.write(key, frameShares);
      }
      if (domains != null) {
        domains.write(key, domainShares.data());
      }
      if (densities != null) {
        densities.write(key, density);
      }
    }

    void commit() {
      open.forEach(TableWriter::commit);
    }

    @Override
    public void close() {
      open.forEach(TableWriter::close);
    }
  }
}
