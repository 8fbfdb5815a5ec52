package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Three servers as processes, which take turns, while some of them go away. */
@Timeout(300)
class LoadBalancingIT {
  private static final int DIM = 20;
  private static final int PDFS = 500;
  private static final int UTTERANCES = 300;

  @TempDir private Path folder;
  private Path model;
  private String features;
  private final List<Process> processes = new ArrayList<>();

  /** A server and the port of its metrics. */
  private record Server(Process process, String address, int metrics) {
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

  @BeforeEach
  void makeModelAndFeatures() throws IOException {
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
    try (EnergyNetwork network = TorchModels.newNetwork(description, Device.cpu())) {
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

  @AfterEach
  void killAll() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(List<String> jvmOptions, Path log, String... arguments) throws IOException {
    List<String> options = new ArrayList<>(JavaProcess.SHORT_LIVED);
    options.addAll(jvmOptions);
    Process process =
        new ProcessBuilder(JavaProcess.line(options, "acoustic", arguments))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    processes.add(process);
    return process;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void await(String what, BooleanSupplier event) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
    while (!event.getAsBoolean()) {
      assertThat(System.nanoTime()).as("nanoseconds, waiting until " + what).isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** Starts servers side by side and waits until they listen. */
  private List<Server> serve(String... addresses) throws Exception {
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
      await("a server listens", () -> Files.exists(portFile));
    }
    return servers;
  }

  private Process score(List<String> jvmOptions, String server, Path ark) throws IOException {
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

  private void assertDone(Process client, Path ark, Path expected) throws Exception {
    assertThat(client.waitFor(180, TimeUnit.SECONDS)).isTrue();
    String messages = Files.readString(folder.resolve("client.log"));
    assertThat(client.exitValue()).as(messages).isZero();
    assertThat(messages).endsWith("Done " + UTTERANCES + " utterances, failed for 0\n");
    assertThat(Files.mismatch(ark, expected)).as("first byte that differs").isEqualTo(-1);
  }

  /** The ark that one server alone gives. */
  private Path undisturbed(Server server) throws Exception {
    Path ark = folder.resolve("undisturbed.ark");
    Process client = score(List.of(), server.address(), ark);
    assertDone(client, ark, ark);
    return ark;
  }

  @Test
  void oneOfThreeKilledAndOneDrained_noUtteranceIsLost() throws Exception {
    List<Server> servers =
        serve("127.0.0.1:" + freePort(), "127.0.0.1:" + freePort(), "127.0.0.1:" + freePort());
    Path expected = undisturbed(servers.get(2));
    double before = servers.get(2).scored();

    Path ark = folder.resolve("balanced.ark");
    String all = String.join(",", servers.stream().map(Server::address).toList());
    Process client = score(List.of(), all, ark);
    await(
        "all servers are at work",
        () ->
            servers.get(0).scored() >= 5
                && servers.get(1).scored() > 0
                && servers.get(2).scored() > before);
    servers.get(0).process().destroyForcibly().waitFor();
    assertThat(client.isAlive()).isTrue();
    servers.get(1).process().toHandle().destroy();
    assertThat(servers.get(1).process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(folder.resolve("servers.log")))
        .contains("all streams ended, stopped");
    assertDone(client, ark, expected);
  }

  @Test
  void dnsNameOfThreeServers_allTakePart() throws Exception {
    int port = freePort();
    List<Server> servers = serve("127.0.0.1:" + port, "127.0.0.2:" + port, "127.0.0.3:" + port);
    Path expected = undisturbed(servers.get(0));
    double before = servers.get(0).scored();
    Path hosts =
        Files.writeString(
            folder.resolve("hosts"),
            "127.0.0.1 models.test\n127.0.0.2 models.test\n127.0.0.3 models.test\n");
    Path ark = folder.resolve("dns.ark");
    Process client =
        score(List.of("-Djdk.net.hosts.file=" + hosts), "dns:///models.test:" + port, ark);
    assertDone(client, ark, expected);
    assertThat(servers.get(0).scored() - before).isGreaterThan(UTTERANCES / 5.0);
    assertThat(servers.get(1).scored()).isGreaterThan(UTTERANCES / 5.0);
    assertThat(servers.get(2).scored()).isGreaterThan(UTTERANCES / 5.0);
  }
}
