package org.stjem.acoustic.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.StjemException;

/** A server in a process of its own, started as users start it, that is being measured. */
final class BenchedServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final Process process;
  private final String address;

  /**
   * Starts a server and waits until it is ready.
   *
   * @param folder for its port file and log
   * @param options of which it gets what matters for speed
   * @param placement what computes the model
   * @throws StjemException if it does not come up; says where its log is
   */
  BenchedServer(Path model, Path folder, ServerOptions options, Placement placement)
      throws IOException, InterruptedException {
    Path portFile = folder.resolve("port");
    Path log = folder.resolve("serve.log");
    List<String> line = new ArrayList<>();
    String root = System.getProperty("stjem.root");
    if (root == null) {
      throw new StjemException("bench-server starts the server by scripts/stjem; start it so too");
    }
    line.addAll(List.of(root + "/scripts/stjem", "acoustic", "serve"));
    line.addAll(List.of("--port=0", "--port-file=" + portFile));
    line.add("--engine=" + placement.engine());
    line.add("--device=" + placement.device());
    line.add("--num-threads=" + options.numThreads);
    line.add("--batch-rows=" + options.batchRows);
    line.add("--batch-delay-ms=" + options.batchDelayMs);
    line.add("--max-streams=" + options.maxStreams);
    // All load comes from one client, over one connection, as fast as the server bears it.
    line.add("--max-streams-per-client=" + options.maxStreams);
    line.add("--max-streams-per-connection=" + options.maxStreams);
    line.add("--max-requests-per-second=1000000");
    line.add(model.toString());
    this.process =
        new ProcessBuilder(line)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(log.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    long start = System.nanoTime();
    while (!Files.exists(portFile)) {
      if (!process.isAlive() || System.nanoTime() - start > START_LIMIT.toNanos()) {
        throw new StjemException("the server did not start: " + Files.readString(log).strip());
      }
      Thread.sleep(5);
    }
    this.address = ServerOptions.LOOPBACK + ":" + Files.readString(portFile).strip();
  }

  /** {@code HOST:PORT}. */
  String address() {
    return address;
  }

  /** CPU time its threads have used so far, by what they do. */
  Map<String, Duration> cpuTimes() {
    return ThreadTimes.of(process.pid());
  }

  /** Memory that its process occupies now, in MiB; NaN where the system does not say. */
  double residentMib() throws IOException {
    File status = new File("/proc/" + process.pid() + "/status");
    if (!status.exists()) {
      return Double.NaN;
    }
    return Files.readAllLines(status.toPath()).stream()
        .filter(text -> text.startsWith("VmRSS:"))
        .mapToDouble(text -> Double.parseDouble(text.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
