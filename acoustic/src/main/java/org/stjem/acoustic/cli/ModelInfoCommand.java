package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.monitor.DensityFit;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ScoringClient;
import org.stjem.frontend.io.StjemException;
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
  private static final Logger LOG = LoggerFactory.getLogger(ModelInfoCommand.class);

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "encrypt, and check the server against these certificates (PEM)")
  private Path authority;

  @Mixin private final HeadArgument head = new HeadArgument();

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
  public Integer call() throws IOException {
    // Statistics of the features are hundreds of lines, for programs to read.
    System.out.print(info().toBuilder().clearInputMean().clearInputStddev().build());
    if (source.folder != null) {
      HeadArgument.log(source.folder, LOG);
      DensityFit.of(source.folder).sentence().ifPresent(LOG::warn);
    }
    return 0;
  }

  private ModelInfo info() {
    if (source.folder == null && head.name() != null) {
      throw new StjemException("--head is of a model folder; a server says which it serves");
    }
    if (source.folder != null) {
      String fingerprint = LoadedModel.fingerprint(source.folder, head.name());
      try (AcousticModel model =
          head.load(source.folder, inference.placement(1), ModelFolder.OWN_CALIBRATION)) {
        return AcousticModelServer.describe(model, ModelSource.nameOf(source.folder), fingerprint);
      }
    }
    try (ScoringClient client =
        ScoringClient.connect(source.server, Optional.ofNullable(authority))) {
      return client.modelInfo("");
    }
  }
}
