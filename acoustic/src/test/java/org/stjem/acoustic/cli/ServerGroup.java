package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * Servers of one model and clients of theirs, as processes; {@link #close} kills all that is left.
 */
final class ServerGroup implements AutoCloseable {
  private static final int DIM = 20;
  private static final int PDFS = 500;

  /** Utterances that each client has scored. */
  static final int UTTERANCES = 300;

  private final Path folder;
  private final Path model;
  private final String features;
  private final List<Process> processes = new ArrayList<>();

  /** A server and the port of its metrics. */
  record Server(Process process, String address, int metrics) {
    /** Utterances it scored. */
    double scored() {
      try {
        String page =
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metrics + "/metrics"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
        String name = "stjem_streams_total{status=\"OK\"} ";
        return page.lines()
            .filter(line -> line.startsWith(name))
            .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
            .sum();
      } catch (IOException e) {
        throw new AssertionError(address + " gives no metrics", e);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Makes a model and features in {@code folder}. */
  ServerGroup(Path folder) throws IOException {
    this.folder = folder;
    Random random = new Random(3);
    model = folder.resolve("model");
    float[] stddev = new float[DIM];
    Arrays.fill(stddev, 1);
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            List.of(256, 256),
            "silu",
            DIM,
            4,
            4,
            PDFS,
            10,
            "none",
            Map.of(),
            new float[DIM],
            stddev,
            random.doubles(PDFS, 1, 1000).toArray(),
            Map.of(),
            5,
            "unknown");
    try (EnergyNetwork network = TorchModels.newNetwork(description, TestDevice.get())) {
      ModelFolder.save(model, description, network.weights());
    }
    features = "ark:" + folder.resolve("feats.ark");
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      for (int i = 0; i < UTTERANCES; i++) {
        FloatMatrix utterance = new FloatMatrix(100 + random.nextInt(400), DIM);
        for (int j = 0; j < utterance.data().length; j++) {
          utterance.data()[j] = (float) random.nextGaussian();
        }
        writer.write("utt" + i, utterance);
      }
      writer.commit();
    }
  }

  @Override
  public void close() {
    for (Process process : processes) {
      // A parent that outlives its workers, as nginx's would, starts new ones.
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Starts a process that ends with this group. */
  Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Process start(List<String> jvmOptions, Path log, String... arguments) throws IOException {
    List<String> options = new ArrayList<>(JavaProcess.SHORT_LIVED);
    options.addAll(jvmOptions);
    return start(
        new ProcessBuilder(JavaProcess.line(options, "acoustic", arguments))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())));
  }

  /** A port that nobody listens on. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Starts servers side by side and waits until they listen. */
  List<Server> serve(String... addresses) throws Exception {
    List<Server> servers = new ArrayList<>();
    List<Path> ready = new ArrayList<>();
    for (String address : addresses) {
      String[] hostAndPort = address.split(":");
      int metrics = freePort();
      Path portFile = folder.resolve("ready-" + address);
      ready.add(portFile);
      Process process =
          start(
              List.of(),
              folder.resolve("servers.log"),
              "serve",
              "--num-threads=1",
              "--host=" + hostAndPort[0],
              "--port=" + hostAndPort[1],
              "--port-file=" + portFile,
              "--metrics-port=" + metrics,
              model.toString());
      servers.add(new Server(process, address, metrics));
    }
    for (Path portFile : ready) {
      Await.until("a server listens", () -> Files.exists(portFile));
    }
    return servers;
  }

  /** Starts a client of {@code server} that writes to {@code ark}. */
  Process score(List<String> jvmOptions, String server, Path ark) throws IOException {
    return start(
        jvmOptions,
        folder.resolve("client.log"),
        "score",
        "--server=" + server,
        "--streams=12",
        "--retries=10",
        "--model-dir=" + model,
        features,
        "ark:" + ark);
  }

  /** Waits until a client has all rows, and the bytes of {@code expected}. */
  void assertDone(Process client, Path ark, Path expected) throws Exception {
    assertThat(client.waitFor(180, TimeUnit.SECONDS)).isTrue();
    String messages = Files.readString(folder.resolve("client.log"));
    assertThat(client.exitValue()).as(messages).isZero();
    assertThat(messages).endsWith("Done " + UTTERANCES + " utterances, failed for 0\n");
    assertThat(Files.mismatch(ark, expected)).as("first byte that differs").isEqualTo(-1);
  }

  /** The ark that one server alone gives. */
  Path undisturbed(Server server) throws Exception {
    Path ark = folder.resolve("undisturbed.ark");
    Process client = score(List.of(), server.address(), ark);
    assertDone(client, ark, ark);
    return ark;
  }

  /** What all servers have logged. */
  String serverLog() throws IOException {
    return Files.readString(folder.resolve("servers.log"));
  }
}
