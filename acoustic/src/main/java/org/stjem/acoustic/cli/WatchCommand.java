package org.stjem.acoustic.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.stjem.acoustic.net.AcousticModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code stjem acoustic watch}: a page on which one watches a model listen. */
@Command(
    description = {
      "Serves a page to this machine's browser: pick an example, open a sound file or speak, and see"
          + " the waveform, log-Mel features, phones, log p(x) against its range on known speech, and"
          + " words by how sure they are, as they come. Sounds that are unlike known speech are"
          + " answered with 'I do not know this'.",
      "The address, which has a token, is printed; nothing is kept on disk.",
      "",
      "Example:",
      "  stjem acoustic watch --examples=scp:data/test/wav.scp --reference=scp:data/dev/wav.scp \\",
      "    exp/st-jem exp/tri/graph",
      ""
    })
final class WatchCommand implements Callable<Integer> {
  @Mixin private final WatchArguments page = new WatchArguments();

  @Mixin private final LocalModelArguments local = new LocalModelArguments();

  @Override
  public Integer call() throws IOException, InterruptedException {
    page.check();
    try (AcousticModel model = local.load()) {
      page.run(local.folder().toString(), local.folder(), local.recognizer(model));
    }
    return 0;
  }
}
