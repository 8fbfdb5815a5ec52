package org.stjem.combine.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.Priors;
import org.stjem.combine.DensityPooling;
import org.stjem.combine.LogitInputs;
import org.stjem.combine.Mixture;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.KaldiObjects;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--weights",
      split = ",",
      paramLabel = "W",
      description = "weight of each input, scaled to a sum of 1 (default: equal weights)")
  private double[] weights;

  @Option(
      names = "--log-z",
      split = ",",
      paramLabel = "LOGZ",
      description =
          "log partition function of each input, in nats; 'combine match-log-z' estimates them"
              + " (default: 0 for all)")
  private double[] logZ;

  @Option(
      names = "--pool-frames",
      defaultValue = "1",
      description =
          "weigh each model by its mean log p(x) over a window of this many frames, an odd number;"
              + " 0 for the whole utterance, 1 for frame by frame as in Eq. 24 (default"
              + " ${DEFAULT-VALUE})")
  private int poolFrames;

  @Option(
      names = "--output",
      defaultValue = "loglikes",
      description =
          "loglikes: log p(x, y) less the scaled log prior; logits: log p(x, y); log-posteriors:"
              + " log p(y | x) (default ${DEFAULT-VALUE})")
  private OutputKind output;

  @Option(
      names = "--class-frame-counts",
      paramLabel = "FILE",
      description =
          "vector of frame counts for the prior (default: the weighted mean of the model folders'"
              + " priors)")
  private String classFrameCounts;

  @Option(
      names = "--prior-scale",
      defaultValue = "1.0",
      description = "scale of the log prior (default ${DEFAULT-VALUE})")
  private double priorScale;

  @Option(
      names = "--prior-floor",
      defaultValue = "" + Priors.DEFAULT_FLOOR,
      description =
          "pdfs of a relative frequency below this are switched off (default ${DEFAULT-VALUE})")
  private double priorFloor;

  @Option(
      names = "--num-threads",
      defaultValue = "0",
      description = "threads of the tensor engine, 0 for all cores (default ${DEFAULT-VALUE})")
  private int threads;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL-OR-LOGITS... LOGLIKES-WSPECIFIER",
      description = "one or more inputs, then where the scores go")
  private List<String> arguments;

  @Override
  public Integer call() {
    if (arguments.size() < 2) {
      throw new StjemException(
          "needs one or more inputs MODEL-OR-LOGITS, then LOGLIKES-WSPECIFIER; there is only "
              + arguments.get(0));
    }
    List<String> names = arguments.subList(0, arguments.size() - 1);
    String wspecifier = arguments.get(arguments.size() - 1);
    Mixture mixture = mixture(names.size());
    DensityPooling pooling = new DensityPooling(poolFrames);
    Engines.configure(threads);
    int done = 0;
    int failed = 0;
    try (LogitInputs inputs = LogitInputs.open(names, feats)) {
      Optional<Priors> priors = priors(mixture, inputs.descriptions());
      try (TableWriter<FloatMatrix> scores = Tables.writeFloatMatrices(wspecifier)) {
        while (inputs.next()) {
          try {
            FloatMatrix joint =
                mixture.logJoint(inputs.logits().stream().map(pooling::apply).toList());
            scores.write(inputs.key(), scores(joint, priors));
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
        if (done > 0) {
          scores.commit();
        }
      }
    }
    LOG.info("Done {} utterances, failed for {}", done, failed);
    return done > 0 ? 0 : 1;
  }

  private Mixture mixture(int size) {
    double[] shares = weights;
    if (shares == null) {
      shares = new double[size];
      Arrays.fill(shares, 1);
    }
    double[] partition = logZ == null ? new double[size] : logZ;
    if (shares.length != size) {
      throw new StjemException(
          "--weights has " + shares.length + " values for " + size + " inputs");
    }
    if (partition.length != size) {
      throw new StjemException(
          "--log-z has " + partition.length + " values for " + size + " inputs");
    }
    return new Mixture(shares, partition);
  }

  /** The priors that log-likelihoods need; the other outputs need none. */
  private Optional<Priors> priors(Mixture mixture, List<Optional<ModelDescription>> descriptions) {
    if (output != OutputKind.LOGLIKES) {
      return Optional.empty();
    }
    if (classFrameCounts != null) {
      return Optional.of(
          Priors.ofCounts(KaldiObjects.readDoubleVector(classFrameCounts), priorFloor));
    }
    List<double[]> counts = new ArrayList<>();
    for (Optional<ModelDescription> description : descriptions) {
      description.ifPresent(model -> counts.add(model.classCounts()));
    }
    if (counts.size() < descriptions.size()) {
      throw new StjemException(
          "--output=loglikes of logit tables needs --class-frame-counts; only model folders know"
              + " their priors");
    }
    return Optional.of(Priors.ofCounts(mixture.priors(counts), priorFloor));
  }

  private FloatMatrix scores(FloatMatrix joint, Optional<Priors> priors) {
    return switch (output) {
      case LOGITS -> joint;
      case LOG_POSTERIORS -> Priors.logPosteriors(joint);
      case LOGLIKES -> priors.orElseThrow().apply(joint, output, priorScale);
    };
  }
}
