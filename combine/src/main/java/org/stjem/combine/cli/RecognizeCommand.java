package org.stjem.combine.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.stjem.acoustic.cli.RecognizeArguments;
import org.stjem.acoustic.cli.TranscriptArguments;
import org.stjem.combine.MixtureModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stjem combine recognize}: audio to words by a mixture of models. */
@Command(
    description = {
      "Makes words of audio with a mixture of models, which hear the same features: what 'acoustic"
          + " recognize' does, with scores of 'combine forward'. A confidence model is taken from"
          + " --confidence-model alone.",
      "Words that settle while audio comes need a window of log p(x) that ends soon: --pool-frames=1,"
          + " or --pool-past.",
      "",
      "  stjem combine recognize --members=exp/clean,exp/reverberant exp/tri/graph hello.wav",
      ""
    })
final class RecognizeCommand implements Callable<Integer> {
  @Mixin private final LocalMixtureArguments members = new LocalMixtureArguments();

  @Mixin private final RecognizeArguments arguments = new RecognizeArguments();

  @Mixin private final TranscriptArguments transcripts = new TranscriptArguments();

  @Parameters(
      index = "0",
      paramLabel = "GRAPH-DIR",
      description = "folder with HCLG.fst and words.txt, as Kaldi's mkgraph.sh writes")
  private Path graph;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "WAV|WAV-RSPECIFIER|-",
      description = "recordings")
  private List<String> inputs;

  @Override
  public Integer call() {
    transcripts.check(inputs);
    LocalMixture mixture = members.open();
    try (MixtureModel model = mixture.model()) {
      return transcripts.run(
          arguments.recognizer(mixture.name(), null, model, mixture.frontend(), graph), inputs);
    }
  }
}
