package org.stjem.acoustic.serving;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.ModelInfo;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/**
 * The life of a process that serves: it says on which port once it is ready, and on SIGTERM takes
 * no new streams, lets the running ones end, and stops. A command takes its options as a mixin.
 */
public final class ServerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

  private static final int FEWEST_FILES = 256;

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

  /** Set by the first signal that ends the process. */
  private final AtomicBoolean ending = new AtomicBoolean();

  /** Checks the options, removes what an earlier process left, and limits the log. */
  public void prepare() {
    ServerOptions.require("--drain-seconds", drainSeconds, 0, 86_400);
    requireOpenFiles();
    if (portFile != null) {
      Path folder = portFile.toAbsolutePath().getParent();
      if (!Files.isDirectory(folder)) {
        throw new StjemException(
            "--port-file: cannot write " + portFile + ": there is no folder " + folder);
      }
    }
    removePortFile();
    limitLog();
  }

  /** Java itself opens its libraries, and fails in many ways where it cannot. */
  private static void requireOpenFiles() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < FEWEST_FILES) {
      throw new StjemException(
          "this process may have "
              + system.getMaxFileDescriptorCount()
              + " files open, a server needs "
              + FEWEST_FILES
              + " and one for each connection; raise 'ulimit -n' (LimitNOFILE of a systemd unit)");
    }
  }

  /** From here on clients have a say in what is logged. */
  private static void limitLog() {
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
    List<LimitedHandler> limits = new ArrayList<>();
    for (Handler handler : root.getHandlers()) {
      LimitedHandler limit = new LimitedHandler(handler, System::nanoTime);
      root.removeHandler(handler);
      root.addHandler(limit);
      limits.add(limit);
    }
    Housekeeping.thread("log")
        .scheduleWithFixedDelay(
            () -> limits.forEach(LimitedHandler::report), 5, 5, TimeUnit.SECONDS);
  }

  /**
   * Waits until the server has stopped.
   *
   * @param options it was started with
   * @param program name for the last message
   */
  public void run(AcousticModelServer server, ServerOptions options, String program)
      throws InterruptedException {
    writePortFile(server.port());
    Thread drain = new Thread(() -> drain(server, program), "drain");
    Runtime.getRuntime().addShutdownHook(drain);
    for (String signal : List.of("TERM", "INT")) {
      endOn(signal, drain);
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
    long begin = System.nanoTime();
    removePortFile();
    boolean ended = server.drain(Duration.ofSeconds(drainSeconds));
    // Straight to standard error: the log is closed while the virtual machine shuts down.
    System.err.println(
        ended
            ? "LOG (" + program + ") all streams ended, stopped"
            : "WARNING ("
                + program
                + ") some streams were cut off after "
                + Duration.ofNanos(System.nanoTime() - begin).toSeconds()
                + " s, stopped");
  }

  /** Ends the process on a signal, and the wait for its streams on a second one. */
  private void endOn(String name, Thread drain) {
    try {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (ending.compareAndSet(false, true)) {
              Runtime.getRuntime().exit(128 + signal.getNumber());
            }
            drain.interrupt();
          });
    } catch (IllegalArgumentException e) {
      LOG.debug("signal {} is left to the virtual machine: {}", name, e.getMessage());
    }
  }

  /** Before anybody is told of the port. */
  private void writePortFile(int port) {
    if (portFile == null) {
      return;
    }
    try {
      AtomicFile.writeString(portFile, port + "\n");
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      String named = reason.startsWith(portFile + ": ") ? reason : portFile + ": " + reason;
      throw new StjemException("--port-file: cannot write " + named, e);
    }
  }

  /** So that nobody takes the port of a server that is gone for that of the next one. */
  private void removePortFile() {
    if (portFile == null) {
      return;
    }
    try {
      AtomicFile.delete(portFile);
    } catch (IOException e) {
      throw new StjemException(
          "--port-file: cannot remove " + portFile + ": " + StjemException.reason(e), e);
    }
  }
}
