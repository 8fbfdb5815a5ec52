package org.stjem.combine.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.align.PdfMap;
import org.stjem.acoustic.align.UtteranceTally;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.options.AlignmentArgument;
import org.stjem.acoustic.options.FeatureArguments;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.options.ThreadsArgument;
import org.stjem.combine.LogitInputs;
import org.stjem.combine.MixtureFit;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.RandomAccessTableReader;
import org.stjem.frontend.kaldi.TableException;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.frontend.options.ConfigFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code stjem combine fit}: weights, partition functions and density scale from held-out speech.
 */
@Command(
    description = {
      "Fits a mixture to held-out speech of all domains: its weights or its log Z, and the scale of"
          + " log p(x) - log Z, by maximising the likelihood of the right pdfs. Prints a file for"
          + " --config of 'combine forward'.",
      "Inputs are those of 'combine forward', once for each set of held-out speech, with + between"
          + " the sets. Model folders take the features of their set from --feats, given once a"
          + " set.",
      "",
      "  stjem combine fit --pool-frames=0 --transition-model=final.mdl ark:clean-on-clean.ark"
          + " ark:reverb-on-clean.ark + ark:clean-on-reverb.ark ark:reverb-on-reverb.ark"
          + " \"ark:gunzip -c dev.ali.gz|\" > mixture.conf",
      "  stjem combine forward --config=mixture.conf ...",
      ""
    })
final class FitCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(FitCommand.class);

  /** What the fitted constants are called. */
  enum Constants {
    /** log Z_i, the weights being given. */
    LOG_Z,
    /** w_i, log Z_i being given. */
    WEIGHTS;

    /** The name used on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What is made most likely. */
  enum Criterion {
    /** The right pdf of each frame. */
    PDFS,
    /** The domain of each frame: set i is of the domain of input i. */
    DOMAINS
  }

  @Mixin private final FeatureArguments featureArguments = new FeatureArguments();

  @Mixin private CombinationArguments how;

  @Option(
      names = "--constants",
      defaultValue = "log-z",
      description =
          "log-z: weights are as given and log Z is fitted; weights: the other way round. Scores"
              + " differ by the prior of the mixture only (default ${DEFAULT-VALUE})")
  private Constants constants;

  @Option(
      names = "--fit-density-scale",
      arity = "0..1",
      paramLabel = "BOOL",
      defaultValue = "true",
      fallbackValue = "true",
      description = "fit --density-scale as well, else it is 1 (default ${DEFAULT-VALUE})")
  private boolean fitScale;

  @Option(
      names = "--criterion",
      defaultValue = "pdfs",
      description =
          "what is made most likely: pdfs, the right pdfs; domains, the domain, set i being of the"
              + " domain of input i (default ${DEFAULT-VALUE})")
  private Criterion criterion;

  @Option(
      names = "--feats",
      paramLabel = "RSPECIFIER",
      description = "features for the model folders of the next set")
  private List<String> feats = List.of();

  @Mixin private final AlignmentArgument aligned = new AlignmentArgument();

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Mixin private final ThreadsArgument threads = new ThreadsArgument();

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL-OR-LOGITS... [+ MODEL-OR-LOGITS...]... ALI-RSPECIFIER",
      description = "the inputs for each set, then one value per frame and utterance")
  private List<String> arguments;

  @Override
  public Integer call() {
    List<List<String>> sets = sets(arguments.subList(0, arguments.size() - 1));
    int models = sets.get(0).size();
    MixtureFit fit = new MixtureFit(models, how.window());
    Placement placement = inference.placement(threads.threads());
    UtteranceTally tally = aligned.tally(LOG);
    PdfMap map = aligned.read();
    for (int set = 0; set < sets.size(); set++) {
      String features = feats.isEmpty() ? null : feats.get(set);
      try (LogitInputs inputs =
              LogitInputs.open(
                  sets.get(set), features, featureArguments, how.calibrations(models), placement);
          RandomAccessTableReader<int[]> labels =
              Tables.lookUpIntVectors(arguments.get(arguments.size() - 1))) {
        while (inputs.next()) {
          try {
            List<FloatMatrix> logits = inputs.logits();
            if (criterion == Criterion.DOMAINS) {
              fit.add(logits, set);
            } else {
              fit.add(logits, map.pdfs(labels.value(inputs.key())));
            }
            tally.done();
          } catch (TableException e) {
            throw e;
          } catch (StjemException e) {
            tally.failed(inputs.key(), e);
          }
        }
      }
    }
    tally.finish();
    publish(fit.fit(fitScale), models);
    return 0;
  }

  private List<List<String>> sets(List<String> inputs) {
    List<List<String>> sets = new ArrayList<>();
    sets.add(new ArrayList<>());
    for (String input : inputs) {
      if (input.equals("+")) {
        sets.add(new ArrayList<>());
      } else {
        sets.get(sets.size() - 1).add(input);
      }
    }
    int models = sets.get(0).size();
    if (models < 2 || sets.stream().anyMatch(set -> set.size() != models)) {
      throw new StjemException(
          "needs two or more inputs, as many for each set, then ALI-RSPECIFIER; there are "
              + sets.stream()
                  .map(set -> Integer.toString(set.size()))
                  .collect(Collectors.joining(" + ")));
    }
    if (!feats.isEmpty() && feats.size() != sets.size()) {
      throw new StjemException(
          "--feats is given " + feats.size() + " times for " + sets.size() + " sets");
    }
    if (criterion == Criterion.DOMAINS && sets.size() != models) {
      throw new StjemException(
          "--criterion=domains needs a set for each input; there are "
              + sets.size()
              + " sets and "
              + models
              + " inputs");
    }
    return sets;
  }

  private void publish(MixtureFit.Solution solution, int models) {
    LOG.info(
        String.format(
            Locale.ROOT,
            "log-likelihood per frame: %.4f with equal means of log p(x), %.4f fitted",
            solution.before(),
            solution.after()));
    double[] weights = how.weights(models);
    double[] logZ = how.logZ(models);
    if (solution.densityScale() == 0) {
      LOG.warn("log p(x) does not tell the models apart; weights alone are fitted");
      logZ = new double[models];
      weights = solution.weights(logZ);
    } else if (constants == Constants.WEIGHTS) {
      weights = solution.weights(logZ);
    } else {
      logZ = solution.logZ(weights);
    }
    System.out.print(
        ConfigFile.of(
            List.of(
                how.windowOptions(),
                "--density-scale=" + number(solution.densityScale()),
                "--weights=" + list(weights),
                "--log-z=" + list(logZ))));
  }

  private static String list(double[] values) {
    return Arrays.stream(values).mapToObj(FitCommand::number).collect(Collectors.joining(","));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
