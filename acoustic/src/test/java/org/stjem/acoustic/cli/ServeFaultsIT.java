package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Servers and clients that are killed, and models that break, as processes. */
@Timeout(300)
class ServeFaultsIT {
  private static final int DIM = 10;
  private static final int PDFS = 500;
  private static final int UTTERANCES = 200;

  @TempDir private static Path folder;
  private static Path model;
  private static String features;

  private int arks;
  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void makeModelAndFeatures() throws IOException {
    model = folder.resolve("model");
    save(model, 5);
    Random random = new Random(3);
    features = "ark:" + folder.resolve("feats.ark");
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      for (int i = 0; i < UTTERANCES; i++) {
        FloatMatrix utterance = new FloatMatrix(300 + random.nextInt(300), DIM);
        for (int j = 0; j < utterance.data().length; j++) {
          utterance.data()[j] = (float) random.nextGaussian();
        }
        writer.write("utt" + i, utterance);
      }
      writer.commit();
    }
  }

  private static void save(Path to, long seed) throws IOException {
    Random random = new Random(seed);
    float[] stddev = new float[DIM];
    java.util.Arrays.fill(stddev, 1);
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            List.of(128),
            "silu",
            DIM,
            4,
            4,
            PDFS,
            10,
            "none",
            Map.of("num-mel-bins", "10"),
            new float[DIM],
            stddev,
            random.doubles(PDFS, 1, 1000).toArray(),
            Map.of(),
            seed,
            "unknown");
    try (EnergyNetwork network = TorchModels.newNetwork(description, TestDevice.get())) {
      ModelFolder.save(to, description, network.weights());
    }
  }

  @AfterEach
  void killAll() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(Path log, String... arguments) throws IOException {
    return start(log, ProcessBuilder.Redirect.DISCARD, List.of(), arguments);
  }

  private Process start(
      Path log, ProcessBuilder.Redirect output, List<String> prefix, String... arguments)
      throws IOException {
    List<String> line = new ArrayList<>(prefix);
    line.addAll(JavaProcess.line(JavaProcess.SHORT_LIVED, "acoustic", arguments));
    Process process =
        new ProcessBuilder(line)
            .redirectOutput(output)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    processes.add(process);
    return process;
  }

  private static void await(String what, Path file, Predicate<String> content) throws Exception {
    Await.until(what, () -> Files.exists(file) && content.test(Files.readString(file)));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private Process serve(Path log, int port, String... more) throws Exception {
    Path ready = folder.resolve("ready-" + port);
    Files.deleteIfExists(ready);
    List<String> arguments =
        new ArrayList<>(
            List.of("serve", "--num-threads=1", "--port=" + port, "--port-file=" + ready));
    arguments.addAll(List.of(more));
    Process server = start(log, arguments.toArray(new String[0]));
    await("the server listens", ready, text -> text.strip().equals(String.valueOf(port)));
    return server;
  }

  private Process score(int port, Path ark, Path log) throws IOException {
    return start(
        log, "score", "--server=127.0.0.1:" + port, "--retries=20", features, "ark:" + ark);
  }

  /** The ark that an undisturbed run writes. */
  private Path undisturbed(int port) throws Exception {
    Path ark = folder.resolve("undisturbed-" + arks++ + ".ark");
    Process client = score(port, ark, folder.resolve("undisturbed.log"));
    assertThat(client.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(client.exitValue()).isZero();
    return ark;
  }

  /** The same keys in the same order, and every bit of every row. */
  private static void assertSameTables(Path actual, Path expected) throws IOException {
    assertThat(Files.mismatch(actual, expected)).as("first byte that differs").isEqualTo(-1);
  }

  /** Waits until a client is amid its table: something of its ark is written under another name. */
  private static void awaitMidStream(int metricsPort) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
    double before = metric(metricsPort, "stjem_streams_total{status=\"OK\"}");
    while (metric(metricsPort, "stjem_streams_total{status=\"OK\"}") < before + 5) {
      assertThat(System.nanoTime()).as("nanoseconds").isLessThan(end);
    }
  }

  /** The value of a metric, 0 if there is none. */
  private static double metric(int port, String name) throws Exception {
    String text =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
            .body();
    return text.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  @Test
  void serverKilledInMidStream_clientGoesOnWithItsSuccessor() throws Exception {
    int port = freePort();
    int metrics = freePort();
    Path log = folder.resolve("killed.log");
    Process server = serve(log, port, "--metrics-port=" + metrics, model.toString());
    Path expected = undisturbed(port);

    Path ark = folder.resolve("killed.ark");
    Path clientLog = folder.resolve("killed-client.log");
    Process client = score(port, ark, clientLog);
    awaitMidStream(metrics);
    server.destroyForcibly().waitFor();
    assertThat(client.isAlive()).isTrue();
    assertThat(size(ark)).as("nothing half written").isZero();
    serve(log, port, model.toString());
    assertThat(client.waitFor(180, TimeUnit.SECONDS)).isTrue();
    String messages = Files.readString(clientLog);
    assertThat(client.exitValue()).as(messages).isZero();
    assertThat(messages).contains("Done " + UTTERANCES + " utterances, failed for 0");
    assertSameTables(ark, expected);
  }

  @Test
  void clientKilledInMidStream_isFreedAndDisturbsNobody() throws Exception {
    int port = freePort();
    int metrics = freePort();
    serve(folder.resolve("client.log"), port, "--metrics-port=" + metrics, model.toString());
    Path expected = undisturbed(port);
    Path ark = folder.resolve("dead.ark");
    Process dead = score(port, ark, folder.resolve("dead.log"));
    Process other = score(port, folder.resolve("other.ark"), folder.resolve("other.log"));
    awaitMidStream(metrics);
    dead.destroyForcibly().waitFor();
    assertThat(other.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(other.exitValue()).isZero();
    assertSameTables(folder.resolve("other.ark"), expected);
    assertThat(metric(metrics, "stjem_open_streams")).isZero();
    assertThat(ark).doesNotExist();
  }

  @Test
  void modelTruncatedAtReload_oldOneGoesOnUntilAGoodOneComes() throws Exception {
    Path changing = folder.resolve("changing");
    save(changing, 5);
    int port = freePort();
    Path log = folder.resolve("reload.log");
    serve(log, port, "--watch-seconds=1", "tiny=" + changing);
    Path expected = undisturbed(port);

    Path weights = changing.resolve("weights.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(whole, whole.length / 2));
    await(
        "the server says why",
        log,
        text ->
            text.contains("event=model-broken model=tiny:1 reason=") && text.contains("truncated"));
    assertSameTables(undisturbed(port), expected);

    save(changing, 6);
    await("the new model is served", log, text -> text.split("event=model-loaded").length > 2);
    assertThat(Files.mismatch(undisturbed(port), expected)).isNotNegative();
  }

  @Test
  void sigtermUnderLoad_letsTheStreamsEnd() throws Exception {
    int port = freePort();
    int metrics = freePort();
    Path log = folder.resolve("term.log");
    Process server = serve(log, port, "--metrics-port=" + metrics, model.toString());
    Path expected = undisturbed(port);
    Path ark = folder.resolve("term.ark");
    Process client = score(port, ark, folder.resolve("term-client.log"));
    awaitMidStream(metrics);
    server.toHandle().destroy();
    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(log)).contains("all streams ended, stopped");
    serve(log, port, model.toString());
    assertThat(client.waitFor(180, TimeUnit.SECONDS)).isTrue();
    assertThat(client.exitValue()).isZero();
    assertSameTables(ark, expected);
  }

  @Test
  void diskFullWhileTheClientWrites_isSaidAndLeavesNoHalfArk() throws Exception {
    int port = freePort();
    int metrics = freePort();
    serve(folder.resolve("full-server.log"), port, "--metrics-port=" + metrics, model.toString());
    Path expected = undisturbed(port);

    // A limit of the shell's, in KiB: the ark would be a hundred times as large.
    List<String> limited = List.of("bash", "-c", "ulimit -f 1024; exec \"$@\"", "bash");
    Path ark = folder.resolve("full.ark");
    Path log = folder.resolve("full.log");
    String server = "--server=127.0.0.1:" + port;
    Process toFile =
        start(
            log,
            ProcessBuilder.Redirect.DISCARD,
            limited,
            List.of("score", server, features, "ark:" + ark).toArray(new String[0]));
    assertFailed(toFile, log, "full.ark: File too large");
    assertThat(ark).doesNotExist();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains("full.ark"));
    }

    Path pipeLog = folder.resolve("full-pipe.log");
    Process toPipe =
        start(
            pipeLog,
            ProcessBuilder.Redirect.to(new File("/dev/full")),
            List.of(),
            "score",
            server,
            features,
            "ark:-");
    assertFailed(toPipe, pipeLog, "cannot write standard output");

    assertThat(Files.mismatch(undisturbed(port), expected)).isEqualTo(-1);
    assertThat(metric(metrics, "stjem_open_streams")).isZero();
  }

  private static void assertFailed(Process client, Path log, String sentence) throws Exception {
    assertThat(client.waitFor(120, TimeUnit.SECONDS)).isTrue();
    String messages = Files.readString(log);
    assertThat(messages).contains(sentence).doesNotContain("\tat ");
    assertThat(client.exitValue()).isEqualTo(1);
  }
}
