package org.stjem.combine.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.stjem.acoustic.cli.RecognizeArguments;
import org.stjem.acoustic.cli.WatchArguments;
import org.stjem.combine.MixtureModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code stjem combine watch}: a page on which one watches a mixture listen. */
@Command(
    description = {
      "Serves a page on which one watches a mixture listen: what 'acoustic watch' does, and which of"
          + " the models it believes to hear. The range of known speech is kept in the file of"
          + " --speech-range alone.",
      "",
      "  stjem combine watch --members=exp/clean,exp/reverberant --speech-range=range.json \\",
      "    --reference=scp:data/dev/wav.scp --examples=scp:data/test/wav.scp exp/tri/graph",
      ""
    })
final class WatchCommand implements Callable<Integer> {
  @Mixin private final LocalMixtureArguments members = new LocalMixtureArguments();

  @Mixin private final RecognizeArguments arguments = new RecognizeArguments();

  @Mixin private final WatchArguments page = new WatchArguments();

  @Parameters(
      index = "0",
      paramLabel = "GRAPH-DIR",
      description = "folder with HCLG.fst and words.txt, as Kaldi's mkgraph.sh writes")
  private Path graph;

  @Override
  public Integer call() throws IOException, InterruptedException {
    page.check();
    LocalMixture mixture = members.open();
    try (MixtureModel model = mixture.model()) {
      page.run(
          mixture.name(),
          null,
          arguments.recognizer(mixture.name(), null, model, mixture.frontend(), graph));
    }
    return 0;
  }
}
