package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stjem acoustic serve}. */
@Command(
    description = {
      "Serves the scores of an acoustic model over gRPC (stjem.v1, grpc.health.v1, reflection).",
      "On SIGTERM it takes no new streams, lets the running ones end, and stops.",
      "Without TLS it listens on this machine only, unless --host says otherwise.",
      ""
    },
    sortOptions = false)
public final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Parameters(index = "0", paramLabel = "MODEL-DIR", description = "model folder")
  private Path folder;

  @Option(
      names = "--host",
      defaultValue = ServerOptions.LOOPBACK,
      description = "interface to listen on, 0.0.0.0 for all (default: ${DEFAULT-VALUE})")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "50051",
      description = "TCP port, 0 for any free one (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "write the port to this file when ready; removed at the end")
  private Path portFile;

  @Option(
      names = "--model-name",
      description = "name clients are told (default: name of the folder)")
  private String modelName;

  @Option(
      names = "--model-version",
      defaultValue = "1",
      description = "version clients are told (default: ${DEFAULT-VALUE})")
  private String modelVersion;

  @Option(
      names = "--max-streams",
      defaultValue = "" + ServerOptions.DEFAULT_MAX_STREAMS,
      description = "utterances at the same time; more are refused (default: ${DEFAULT-VALUE})")
  private int maxStreams;

  @Option(
      names = "--num-threads",
      defaultValue = "0",
      description = "threads that compute, 0 for one per core (default: ${DEFAULT-VALUE})")
  private int threads;

  @Option(
      names = "--device",
      defaultValue = "auto",
      description = "auto, cpu or cuda (default: ${DEFAULT-VALUE})")
  private String device;

  @Option(
      names = "--drain-seconds",
      defaultValue = "30",
      description = "time the running streams get to end after SIGTERM (default: ${DEFAULT-VALUE})")
  private int drainSeconds;

  @Option(names = "--tls-cert", paramLabel = "FILE", description = "certificate chain (PEM)")
  private Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "its private key (PEM, PKCS 8)")
  private Path key;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServerOptions options = options();
    removePortFile();
    // Streams are spread over the workers, so one tensor operation needs one thread only.
    Engines.configure(1);
    try (AcousticModel model = ModelFolder.load(folder, device);
        AcousticModelServer server = AcousticModelServer.start(model, options)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server), "drain"));
      if (portFile != null) {
        AtomicFile.writeString(portFile, server.port() + "\n");
      }
      LOG.info(
          "model '{}' of {} pdfs is served on {}:{}",
          options.modelName(),
          model.description().numPdfs(),
          host,
          server.port());
      server.awaitStop();
    }
    return 0;
  }

  private ServerOptions options() {
    require("--port", port, 0, 65535);
    require("--max-streams", maxStreams, 1, 10_000);
    require("--num-threads", threads, 0, 1024);
    require("--drain-seconds", drainSeconds, 0, 86_400);
    if ((certificate == null) != (key == null)) {
      throw new StjemException("--tls-cert and --tls-key go together");
    }
    return new ServerOptions(
        host,
        port,
        modelName == null ? nameOf(folder) : modelName,
        modelVersion,
        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
        maxStreams,
        certificate == null
            ? Optional.empty()
            : Optional.of(new ServerOptions.Identity(certificate, key)));
  }

  /** The name of a model that was given none. */
  static String nameOf(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? "default" : name.toString();
  }

  private static void require(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw new StjemException(
          option + " is " + value + ", it must be from " + low + " to " + high);
    }
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
