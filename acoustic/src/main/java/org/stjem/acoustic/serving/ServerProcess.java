package org.stjem.acoustic.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.ModelInfo;
import picocli.CommandLine.Option;

/**
 * The life of a process that serves: it says on which port once it is ready, and on SIGTERM takes
 * no new streams, lets the running ones end, and stops. A command takes its options as a mixin.
 */
public final class ServerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "write the port to this file when ready; removed at the end")
  private Path portFile;

  @Option(
      names = "--drain-seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "time the running streams get to end after SIGTERM (default: ${DEFAULT-VALUE})")
  private int drainSeconds;

  /** Checks the options, and removes what an earlier process left. */
  public void prepare() {
    ServerOptions.require("--drain-seconds", drainSeconds, 0, 86_400);
    removePortFile();
  }

  /**
   * Waits until the server has stopped.
   *
   * @param options it was started with
   * @param program name for the last message
   */
  public void run(AcousticModelServer server, ServerOptions options, String program)
      throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server, program), "drain"));
    if (portFile != null) {
      AtomicFile.writeString(portFile, server.port() + "\n");
    }
    server
        .metricsPort()
        .ifPresent(
            port ->
                LOG.info("metrics are served on http://{}:{}/metrics", options.metricsHost, port));
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

  private void drain(AcousticModelServer server, String program) {
    removePortFile();
    try {
      boolean ended = server.drain(Duration.ofSeconds(drainSeconds));
      // Straight to standard error: the log is closed while the virtual machine shuts down.
      System.err.println(
          ended
              ? "LOG (" + program + ") all streams ended, stopped"
              : "WARNING ("
                  + program
                  + ") some streams were cut off after "
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
