package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ScoreEnd;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/** Small models, servers of them and of mixtures in virtual machines of their own, and streams. */
final class MixtureProcesses implements AutoCloseable {
  static final int DIM = 4;

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  MixtureProcesses(Path folder) {
    this.folder = folder;
  }

  /** Makes a model folder of that name, which can be served audio. */
  Path model(String name, int pdfs, int left, int right) throws IOException {
    double[] counts = new double[pdfs];
    for (int pdf = 0; pdf < pdfs; pdf++) {
      counts[pdf] = pdf + 1;
    }
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
            pdfs,
            10,
            "none",
            Map.of("num-mel-bins", Integer.toString(DIM), "dither", "0"),
            new float[DIM],
            new float[] {1, 1, 1, 1},
            counts,
            Map.of(),
            left + 1,
            "unknown");
    try (EnergyNetwork network = TorchModels.newNetwork(description, Device.cpu())) {
      ModelFolder.save(folder.resolve(name), description, network.weights());
    }
    return folder.resolve(name);
  }

  static FloatMatrix features(int frames, long seed) {
    Random random = new Random(seed);
    FloatMatrix utterance = new FloatMatrix(frames, DIM);
    for (int k = 0; k < utterance.data().length; k++) {
      utterance.data()[k] = (float) random.nextGaussian();
    }
    return utterance;
  }

  /** Starts a server; returns its port once it serves. */
  int serve(Class<?> main, String name, String... arguments) throws IOException {
    return serve(main, name, 0, arguments);
  }

  /** Starts a server on a port. */
  int serve(Class<?> main, String name, int port, String... arguments) throws IOException {
    Path portFile = folder.resolve(name + ".port");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    line.addAll(List.of("serve", "--port=" + port, "--port-file=" + portFile, "--num-threads=1"));
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

  /** Kills the server that was started as number {@code index}. */
  void kill(int index) throws InterruptedException {
    processes.get(index).destroyForcibly().waitFor();
  }

  /** Sends a signal, such as STOP, to the server that was started as number {@code index}. */
  void signal(int index, String signal) throws Exception {
    String pid = Long.toString(processes.get(index).pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }

  /** One utterance's scoring, driven by a test. */
  static final class Stream implements StreamObserver<ScoreResponse> {
    private static final Object END = new Object();

    private final StreamObserver<ScoreRequest> requests;
    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private final List<ScoreResponse> rows = new ArrayList<>();
    private Throwable fault;
    private boolean ended;
    private int frames;

    Stream(Channel channel) {
      this(channel, ScoreStart.getDefaultInstance());
    }

    Stream(Channel channel, ScoreStart start) {
      requests = AcousticModelServiceGrpc.newStub(channel).score(this);
      send(ScoreRequest.newBuilder().setStart(start).build());
    }

    void send(ScoreRequest message) {
      requests.onNext(message);
    }

    /** Sends each of the frames as a message of its own. */
    void send(FloatMatrix utterance) {
      for (int t = 0; t < utterance.rows(); t++) {
        ByteBuffer frame = ByteBuffer.allocate(4 * DIM).order(ByteOrder.LITTLE_ENDIAN);
        frame.asFloatBuffer().put(utterance.row(t));
        send(
            ScoreRequest.newBuilder()
                .setFeatures(
                    Features.newBuilder()
                        .setNumFrames(1)
                        .setDim(DIM)
                        .setData(ByteString.copyFrom(frame)))
                .build());
      }
    }

    void end() {
      send(ScoreRequest.newBuilder().setEnd(ScoreEnd.getDefaultInstance()).build());
      requests.onCompleted();
    }

    @Override
    public void onNext(ScoreResponse response) {
      arrived.add(response);
    }

    @Override
    public void onError(Throwable error) {
      arrived.add(error);
    }

    @Override
    public void onCompleted() {
      arrived.add(END);
    }

    /** Waits until the rows of so many frames are there, or the stream has ended. */
    List<ScoreResponse> awaitRows(int wanted) throws InterruptedException {
      while (frames < wanted && !ended) {
        Object next = arrived.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("rows " + frames + " to " + wanted).isNotNull();
        if (next instanceof Throwable error) {
          fault = error;
          ended = true;
        } else if (next == END) {
          ended = true;
        } else if (((ScoreResponse) next).hasRows()) {
          ScoreResponse response = (ScoreResponse) next;
          assertThat(response.getRows().getFirstFrame()).isEqualTo(frames);
          frames += response.getRows().getNumRows();
          rows.add(response);
        }
      }
      return rows;
    }

    /** Waits for the end; all messages of rows. */
    List<ScoreResponse> await() throws InterruptedException {
      return awaitRows(Integer.MAX_VALUE);
    }

    /** What the stream failed with; null if it did not. */
    Throwable fault() {
      return fault;
    }

    int frames() {
      return frames;
    }
  }

  /** The messages of rows of an utterance. */
  static List<ScoreResponse> score(Channel channel, FloatMatrix utterance) throws Exception {
    Stream stream = new Stream(channel);
    stream.send(utterance);
    stream.end();
    List<ScoreResponse> rows = stream.await();
    assertThat(stream.fault()).isNull();
    assertThat(stream.frames()).isEqualTo(utterance.rows());
    return rows;
  }

  /** Each message of rows names those missing models. */
  static void assertMissing(List<ScoreResponse> messages, List<String> missing) {
    assertThat(messages).isNotEmpty();
    for (ScoreResponse message : messages) {
      assertThat(message.getRows().getMissingModelsList()).isEqualTo(missing);
    }
  }

  /** The values of all rows. */
  static float[] values(List<ScoreResponse> responses) {
    List<Float> values = new ArrayList<>();
    for (ScoreResponse response : responses) {
      FloatBuffer data =
          response
              .getRows()
              .getData()
              .asReadOnlyByteBuffer()
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      while (data.hasRemaining()) {
        values.add(data.get());
      }
    }
    float[] rows = new float[values.size()];
    for (int k = 0; k < rows.length; k++) {
      rows[k] = values.get(k);
    }
    return rows;
  }
}
