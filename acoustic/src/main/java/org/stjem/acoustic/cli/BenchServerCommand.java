package org.stjem.acoustic.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.options.InferenceArguments;
import org.stjem.acoustic.serving.ScoringClient;
import org.stjem.acoustic.serving.ServerLoad;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreStart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stjem acoustic bench-server}. */
@Command(
    description = {
      "Measures a server of a model with random weights, or of --model, in a process of its own,"
          + " against the plain"
          + " forward computation of the same model on as many threads; the clients are in this"
          + " process and share the machine with it.",
      "For each number of --streams: rows per second when clients send as fast as they can. For"
          + " each number of --paced-streams: the time from sending a chunk to its rows, when"
          + " clients send at the pace of speech. For each number of --utterances: the server's"
          + " memory after it has scored so many. CPU time is that of the server's threads, by what they"
          + " do: compute, serve the network, or compile and collect for Java; and that of the"
          + " clients.",
      ""
    },
    sortOptions = false)
public final class BenchServerCommand implements Callable<Integer> {
  private static final int DIM = 80;
  private static final int CONTEXT = 4;

  @Option(
      names = "--model",
      paramLabel = "MODEL-DIR",
      description = "model folder to measure, in place of random weights")
  private Path model;

  @Option(
      names = "--hidden-layers",
      split = ",",
      paramLabel = "N",
      defaultValue = "1024,1024,1024,1024",
      description = "units of the model's hidden layers (default: ${DEFAULT-VALUE})")
  private List<Integer> hiddenLayers;

  @Option(
      names = "--num-pdfs",
      defaultValue = "3376",
      description = "outputs of the model (default: ${DEFAULT-VALUE})")
  private int numPdfs;

  @Option(
      names = "--streams",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,8,64",
      description =
          "streams that send as fast as they can, 0 for no such measurement (default:"
              + " ${DEFAULT-VALUE})")
  private List<Integer> streams;

  @Option(
      names = "--paced-streams",
      split = ",",
      paramLabel = "N",
      defaultValue = "10,20",
      description =
          "streams that send at the pace of speech, 0 for no such measurement (default:"
              + " ${DEFAULT-VALUE})")
  private List<Integer> pacedStreams;

  @Option(
      names = "--chunk-frames",
      defaultValue = "10",
      description = "frames in a message of paced streams (default: ${DEFAULT-VALUE})")
  private int chunkFrames;

  @Option(
      names = "--utterances",
      split = ",",
      paramLabel = "N",
      description = "utterances, from the start on, after which memory is read, in rising order")
  private List<Integer> utterances = List.of();

  @Option(
      names = "--utterance-frames",
      defaultValue = "100",
      description = "frames in an utterance, one stream each (default: ${DEFAULT-VALUE})")
  private int utteranceFrames;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "measure this server and its default model instead of one started here")
  private String server;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description =
          "length of each measurement, after a third as long, at most 20 s (default:"
              + " ${DEFAULT-VALUE})")
  private int seconds;

  @Mixin private ServerOptions options;

  @Mixin private final InferenceArguments inference = new InferenceArguments();

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServerOptions.require("--num-pdfs", numPdfs, 1, 1_000_000);
    ServerOptions.require("--chunk-frames", chunkFrames, 1, 1000);
    ServerOptions.require("--seconds", seconds, 1, 3600);
    streams.forEach(count -> ServerOptions.require("--streams", count, 0, options.maxStreams));
    pacedStreams.forEach(
        count -> ServerOptions.require("--paced-streams", count, 0, options.maxStreams));
    streams.removeIf(count -> count == 0);
    pacedStreams.removeIf(count -> count == 0);
    ServerOptions.require("--utterance-frames", utteranceFrames, 1, 100_000);
    if (server != null) {
      if (!utterances.isEmpty()) {
        throw new StjemException(
            "--utterances reads the memory of a server started here, not that of --server");
      }
      measure(server, Optional.empty(), Double.NaN);
      return 0;
    }
    Path folder = Files.createTempDirectory("stjem-bench");
    try {
      Path modelFolder = model == null ? randomModel(folder.resolve("model")) : model;
      Placement placement = inference.placement(1);
      ServerLoad.Measurement forward;
      int dim;
      try (AcousticModel loaded =
          ModelFolder.load(modelFolder, placement, ModelFolder.OWN_CALIBRATION)) {
        forward = forward(loaded);
        dim = loaded.description().featureDim();
        System.out.printf(
            Locale.ROOT,
            "plain forward: %.0f frames/s; CPU per frame %.0f us; %s%n",
            forward.framesPerSecond(),
            forward.clientMicros(),
            loaded.computation());
      }
      prepareClient(dim);
      long start = System.nanoTime();
      try (BenchedServer benched = new BenchedServer(modelFolder, folder, options, placement)) {
        firstScore(benched.address(), start, dim);
        measure(benched.address(), Optional.of(benched), forward.framesPerSecond());
      }
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
    return 0;
  }

  /** Loads what a client needs, which is not the server's time, by a call that nobody answers. */
  private static void prepareClient(int dim) {
    try (ScoringClient client =
        ScoringClient.connect(ServerOptions.LOOPBACK + ":9", Optional.empty())) {
      client.score(ScoreStart.getDefaultInstance(), new FloatMatrix(1, dim)).join();
    } catch (CompletionException e) {
      // As it should be: port 9 is that of nobody.
      return;
    }
  }

  private static void firstScore(String address, long start, int dim) {
    double ready = (System.nanoTime() - start) / 1e9;
    try (ScoringClient client = ScoringClient.connect(address, Optional.empty())) {
      client.score(ScoreStart.getDefaultInstance(), new FloatMatrix(1, dim)).join();
    }
    System.out.printf(
        Locale.ROOT,
        "cold start: ready after %.2f s, a running client that connects then has its first row after"
            + " %.2f s%n",
        ready,
        (System.nanoTime() - start) / 1e9);
  }

  /**
   * Measures a server.
   *
   * @param own its process, if it was started here
   * @param forwardRate frames per second of plain forward, if it was measured
   */
  private void measure(String address, Optional<BenchedServer> own, double forwardRate)
      throws IOException, InterruptedException {
    ModelInfo model;
    try (ScoringClient client = ScoringClient.connect(address, Optional.empty())) {
      model = client.modelInfo("");
      int done = 0;
      for (int count : utterances) {
        new UtteranceLoad(client, utteranceFrames, model.getFeatureDim()).run(count - done);
        done = count;
        System.out.printf(
            Locale.ROOT,
            "%d utterances of %d frames: %s%n",
            count,
            utteranceFrames,
            memory(own.orElseThrow()));
      }
    }
    Supplier<Map<String, Duration>> cpu = () -> own.map(BenchedServer::cpuTimes).orElse(Map.of());
    for (int count : streams) {
      ServerLoad.Measurement measured = load(address, model, cpu, count, options.batchRows, false);
      String share =
          own.isEmpty()
              ? ""
              : String.format(
                  Locale.ROOT,
                  ", %.0f%% of forward",
                  100 * measured.framesPerSecond() / forwardRate);
      System.out.printf(
          Locale.ROOT,
          "%d streams: %.0f frames/s%s; %s%n",
          count,
          measured.framesPerSecond(),
          share,
          cpuPerFrame(measured));
    }
    for (int count : pacedStreams) {
      ServerLoad.Measurement measured = load(address, model, cpu, count, chunkFrames, true);
      System.out.printf(
          Locale.ROOT,
          "%d paced streams: %.0f frames/s, latency p50 %.1f ms, p95 %.1f ms, p99 %.1f ms; %s%s%n",
          count,
          measured.framesPerSecond(),
          measured.latency(50),
          measured.latency(95),
          measured.latency(99),
          cpuPerFrame(measured),
          own.isPresent() ? "; server's " + memory(own.get()) : "");
    }
  }

  private static String cpuPerFrame(ServerLoad.Measurement measured) {
    Map<String, Double> micros = measured.serverMicros();
    String server = "";
    if (!micros.isEmpty()) {
      double all = micros.values().stream().mapToDouble(Double::doubleValue).sum();
      String parts =
          micros.entrySet().stream()
              .map(part -> String.format(Locale.ROOT, "%s %.0f", part.getKey(), part.getValue()))
              .collect(Collectors.joining(", "));
      server = String.format(Locale.ROOT, "server %.0f us (%s), ", all, parts);
    }
    return String.format(
        Locale.ROOT, "CPU per frame: %sclients %.0f us", server, measured.clientMicros());
  }

  private static String memory(BenchedServer server) throws IOException {
    return String.format(Locale.ROOT, "resident memory %.0f MiB", server.residentMib());
  }

  private Path randomModel(Path folder) throws IOException {
    float[] ones = new float[DIM];
    Arrays.fill(ones, 1);
    double[] counts = new double[numPdfs];
    Arrays.fill(counts, 1);
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            hiddenLayers,
            "silu",
            DIM,
            CONTEXT,
            CONTEXT,
            numPdfs,
            10,
            "none",
            Map.of(),
            new float[DIM],
            ones,
            counts,
            Map.of(),
            1,
            "unknown");
    ModelFolder.save(folder, description, ModelWeights.fresh(description));
    return folder;
  }

  private ServerLoad.Measurement load(
      String address,
      ModelInfo model,
      Supplier<Map<String, Duration>> cpu,
      int count,
      int frames,
      boolean paced)
      throws InterruptedException {
    try (ServerLoad load = new ServerLoad(address, model, cpu, count, frames)) {
      return load.run(count, paced, warmUp(), Duration.ofSeconds(seconds));
    }
  }

  private Duration warmUp() {
    return Duration.ofMillis(Math.min(20_000, seconds * 1000L / 3));
  }

  /** The rate of as many threads as the server has, in batches of the server's size. */
  private ServerLoad.Measurement forward(AcousticModel model) throws InterruptedException {
    int threads =
        options.numThreads == 0 ? Runtime.getRuntime().availableProcessors() : options.numThreads;
    ModelDescription description = model.description();
    FloatMatrix stretch =
        new FloatMatrix(
            options.batchRows + description.windowFrames() - 1, description.featureDim());
    Random random = new Random(2);
    for (int i = 0; i < stretch.data().length; i++) {
      stretch.data()[i] = (float) random.nextGaussian();
    }
    AtomicLong rows = new AtomicLong();
    List<Thread> workers =
        Collections.nCopies(threads, 0).stream()
            .map(
                ignored ->
                    new Thread(
                        () -> {
                          while (!Thread.currentThread().isInterrupted()) {
                            rows.addAndGet(model.logitsOfPadded(stretch).rows());
                          }
                        }))
            .toList();
    workers.forEach(Thread::start);
    Thread.sleep(warmUp().toMillis());
    long before = rows.get();
    Duration cpuBefore = ServerLoad.cpuTime();
    long start = System.nanoTime();
    Thread.sleep(seconds * 1000L);
    long computed = rows.get() - before;
    double rate = computed * 1e9 / (System.nanoTime() - start);
    double cpuMicros = ServerLoad.cpuTime().minus(cpuBefore).toNanos() / 1e3 / computed;
    workers.forEach(Thread::interrupt);
    for (Thread worker : workers) {
      worker.join();
    }
    return new ServerLoad.Measurement(rate, cpuMicros, Map.of(), new double[0]);
  }
}
