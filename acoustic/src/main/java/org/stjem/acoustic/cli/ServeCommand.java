package org.stjem.acoustic.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.acoustic.serving.ServerProcess;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic serve}. */
@Command(
    description = {
      "Serves the scores of acoustic models over gRPC (stjem.v1, grpc.health.v1, reflection).",
      "On SIGTERM it takes no new streams, lets the running ones end, and stops.",
      "Without TLS it listens on this machine only, unless --allow-insecure is given.",
      ""
    },
    sortOptions = false)
public final class ServeCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "MODEL",
      description =
          "model folders as [NAME[:VERSION]=]FOLDER; NAME is that of the folder, VERSION 1 if not"
              + " given; the first is the default model, the last version of a name its default")
  private List<String> models = List.of();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "the same, for configuration files; may be given several times")
  private List<String> moreModels = List.of();

  @Mixin private final HeadArgument head = new HeadArgument();

  @Mixin private ServerOptions options;

  @Mixin private ServerProcess process;

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Override
  public Integer call() throws IOException, InterruptedException {
    options.check();
    List<ModelSource> sources =
        Stream.concat(models.stream(), moreModels.stream()).map(ModelSource::parse).toList();
    if (sources.isEmpty()) {
      throw new StjemException("no model to serve");
    }
    process.prepare();
    // Streams are spread over the threads, so one operation needs one thread only.
    Placement placement = inference.placement(1);
    try (AcousticModelServer server =
        AcousticModelServer.start(sources, LoadedModel.to(placement, head.name()), options)) {
      process.run(server, options, "stjem acoustic serve");
    }
    return 0;
  }
}
