package org.stjem.combine.cli;

import java.util.List;
import org.stjem.acoustic.options.InferenceArguments;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say which mixture of model folders hears audio. */
final class LocalMixtureArguments {
  @Option(
      names = "--members",
      split = ",",
      required = true,
      paramLabel = "MODEL-DIR",
      description = "model folders, two or more")
  private List<String> members;

  @Mixin private CombinationArguments how;

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  /** Reads the models; see {@link LocalMixture#open}. */
  LocalMixture open() {
    return LocalMixture.open(members, how, inference.placement(1));
  }
}
