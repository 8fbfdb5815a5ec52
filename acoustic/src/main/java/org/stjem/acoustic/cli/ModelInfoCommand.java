package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ScoringClient;
import org.stjem.proto.v1.ModelInfo;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic model-info}. */
@Command(
    description = {
      "Prints what a model folder, or the model of a server, says about itself: the fields of"
          + " stjem.v1.ModelInfo, one to a line.",
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
      return AcousticModelServer.describe(
          ModelFolder.describe(source.folder),
          ModelFolder.priors(source.folder),
          ModelSource.nameOf(source.folder),
          "");
    }
    try (ScoringClient client =
        ScoringClient.connect(source.server, Optional.ofNullable(authority))) {
      return client.modelInfo("");
    }
  }
}
