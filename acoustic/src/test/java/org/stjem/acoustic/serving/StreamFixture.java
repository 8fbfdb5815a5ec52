package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.Audio;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ScoreEnd;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreStart;

/** What streams need of a server, with turns and time in the hands of the test. */
final class StreamFixture {
  static final Duration MAX_IDLE = Duration.ofSeconds(60);
  static final long MAX_HELD_BYTES = 100_000;
  static final int MAX_STREAMS_PER_CLIENT = 8;

  final Deque<Turn> turns = new ArrayDeque<>();
  final AtomicLong now = new AtomicLong();
  final AtomicLong heldBytes = new AtomicLong();
  final ServingMetrics metrics = new ServingMetrics();
  final StreamTable streams = new StreamTable(10, MAX_STREAMS_PER_CLIENT);
  final ModelCatalog models;

  private final FakeAcousticModel model;
  private final int rowsPerTurn;
  private final StreamServices services;

  StreamFixture(FakeAcousticModel model, int rowsPerTurn) {
    this.model = model;
    this.rowsPerTurn = rowsPerTurn;
    this.models =
        new ModelCatalog(
            folder -> LoadedModel.of(model, TestServers.FINGERPRINT, folder),
            (loaded, name, modelMetrics) -> new ManualTurns(),
            metrics);
    models.load(new ModelSource("fake", "1", Path.of("fake")));
    this.services =
        new StreamServices(models, streams, metrics, heldBytes, MAX_HELD_BYTES, MAX_IDLE, now::get);
  }

  /** Turns that are taken when the test says so. */
  private final class ManualTurns implements Turn.Queue {
    @Override
    public void add(Turn stream, int rows) {
      turns.add(stream);
    }

    @Override
    public void stop() {}

    @Override
    public boolean awaitEnd(Duration limit) {
      return true;
    }
  }

  ScoreStream open(FakeTransport transport) {
    return open(transport, ClientIdentity.UNKNOWN);
  }

  ScoreStream open(FakeTransport transport, ClientIdentity client) {
    StreamRecord record = new StreamRecord(streams.admit(client), "peer", client, now.get());
    ScoreStream stream = new ScoreStream(services, transport, record);
    stream.open();
    return stream;
  }

  /** Takes the next turn. */
  void turn() {
    Batcher.compute(
        model,
        List.of(new BatchQueue.Share<>(turns.remove(), rowsPerTurn, 0)),
        metrics.of("fake:1", 10));
  }

  /** Takes all turns there are. */
  void work() {
    while (!turns.isEmpty()) {
      turn();
    }
  }

  static ScoreRequest start(ScoreStart.Builder start) {
    return ScoreRequest.newBuilder().setStart(start.setUtteranceId("u1")).build();
  }

  static ScoreRequest logits() {
    return start(ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT));
  }

  static ScoreRequest chunk(FloatMatrix features) {
    return ScoreRequest.newBuilder()
        .setFeatures(
            Features.newBuilder()
                .setNumFrames(features.rows())
                .setDim(features.cols())
                .setData(PackedFloats.pack(features.data(), 0, features.data().length)))
        .build();
  }

  static ScoreRequest audio(short[] samples) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Short.BYTES * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(samples);
    return ScoreRequest.newBuilder()
        .setAudio(Audio.newBuilder().setSamples(ByteString.copyFrom(bytes)))
        .build();
  }

  static ScoreRequest end() {
    return ScoreRequest.newBuilder().setEnd(ScoreEnd.getDefaultInstance()).build();
  }
}
