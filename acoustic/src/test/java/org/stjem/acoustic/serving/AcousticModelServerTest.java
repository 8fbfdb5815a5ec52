package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.stjem.acoustic.serving.SameBits.assertSameBits;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.Priors;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ScoreEnd;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/** The server over TCP on the loopback interface. */
@Timeout(60)
class AcousticModelServerTest {
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private AcousticModelServer serve(FakeAcousticModel model, int maxStreams) {
    AcousticModelServer server = TestServers.serve(model, maxStreams);
    open.add(server);
    return server;
  }

  private ScoringClient client(AcousticModelServer server) {
    ScoringClient client =
        ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.port(), Optional.empty());
    open.add(client);
    return client;
  }

  private ManagedChannel channel(AcousticModelServer server) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port())
            .usePlaintext()
            .build();
    open.add(channel::shutdownNow);
    return channel;
  }

  private static ScoreStart start(ScoreKind kind) {
    return ScoreStart.newBuilder().setUtteranceId("u").setKind(kind).build();
  }

  private static Status.Code failure(CompletableFuture<Scores> scores) {
    try {
      scores.join();
      return Status.Code.OK;
    } catch (CompletionException e) {
      return ((ScoringException) e.getCause()).code();
    }
  }

  /** A client that sends and reads exactly when the test says so. */
  private static final class ManualStream extends ResponseQueue
      implements ClientResponseObserver<ScoreRequest, ScoreResponse> {
    ClientCallStreamObserver<ScoreRequest> requests;

    ManualStream(ManagedChannel channel, ScoreStart start) {
      AcousticModelServiceGrpc.newStub(channel).score(this);
      requests.onNext(ScoreRequest.newBuilder().setStart(start).build());
    }

    void send(FloatMatrix features) {
      requests.onNext(
          ScoreRequest.newBuilder()
              .setFeatures(
                  Features.newBuilder()
                      .setData(PackedFloats.pack(features.data(), 0, features.data().length))
                      .setNumFrames(features.rows())
                      .setDim(features.cols()))
              .build());
    }

    void end() {
      requests.onNext(ScoreRequest.newBuilder().setEnd(ScoreEnd.getDefaultInstance()).build());
      requests.onCompleted();
    }

    ScoreResponse read() throws InterruptedException {
      ScoreResponse response;
      do {
        requests.request(1);
        response = (ScoreResponse) events.take();
      } while (response.hasStarted());
      return response;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ScoreRequest> stream) {
      requests = stream;
      stream.disableAutoRequestWithInitial(0);
    }
  }

  @Test
  void score_manyStreamsOfRandomChunks_equalOffline() {
    FakeAcousticModel model = new FakeAcousticModel(6, 40);
    ScoringClient client = client(serve(model, 64));
    Random random = new Random(5);
    Priors priors = Priors.ofCounts(model.description().classCounts());
    List<FloatMatrix> features = new ArrayList<>();
    List<CompletableFuture<Scores>> scores = new ArrayList<>();
    for (int i = 0; i < 48; i++) {
      FloatMatrix utterance = model.features(1 + random.nextInt(700), i);
      int framesPerChunk = 1 + random.nextInt(i % 3 == 0 ? 3 : utterance.rows());
      ScoreStart start =
          ScoreStart.newBuilder()
              .setUtteranceId("u" + i)
              .setKindValue(i % 4)
              .setPriorScale(0.5)
              .setWantLogPx(i % 2 == 0)
              .build();
      features.add(utterance);
      scores.add(client.score(start, utterance, framesPerChunk));
    }
    OutputKind[] kinds = {
      OutputKind.LOGLIKES, OutputKind.LOGLIKES, OutputKind.LOGITS, OutputKind.LOG_POSTERIORS
    };
    for (int i = 0; i < scores.size(); i++) {
      FloatMatrix logits = model.logits(features.get(i));
      FloatMatrix expected = priors.apply(logits, kinds[i % 4], 0.5);
      Scores actual = scores.get(i).join();
      assertThat(actual.rows().rows()).isEqualTo(expected.rows());
      assertThat(actual.rows().cols()).isEqualTo(expected.cols());
      assertSameBits(actual.rows().data(), expected.data());
      assertSameBits(actual.logPx(), i % 2 == 0 ? Priors.logDensity(logits) : new float[0]);
    }
  }

  @Test
  void score_noPriorScale_meansOne() {
    FakeAcousticModel model = new FakeAcousticModel(6, 40);
    FloatMatrix features = model.features(9, 1);
    Scores scores = client(serve(model, 1)).score(ScoreStart.getDefaultInstance(), features).join();
    FloatMatrix expected =
        Priors.ofCounts(model.description().classCounts())
            .apply(model.logits(features), OutputKind.LOGLIKES, 1);
    assertSameBits(scores.rows().data(), expected.data());
  }

  @Test
  void score_moreThanOneMessageHolds_isSplit() {
    FakeAcousticModel model = new FakeAcousticModel(2000, 4);
    FloatMatrix wide = model.features(1200, 1);
    Scores scores = client(serve(model, 1)).score(start(ScoreKind.SCORE_KIND_LOGIT), wide).join();
    assertThat(4L * wide.data().length).isGreaterThan(4 << 20);
    assertThat(scores.rows().rows()).isEqualTo(1200);

    FakeAcousticModel many = new FakeAcousticModel(2, 3500);
    FloatMatrix features = many.features(800, 1);
    FloatMatrix rows =
        client(serve(many, 1)).score(start(ScoreKind.SCORE_KIND_LOGIT), features).join().rows();
    assertThat(4L * rows.data().length).isGreaterThan(8 << 20);
    assertSameBits(rows.data(), many.logits(features).data());
  }

  @Test
  void score_noFrames_givesNoRows() {
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    Scores scores =
        client(serve(model, 1))
            .score(start(ScoreKind.SCORE_KIND_LOGIT), new FloatMatrix(0, 0))
            .join();
    assertThat(scores.rows().rows()).isZero();
  }

  @Test
  void score_faultyUtterance_disturbsNoOther() {
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    ScoringClient client = client(serve(model, 8));
    ScoreStart start = start(ScoreKind.SCORE_KIND_LOGIT);
    FloatMatrix nan = model.features(5, 1);
    nan.set(4, 0, Float.NaN);
    CompletableFuture<Scores> good = client.score(start, model.features(300, 1));
    CompletableFuture<Scores> wrongDim = client.score(start, new FloatMatrix(5, 7));
    CompletableFuture<Scores> notFinite = client.score(start, nan);
    CompletableFuture<Scores> wrongPdfs =
        client.score(start.toBuilder().setExpectedNumPdfs(9).build(), model.features(5, 1));
    assertThat(failure(wrongDim)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure(notFinite)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure(wrongPdfs)).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(good.join().rows().rows()).isEqualTo(300);
  }

  @Test
  void score_moreStreamsThanAllowed_areRefusedAtOnceAndWelcomeLater() throws Exception {
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    AcousticModelServer server = serve(model, 2);
    ScoringClient client = client(server);
    ManagedChannel channel = channel(server);
    ManualStream first = new ManualStream(channel, start(ScoreKind.SCORE_KIND_LOGIT));
    ManualStream second = new ManualStream(channel, start(ScoreKind.SCORE_KIND_LOGIT));
    first.send(model.features(20, 1));
    second.send(model.features(20, 2));
    assertThat(first.read().getRows().getFirstFrame()).isZero();
    assertThat(second.read().getRows().getFirstFrame()).isZero();

    FloatMatrix features = model.features(10, 3);
    assertThatThrownBy(() -> client.score(start(ScoreKind.SCORE_KIND_LOGIT), features).join())
        .hasCauseInstanceOf(ScoringException.class)
        .hasMessageContaining(
            "RESOURCE_EXHAUSTED: the server scores 2 streams already, its limit; try again later");

    first.end();
    assertThat(first.read().getRows().getNumRows()).isEqualTo(4);
    assertThat(first.read().getFinal().getNumRows()).isEqualTo(20);
    assertThat(failure(client.score(start(ScoreKind.SCORE_KIND_LOGIT), features)))
        .isEqualTo(Status.Code.OK);
  }

  @Test
  void score_readerThatStops_costsOnlyItself() throws Exception {
    FakeAcousticModel model = new FakeAcousticModel(2, 3500);
    AcousticModelServer server = serve(model, 8);
    // Those that the model was tried with.
    long before = model.rowsComputed.get();
    ManualStream slow = new ManualStream(channel(server), start(ScoreKind.SCORE_KIND_LOGIT));
    FloatMatrix features = model.features(4000, 1);
    slow.send(features);
    slow.end();
    long rows = slow.read().getRows().getNumRows();
    for (int i = 0; i < 3; i++) {
      FloatMatrix other = model.features(200, i);
      assertThat(
              client(server).score(start(ScoreKind.SCORE_KIND_LOGIT), other).join().rows().rows())
          .isEqualTo(200);
    }
    // What may be under way: the threshold, one message beyond it, and the windows of HTTP/2.
    long slowBytes = 4L * 3500 * (model.rowsComputed.get() - before - 3 * 200);
    assertThat(slowBytes).isLessThan(5 << 20);

    ScoreResponse response = slow.read();
    while (!response.hasFinal()) {
      assertThat(response.getRows().getFirstFrame()).isEqualTo(rows);
      rows += response.getRows().getNumRows();
      response = slow.read();
    }
    assertThat(rows).isEqualTo(4000);
  }

  @Test
  void score_cancelled_freesItsPlace() throws Exception {
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    AcousticModelServer server = serve(model, 1);
    ManagedChannel channel = channel(server);
    ManualStream stream = new ManualStream(channel, start(ScoreKind.SCORE_KIND_LOGIT));
    stream.send(model.features(20, 1));
    stream.read();
    assertThat(server.openStreams()).isEqualTo(1);
    stream.requests.cancel("changed my mind", null);
    // Frames of one connection arrive in order, so the next stream on it comes after the cancel.
    ManualStream next = new ManualStream(channel, start(ScoreKind.SCORE_KIND_LOGIT));
    next.send(model.features(20, 1));
    assertThat(next.read().getRows().getFirstFrame()).isZero();
  }

  @Test
  void drain_streamsThatDoNotEnd_areToldToResume() throws Exception {
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    AcousticModelServer server = serve(model, 2);
    ManualStream stream = new ManualStream(channel(server), start(ScoreKind.SCORE_KIND_LOGIT));
    stream.send(model.features(20, 1));
    stream.read();
    assertThat(server.drain(Duration.ofMillis(1))).isFalse();
    Status status = Status.fromThrowable((Throwable) stream.events.take());
    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status.getDescription())
        .isEqualTo("the server stops; resume this stream on another server, or later");
    assertThat(server.openStreams()).isZero();
  }

  @Test
  void drain_interrupted_waitsNoLonger() throws Exception {
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    AcousticModelServer server = serve(model, 2);
    ManualStream stream = new ManualStream(channel(server), start(ScoreKind.SCORE_KIND_LOGIT));
    stream.send(model.features(20, 1));
    stream.read();
    Thread drain = new Thread(() -> server.drain(Duration.ofHours(1)));
    drain.start();
    drain.interrupt();
    drain.join();
    assertThat(Status.fromThrowable((Throwable) stream.events.take()).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void close_inMidStream_failsTheClient() throws Exception {
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    AcousticModelServer server = serve(model, 1);
    ManualStream stream = new ManualStream(channel(server), start(ScoreKind.SCORE_KIND_LOGIT));
    stream.send(model.features(20, 1));
    stream.read();
    server.close();
    ScoringException fault = ScoringException.of("host:1", (Throwable) stream.events.take());
    assertThat(fault.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(server.openStreams()).isZero();
  }

  @Test
  void drain_letsRunningStreamsEnd() throws Exception {
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    AcousticModelServer server = serve(model, 4);
    ManagedChannel channel = channel(server);
    CountDownLatch refusing = new CountDownLatch(1);
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(io.grpc.health.v1.HealthCheckResponse response) {
                if (response.getStatus() == ServingStatus.NOT_SERVING) {
                  refusing.countDown();
                }
              }

              @Override
              public void onError(Throwable fault) {}

              @Override
              public void onCompleted() {}
            });
    ManualStream stream = new ManualStream(channel, start(ScoreKind.SCORE_KIND_LOGIT));
    stream.send(model.features(20, 1));
    stream.read();
    CompletableFuture<Boolean> drained =
        CompletableFuture.supplyAsync(() -> server.drain(Duration.ofSeconds(30)));
    assertThat(refusing.await(30, TimeUnit.SECONDS)).isTrue();
    stream.end();
    assertThat(stream.read().getRows().getNumRows()).isEqualTo(4);
    assertThat(stream.read().getFinal().getNumRows()).isEqualTo(20);
    assertThat(drained.join()).isTrue();
  }
}
