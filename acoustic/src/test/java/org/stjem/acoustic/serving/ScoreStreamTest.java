package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stjem.acoustic.serving.Closeness.assertClose;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ScoreEnd;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStart;

class ScoreStreamTest {
  private static final int DIM = 3;
  private static final int PDFS = 5;
  private static final int ROWS_PER_TURN = 8;

  private final FakeAcousticModel model = new FakeAcousticModel(DIM, PDFS);
  private final Transport transport = new Transport();
  private final Deque<Turn> turns = new ArrayDeque<>();
  private final AtomicLong now = new AtomicLong();
  private final AtomicLong heldBytes = new AtomicLong();
  private final ServingMetrics metrics = new ServingMetrics();
  private final StreamTable streams = new StreamTable(10);
  private final ModelCatalog models =
      new ModelCatalog(
          folder -> LoadedModel.of(model, "f1", folder),
          (loaded, name, modelMetrics) -> new ManualTurns(),
          metrics);
  private final StreamServices services =
      new StreamServices(
          models, streams, metrics, heldBytes, 10_000, Duration.ofSeconds(60), now::get);

  /** The network as a stream sees it: takes messages, and says when it takes more. */
  private static final class Transport extends ServerCallStreamObserver<ScoreResponse> {
    final List<ScoreResponse> sent = new ArrayList<>();
    boolean ready = true;
    int requested;
    boolean completed;
    Status failure;
    Runnable onReady;

    @Override
    public void onNext(ScoreResponse response) {
      sent.add(response);
    }

    @Override
    public void onError(Throwable fault) {
      failure = ((StatusRuntimeException) fault).getStatus();
    }

    @Override
    public void onCompleted() {
      completed = true;
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void request(int count) {
      requested += count;
    }

    @Override
    public void disableAutoRequest() {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void setCompression(String compression) {}

    int rowsSent() {
      return sent.stream().mapToInt(response -> response.getRows().getNumRows()).sum();
    }
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

  @BeforeEach
  void offerModel() {
    models.load(new ModelSource("fake", "1", Path.of("fake")));
  }

  private ScoreStream open() {
    return open(transport);
  }

  private ScoreStream open(Transport to) {
    ScoreStream stream =
        new ScoreStream(services, to, new StreamRecord(streams.admit(), "peer", now.get()));
    stream.open();
    return stream;
  }

  private void turn() {
    Batcher.compute(
        model,
        List.of(new BatchQueue.Share<>(turns.remove(), ROWS_PER_TURN, 0)),
        metrics.of("fake:1", 10));
  }

  private void work() {
    while (!turns.isEmpty()) {
      turn();
    }
  }

  private static ScoreRequest start(ScoreStart.Builder start) {
    return ScoreRequest.newBuilder().setStart(start.setUtteranceId("u1")).build();
  }

  private static ScoreRequest logits() {
    return start(ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT));
  }

  private static ScoreRequest chunk(FloatMatrix features) {
    return ScoreRequest.newBuilder()
        .setFeatures(
            Features.newBuilder()
                .setNumFrames(features.rows())
                .setDim(features.cols())
                .setData(PackedFloats.pack(features.data(), 0, features.data().length)))
        .build();
  }

  private static ScoreRequest end() {
    return ScoreRequest.newBuilder().setEnd(ScoreEnd.getDefaultInstance()).build();
  }

  private void assertRefused(Status.Code code, String sentence) {
    work();
    assertThat(transport.failure.getCode()).isEqualTo(code);
    assertThat(transport.failure.getDescription()).isEqualTo(sentence);
    assertThat(streams.size()).isZero();
  }

  @Test
  void run_largeChunk_isScoredInSmallStepsInOrder() {
    ScoreStream stream = open();
    FloatMatrix features = model.features(50, 1);
    stream.onNext(logits());
    stream.onNext(chunk(features));
    work();
    stream.onNext(end());
    stream.onCompleted();
    work();

    FloatMatrix expected = model.logits(features);
    int row = 0;
    for (ScoreResponse response : transport.sent.subList(1, transport.sent.size() - 1)) {
      ScoreRows rows = response.getRows();
      assertThat(rows.getFirstFrame()).isEqualTo(row);
      assertThat(rows.getNumRows()).isBetween(1, ROWS_PER_TURN);
      float[] values = new float[rows.getNumRows() * PDFS];
      PackedFloats.unpack(rows.getData(), 0, values.length, values, 0);
      assertClose(values, expected.rows(row, row + rows.getNumRows()).data());
      row += rows.getNumRows();
    }
    assertThat(row).isEqualTo(50);
    ScoreResponse last = transport.sent.get(transport.sent.size() - 1);
    assertThat(last.getFinal().getNumFrames()).isEqualTo(50);
    assertThat(last.getFinal().getNumRows()).isEqualTo(50);
    assertThat(last.getFinal().getModelName()).isEqualTo("fake");
    assertThat(transport.completed).isTrue();
    assertThat(streams.size()).isZero();
  }

  @Test
  void run_readerThatStops_computesAndRequestsNothingMore() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(chunk(model.features(1000, 1)));
    assertThat(transport.requested).as("start and one chunk").isEqualTo(2);

    turn();
    transport.ready = false;
    work();
    long computed = model.rowsComputed.get();
    assertThat(computed).isLessThanOrEqualTo(2 * ROWS_PER_TURN);
    assertThat(transport.requested).isEqualTo(2);
    assertThat(turns).isEmpty();

    transport.ready = true;
    transport.onReady.run();
    transport.onReady.run();
    assertThat(turns).as("one turn at a time").hasSize(1);
    work();
    assertThat(transport.requested).isEqualTo(3);
    assertThat(transport.rowsSent()).isEqualTo(1000 - 4);
  }

  @Test
  void run_twoStreams_takeTurns() {
    ScoreStream first = open();
    first.onNext(logits());
    Transport other = new Transport();
    ScoreStream second = open(other);
    second.onNext(logits());
    first.onNext(chunk(model.features(1000, 1)));
    second.onNext(chunk(model.features(1000, 2)));
    while (!turns.isEmpty()) {
      turn();
      assertThat(Math.abs(transport.rowsSent() - other.rowsSent()))
          .isLessThanOrEqualTo(ROWS_PER_TURN);
    }
  }

  @Test
  void cancel_whileAStepIsQueued_frees() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(chunk(model.features(100, 1)));
    stream.cancel();
    stream.onError(Status.CANCELLED.asRuntimeException());
    work();
    assertThat(model.rowsComputed).hasValue(0);
    assertThat(transport.rowsSent()).isZero();
    assertThat(transport.completed).isFalse();
    assertThat(transport.failure).isNull();
    assertThat(streams.size()).isZero();
  }

  @Test
  void start_otherModel_isNotFound() {
    open().onNext(start(ScoreStart.newBuilder().setModelName("other")));
    assertRefused(Status.Code.NOT_FOUND, "no model 'other'; there is 'fake:1'");
  }

  @Test
  void start_severalMismatches_areAllNamed() {
    open()
        .onNext(
            start(
                ScoreStart.newBuilder()
                    .setExpectedNumPdfs(7)
                    .setExpectedFeatureDim(40)
                    .putExpectedFeatureOptions("num-mel-bins", "3.0")
                    .putExpectedFeatureOptions("dither", "0")
                    .putExpectedFeatureOptions("low-freq", "40")));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "model 'fake' does not fit: the client expects 7 pdfs, the model has 5;"
            + " the client has features of dimension 40, the model takes 3;"
            + " feature option low-freq is 40, the model was trained with 20");
  }

  @Test
  void start_otherHashOfFeatures_isRefused() {
    open().onNext(start(ScoreStart.newBuilder().setExpectedFeatureOptionsHash("beef")));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "model 'fake' does not fit: the client's feature options have hash beef,"
            + " the model's "
            + FeatureOptions.hash(model.description().featureOptions()));
  }

  @Test
  void start_everythingAsExpected_isTaken() {
    open()
        .onNext(
            start(
                ScoreStart.newBuilder()
                    .setModelName("fake")
                    .setExpectedNumPdfs(PDFS)
                    .setExpectedFeatureDim(DIM)
                    .setExpectedFeatureOptionsHash(
                        FeatureOptions.hash(model.description().featureOptions()))));
    assertThat(transport.failure).isNull();
    assertThat(transport.requested).isEqualTo(2);
  }

  @Test
  void start_infinitePriorScale_isRefused() {
    open().onNext(start(ScoreStart.newBuilder().setPriorScale(Double.POSITIVE_INFINITY)));
    assertRefused(
        Status.Code.INVALID_ARGUMENT, "prior_scale is Infinity, it must be from -1000 to 1000");
  }

  @Test
  void start_unknownKind_isRefused() {
    open().onNext(start(ScoreStart.newBuilder().setKindValue(77)));
    assertRefused(Status.Code.INVALID_ARGUMENT, "no score kind 77");
  }

  @Test
  void features_wrongDimension_areRefused() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(chunk(new FloatMatrix(2, 4)));
    assertRefused(Status.Code.INVALID_ARGUMENT, "features have dimension 4, model 'fake' takes 3");
  }

  @Test
  void features_wrongLength_areRefused() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(
        ScoreRequest.newBuilder()
            .setFeatures(
                Features.newBuilder()
                    .setDim(DIM)
                    .setNumFrames(-1)
                    .setData(ByteString.copyFrom(new byte[11])))
            .build());
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "4294967295 frames of dimension 3 are 51539607540 bytes, not 11");
  }

  @Test
  void features_notANumber_areRefusedByFrame() {
    ScoreStream stream = open();
    stream.onNext(logits());
    FloatMatrix features = model.features(20, 1);
    features.set(13, 2, Float.NaN);
    stream.onNext(chunk(features));
    assertRefused(Status.Code.INVALID_ARGUMENT, "frame 13 holds NaN in dimension 2");
  }

  @Test
  void requests_outOfOrder_areRefused() {
    open().onNext(chunk(model.features(1, 1)));
    assertRefused(Status.Code.INVALID_ARGUMENT, "features before the start message");
  }

  @Test
  void close_withoutEnd_isRefused() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onCompleted();
    assertRefused(Status.Code.INVALID_ARGUMENT, "the stream was closed before its end message");
  }

  @Test
  void run_modelThatFails_reportsAndFrees() {
    model.beforeRows =
        () -> {
          throw new IllegalStateException("broken");
        };
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(chunk(model.features(20, 1)));
    assertRefused(
        Status.Code.INTERNAL,
        "the server cannot score this utterance:" + " java.lang.IllegalStateException: broken");
  }
}
