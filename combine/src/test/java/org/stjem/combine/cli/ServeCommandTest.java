package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.Audio;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ScoreEnd;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/** {@code combine serve} with a member in its own process and one in another, on loopback. */
@Timeout(180)
class ServeCommandTest {
  private static final int DIM = 4;
  private static final int PDFS = 6;

  @TempDir private Path folder;
  private final List<Process> processes = new ArrayList<>();
  private String features;

  @BeforeEach
  void makeModelsAndFeatures() throws IOException {
    model("a", 2, 1);
    model("b", 0, 3);
    features = "ark:" + folder.resolve("feats.ark");
    Random random = new Random(3);
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      for (int u = 0; u < 3; u++) {
        FloatMatrix utterance = new FloatMatrix(20 + 30 * u, DIM);
        for (int k = 0; k < utterance.data().length; k++) {
          utterance.data()[k] = (float) random.nextGaussian();
        }
        writer.write("u" + u, utterance);
      }
      writer.commit();
    }
  }

  private void model(String name, int left, int right) throws IOException {
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "st-jem",
            "mlp",
            List.of(8),
            "silu",
            DIM,
            left,
            right,
            PDFS,
            10,
            "none",
            Map.of("num-mel-bins", "4", "dither", "0"),
            new float[DIM],
            new float[] {1, 1, 1, 1},
            new double[] {1, 2, 3, 4, 5, 6},
            Map.of(),
            left + 1,
            "unknown");
    try (EnergyNetwork network = ModelFolder.newNetwork(description, Device.cpu())) {
      ModelFolder.save(folder.resolve(name), description, network.weights());
    }
  }

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  /** Starts a server in a virtual machine of its own; returns its port once it serves. */
  private int serve(Class<?> main, String name, String... arguments) throws IOException {
    Path portFile = folder.resolve(name + ".port");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    line.addAll(List.of("serve", "--port=0", "--port-file=" + portFile, "--num-threads=1"));
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).start();
    processes.add(process);
    BufferedReader messages = process.errorReader(StandardCharsets.UTF_8);
    StringBuilder seen = new StringBuilder();
    String message = messages.readLine();
    while (message != null && !message.contains("is served on")) {
      seen.append(message).append('\n');
      message = messages.readLine();
    }
    assertThat(message).as(seen.toString()).isNotNull();
    return Integer.parseInt(Files.readString(portFile).strip());
  }

  private List<float[]> forward(String... arguments) {
    String out = "ark:" + folder.resolve("out.ark");
    List<String> all = new ArrayList<>(List.of("forward", "--feats=" + features));
    all.addAll(List.of(arguments));
    all.add(out);
    assertThat(Cli.run("combine", Main.COMMANDS, all.toArray(new String[0]))).isZero();
    List<float[]> rows = new ArrayList<>();
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(out)) {
      while (table.next()) {
        rows.add(table.value().data());
      }
    }
    return rows;
  }

  /** The messages for one utterance whose features are sent frame by frame. */
  private static List<ScoreResponse> score(ManagedChannel channel, FloatMatrix utterance)
      throws Exception {
    List<ScoreRequest> messages = new ArrayList<>();
    for (int t = 0; t < utterance.rows(); t++) {
      java.nio.ByteBuffer frame =
          java.nio.ByteBuffer.allocate(4 * DIM).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      frame.asFloatBuffer().put(utterance.row(t));
      messages.add(
          ScoreRequest.newBuilder()
              .setFeatures(
                  Features.newBuilder()
                      .setNumFrames(1)
                      .setDim(DIM)
                      .setData(com.google.protobuf.ByteString.copyFrom(frame)))
              .build());
    }
    return score(channel, ScoreStart.getDefaultInstance(), messages);
  }

  private static List<ScoreResponse> score(
      ManagedChannel channel, ScoreStart start, List<ScoreRequest> messages) throws Exception {
    List<ScoreResponse> responses = new ArrayList<>();
    CompletableFuture<List<ScoreResponse>> result = new CompletableFuture<>();
    StreamObserver<ScoreRequest> requests =
        AcousticModelServiceGrpc.newStub(channel)
            .score(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ScoreResponse response) {
                    responses.add(response);
                  }

                  @Override
                  public void onError(Throwable fault) {
                    result.completeExceptionally(fault);
                  }

                  @Override
                  public void onCompleted() {
                    result.complete(responses);
                  }
                });
    requests.onNext(ScoreRequest.newBuilder().setStart(start).build());
    messages.forEach(requests::onNext);
    requests.onNext(ScoreRequest.newBuilder().setEnd(ScoreEnd.getDefaultInstance()).build());
    requests.onCompleted();
    return result.get(60, TimeUnit.SECONDS);
  }

  private static float[] rows(List<ScoreResponse> responses, boolean isWhole) {
    List<Float> values = new ArrayList<>();
    long next = 0;
    for (ScoreResponse response : responses) {
      if (response.hasRows()) {
        assertThat(response.getRows().getFirstFrame()).isEqualTo(next);
        assertThat(response.getRows().getMissingModelsCount()).isEqualTo(isWhole ? 0 : 1);
        next += response.getRows().getNumRows();
        java.nio.FloatBuffer data =
            response
                .getRows()
                .getData()
                .asReadOnlyByteBuffer()
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        while (data.hasRemaining()) {
          values.add(data.get());
        }
      }
    }
    float[] rows = new float[values.size()];
    for (int k = 0; k < rows.length; k++) {
      rows[k] = values.get(k);
    }
    return rows;
  }

  private List<FloatMatrix> utterances() {
    List<FloatMatrix> all = new ArrayList<>();
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(features)) {
      while (table.next()) {
        all.add(table.value());
      }
    }
    return all;
  }

  @Test
  void serve_isLikeForward_andGoesOnWithoutAMemberThatDied() throws Exception {
    String a = folder.resolve("a").toString();
    String b = folder.resolve("b").toString();
    Path counts = folder.resolve("counts");
    Files.writeString(counts, " [ 1 2 3 4 5 6 ]\n");
    int remote = serve(org.stjem.acoustic.cli.Main.class, "remote", b);
    String[] how = {
      "--weights=3,1", "--log-z=0.3,0", "--density-scale=0.5", "--class-frame-counts=" + counts
    };
    List<String> members = new ArrayList<>(List.of(how));
    members.addAll(List.of("--on-failure=leave", a, "grpc://127.0.0.1:" + remote + "/b"));
    int port = serve(Main.class, "mixture", members.toArray(new String[0]));
    List<float[]> expected = forward(how[0], how[1], how[2], how[3], a, b);
    List<FloatMatrix> utterances = utterances();
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      for (int u = 0; u < utterances.size(); u++) {
        assertSame(rows(score(channel, utterances.get(u)), true), expected.get(u));
      }
      processes.get(0).destroyForcibly().waitFor();
      List<float[]> alone = forward(how[3], a);
      // What the density scale does to the one member left is a constant of each frame.
      float[] rows = rows(score(channel, utterances.get(1)), false);
      assertThat(rows).hasSameSizeAs(alone.get(1));
      for (int t = 0; t < utterances.get(1).rows(); t++) {
        double shift = rows[t * PDFS] - alone.get(1)[t * PDFS];
        for (int y = 1; y < PDFS; y++) {
          assertThat(rows[t * PDFS + y] - alone.get(1)[t * PDFS + y])
              .isCloseTo((float) shift, within(1e-4f));
        }
      }
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void serve_audio_isScoredAsTheFeaturesMadeOfIt() throws Exception {
    String a = folder.resolve("a").toString();
    String b = folder.resolve("b").toString();
    int port = serve(Main.class, "mixture", a, b);
    Random random = new Random(5);
    float[] samples = new float[24_000];
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.allocate(2 * samples.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) (1000 * random.nextGaussian());
      bytes.putShort((short) samples[i]);
    }
    FbankOptions options = new FbankOptions();
    options.numMelBins = DIM;
    options.dither = 0;
    FbankExtractor extractor = new FbankExtractor(options);
    extractor.start(1, 0);
    FloatMatrix made = extractor.compute(samples);
    List<ScoreRequest> audio = new ArrayList<>();
    for (int from = 0; from < bytes.capacity(); from += 10_000) {
      int count = Math.min(10_000, bytes.capacity() - from);
      audio.add(
          ScoreRequest.newBuilder()
              .setAudio(
                  Audio.newBuilder()
                      .setSamples(
                          com.google.protobuf.ByteString.copyFrom(bytes.array(), from, count)))
              .build());
    }
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      float[] expected = rows(score(channel, made), true);
      assertThat(expected).hasSize(148 * PDFS);
      ScoreStart start = ScoreStart.newBuilder().setAudioSampleRateHz(16_000).build();
      assertThat(rows(score(channel, start, audio), true)).isEqualTo(expected);
    } finally {
      channel.shutdownNow();
    }
  }

  private static void assertSame(float[] actual, float[] expected) {
    assertThat(actual).containsExactly(expected, within(1e-4f));
  }

  @Test
  void serve_argumentsThatDoNotGoTogetherGetOneSentence() {
    String a = folder.resolve("a").toString();
    assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", a)).isEqualTo(1);
    assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", "--weights=1", a, a))
        .isEqualTo(1);
    assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", "--pool-frames=0", a, a))
        .isEqualTo(1);
    assertThat(Cli.run("combine", Main.COMMANDS, "serve", "--port=0", a, "grpc://127.0.0.1:1/none"))
        .isEqualTo(1);
  }
}
