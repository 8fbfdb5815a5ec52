package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ScoringClient;
import org.stjem.proto.v1.ModelInfo;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic model-info}. */
@Command(
    description = {
      "Prints what a model folder, or the model of a server, says about itself: the fields of"
          + " stjem.v1.ModelInfo, one to a line. A folder's network is loaded and tried, to tell"
          + " whether its rows have the same bits in any batch.",
      ""
    },
    sortOptions = false)
public final class ModelInfoCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "encrypt, and check the server against these certificates (PEM)")
  private Path authority;

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  /** Where the model is. */
  static final class Source {
    @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
    private Path folder;

    @Option(
        names = "--server",
        paramLabel = "HOST:PORT",
        description = "the server of 'acoustic serve'")
    private String server;
  }

  @Override
  public Integer call() {
    System.out.print(info());
    return 0;
  }

  private ModelInfo info() {
    if (source.folder != null) {
      String fingerprint = LoadedModel.fingerprint(source.folder);
      try (AcousticModel model =
          ModelFolder.load(source.folder, inference.placement(1), ModelFolder.OWN_CALIBRATION)) {
        return AcousticModelServer.describe(model, ModelSource.nameOf(source.folder), fingerprint);
      }
    }
    try (ScoringClient client =
        ScoringClient.connect(source.server, Optional.ofNullable(authority))) {
      return client.modelInfo("");
    }
  }
}
