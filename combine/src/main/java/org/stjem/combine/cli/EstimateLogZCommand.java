package org.stjem.combine.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.AnnealedImportance;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.acoustic.options.EngineArguments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem combine estimate-log-z}: partition functions by annealed importance sampling. */
@Command(
    description = {
      "Estimates log Z of models by annealed importance sampling over the box of windows whose"
          + " normalised features lie within --bound of 0: a network's logits may grow without end,"
          + " so that there may be no Z over the whole space.",
      "Prints the values in the form --log-z takes. Beware: nearly all of the box is nothing like"
          + " speech, and Z says how much probability a model puts there.",
      "",
      "  stjem combine estimate-log-z exp/clean exp/reverberant",
      ""
    })
final class EstimateLogZCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(EstimateLogZCommand.class);

  @Option(
      names = "--chains",
      defaultValue = "64",
      description = "chains that run at once (default ${DEFAULT-VALUE})")
  private int chains;

  @Option(
      names = "--temperatures",
      defaultValue = "1000",
      description = "steps from the uniform distribution to the model (default ${DEFAULT-VALUE})")
  private int temperatures;

  @Option(
      names = "--bound",
      defaultValue = "3.0",
      description =
          "half the width of the box, in standard deviations of the features (default"
              + " ${DEFAULT-VALUE})")
  private double bound;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "seed of the chains (default ${DEFAULT-VALUE})")
  private long seed;

  @Mixin private EngineArguments engine;

  @Parameters(arity = "1..*", paramLabel = "MODEL-DIR", description = "model folders")
  private List<Path> models;

  @Override
  public Integer call() {
    AnnealedImportance sampling = new AnnealedImportance(chains, temperatures, bound);
    String device = engine.configure();
    List<String> values = new ArrayList<>();
    for (Path model : models) {
      try (EnergyNetwork network = TorchModels.loadNetwork(model, device)) {
        AnnealedImportance.Estimate found = sampling.estimate(network, new SeededRandom(seed, 0));
        LOG.info(
            String.format(
                Locale.ROOT,
                "%s: log Z %.2f, standard error %.2f, %.1f of %d chains count, %.0f %% accepted,"
                    + " mean log p(x) + log Z at the end %.1f",
                model,
                found.logZ(),
                found.standardError(),
                found.effectiveChains(),
                chains,
                100 * found.acceptance(),
                found.meanScore()));
        values.add(String.format(Locale.ROOT, "%.4f", found.logZ()));
      }
    }
    System.out.println(String.join(",", values));
    return 0;
  }
}
