package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.options.InferenceArguments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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

  @Mixin private final RecognizeArguments arguments = new RecognizeArguments();

  @Mixin private CalibrationArgument calibration;

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Parameters(
      index = "1",
      paramLabel = "GRAPH-DIR",
      description = "folder with HCLG.fst and words.txt, as Kaldi's mkgraph.sh writes")
  private Path graph;

  @Override
  public Integer call() throws IOException, InterruptedException {
    page.check();
    try (AcousticModel model =
        ModelFolder.load(folder, inference.placement(1), calibration.value())) {
      page.run(
          folder.toString(),
          folder,
          arguments.recognizer(
              folder.toString(), folder, model, RecognizeCommand.frontend(folder), graph));
    }
    return 0;
  }
}
