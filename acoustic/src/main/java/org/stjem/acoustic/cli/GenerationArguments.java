package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.AnnealedSgld;
import org.stjem.acoustic.generate.Generated;
import org.stjem.acoustic.generate.Generator;
import org.stjem.acoustic.generate.Request;
import org.stjem.acoustic.generate.SequenceModel;
import org.stjem.acoustic.generate.SequenceStart;
import org.stjem.acoustic.options.EngineArguments;
import org.stjem.acoustic.options.ResolvedOptions;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.AtomicFolder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of the commands that generate sequences, and what they do. */
final class GenerationArguments {
  private static final Logger LOG = LoggerFactory.getLogger(GenerationArguments.class);

  @Mixin private final SpeakerArgument speaker = new SpeakerArgument();

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "8",
      description = "sequences computed together (default: ${DEFAULT-VALUE})")
  private int blockSize;

  @Option(
      names = "--start",
      defaultValue = "mean",
      description =
          "where sequences start: uniform within the range, gaussian with the training data's mean"
              + " and variance, or mean (default: ${DEFAULT-VALUE})")
  private SequenceStart start;

  @Option(
      names = "--start-range",
      defaultValue = "3",
      description = "range of uniform starts in standard deviations (default: ${DEFAULT-VALUE})")
  private double startRange;

  @Mixin
  private final ChainArguments chains =
      new ChainArguments(
          new AnnealedSgld(100, 0.3, 0.1, 1, 0, Double.POSITIVE_INFINITY, 3), 1.5, 3);

  @Option(
      names = "--real",
      paramLabel = "RSPECIFIER",
      description =
          "real speech to compare with, normalised as the model's features: the utterance of the"
              + " labels' key, without labels any")
  private String real;

  @Option(
      names = "--cmvn",
      paramLabel = "RSPECIFIER",
      description =
          "statistics whose mean the audio gets: a table by the labels' key, or a file with one"
              + " set for all; needed for audio where the model's features are normalised")
  private String cmvn;

  @Option(
      names = "--page-sequences",
      paramLabel = "N",
      defaultValue = "8",
      description = "sequences that index.html shows (default: ${DEFAULT-VALUE})")
  private int shown;

  @Mixin private final EngineArguments engine = new EngineArguments();

  /**
   * Generates sequences into a folder, which appears whole or not at all.
   *
   * @param folder of the model
   * @param out folder to write
   * @param command whose options are noted
   * @param conditional whether the sequences have labels
   * @param requests the sequences of a model
   */
  void run(
      Path folder,
      Path out,
      CommandSpec command,
      boolean conditional,
      Function<SequenceModel, List<Request>> requests)
      throws IOException {
    ServerOptions.require("--block", blockSize, 1, 10_000);
    ServerOptions.require("--page-sequences", shown, 0, 10_000);
    AnnealedSgld sgld = chains.sgld();
    String device = engine.configure();
    try (AtomicFolder target = AtomicFolder.create(out);
        SequenceModel model = speaker.load(folder, device)) {
      try (GenerationFolder output =
          new GenerationFolder(target.temporary(), out, model, conditional, real, cmvn, shown)) {
        List<Request> wanted = requests.apply(model);
        wanted.forEach(request -> output.require(request.source()));
        double seconds = generate(model, sgld, wanted, output);
        output.finish(ResolvedOptions.of(command, null), seconds);
      }
      target.commit();
    }
  }

  /** Gives the processor time it took. */
  private double generate(
      SequenceModel model, AnnealedSgld sgld, List<Request> requests, GenerationFolder output)
      throws IOException {
    Generator generator =
        new Generator(
            model, sgld, chains::smoothing, start, startRange, chains.seed(), speaker.column());
    ChainProgress progress = new ChainProgress(LOG, requests.size(), sgld.steps());
    for (int first = 0; first < requests.size(); first += blockSize) {
      List<Request> block = requests.subList(first, Math.min(requests.size(), first + blockSize));
      progress.block(block.size());
      for (Generated made : generator.generate(block, progress::step)) {
        output.write(made);
      }
    }
    return progress.cpuSeconds();
  }
}
