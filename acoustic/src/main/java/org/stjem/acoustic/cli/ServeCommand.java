package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.ModelInfo;
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
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

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

  @Mixin private ServerOptions options;

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "write the port to this file when ready; removed at the end")
  private Path portFile;

  @Option(
      names = "--device",
      defaultValue = "auto",
      description = "auto, cpu or cuda (default: ${DEFAULT-VALUE})")
  private String device;

  @Option(
      names = "--drain-seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "time the running streams get to end after SIGTERM (default: ${DEFAULT-VALUE})")
  private int drainSeconds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServerOptions.require("--drain-seconds", drainSeconds, 0, 86_400);
    options.check();
    List<ModelSource> sources =
        Stream.concat(models.stream(), moreModels.stream()).map(ModelSource::parse).toList();
    if (sources.isEmpty()) {
      throw new StjemException("no model to serve");
    }
    removePortFile();
    // Streams are spread over the threads, so one tensor operation needs one thread only.
    Engines.configure(1);
    try (AcousticModelServer server =
        AcousticModelServer.start(sources, LoadedModel.to(device), options)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server), "drain"));
      if (portFile != null) {
        AtomicFile.writeString(portFile, server.port() + "\n");
      }
      server
          .metricsPort()
          .ifPresent(
              port ->
                  LOG.info(
                      "metrics are served on http://{}:{}/metrics", options.metricsHost, port));
      for (ModelInfo model : server.models()) {
        LOG.info(
            "model '{}' of {} pdfs is served on {}:{}",
            model.getName(),
            model.getNumPdfs(),
            options.host,
            server.port());
      }
      server.awaitStop();
    }
    return 0;
  }

  private void drain(AcousticModelServer server) {
    removePortFile();
    try {
      boolean ended = server.drain(Duration.ofSeconds(drainSeconds));
      // Straight to standard error: the log is closed while the virtual machine shuts down.
      System.err.println(
          ended
              ? "LOG (stjem acoustic serve) all streams ended, stopped"
              : "WARNING (stjem acoustic serve) some streams were cut off after "
                  + drainSeconds
                  + " s, stopped");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** So that nobody takes the port of a server that is gone for that of the next one. */
  private void removePortFile() {
    if (portFile == null) {
      return;
    }
    try {
      Files.deleteIfExists(portFile);
    } catch (IOException e) {
      throw new StjemException("--port-file: cannot remove " + portFile + ": " + e.getMessage(), e);
    }
  }
}
