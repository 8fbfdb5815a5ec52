package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stjem.acoustic.serving.SameBits.assertSameBits;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/** What clients and networks do to a server, over TCP on the loopback interface. */
@Timeout(120)
class ServerFaultsTest {
  private static final ScoreStart LOGITS =
      ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT).build();

  private final FakeAcousticModel model = new FakeAcousticModel(6, 4);
  private final List<AutoCloseable> open = new ArrayList<>();
  private AcousticModelServer server;

  @BeforeEach
  void serve() {
    ServerOptions options = TestServers.options(4);
    options.keepaliveSeconds = 1;
    options.maxMessageKib = 64;
    server = TestServers.serve(model, options);
    open.add(server);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private AcousticModelServiceGrpc.AcousticModelServiceStub stub(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, port).usePlaintext().build();
    open.add(channel::shutdownNow);
    return AcousticModelServiceGrpc.newStub(channel);
  }

  /** A stream with one message of 20 frames sent on it. */
  private final class Client extends StreamClient {
    Client(AcousticModelServiceGrpc.AcousticModelServiceStub stub, ScoreStart start) {
      super(stub, start, model.features(20, 1));
    }

    @Override
    Client withRows() throws InterruptedException {
      super.withRows();
      return this;
    }
  }

  private void assertServesOthers() {
    FloatMatrix features = model.features(300, 9);
    try (ScoringClient client =
        ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.port(), Optional.empty())) {
      assertSameBits(
          client.score(LOGITS, features, 100).join().rows().data(), model.logits(features).data());
    }
  }

  /** Waits until the streams are gone, and fails after a second. */
  private void assertFreedWithinASecond() throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    while (server.openStreams() > 0) {
      assertThat(System.nanoTime()).as("nanoseconds").isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void garbageOnThePort_disturbsNobody() throws Exception {
    Client running = new Client(stub(server.port()), LOGITS).withRows();
    Random random = new Random(1);
    byte[][] openings = {
      {0x16, 0x03, 0x01, 0x02, 0x00, 0x01},
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
      {},
    };
    for (byte[] opening : openings) {
      byte[] garbage = new byte[100_000];
      random.nextBytes(garbage);
      try (Socket socket = new Socket(ServerOptions.LOOPBACK, server.port())) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(opening);
        socket.getOutputStream().write(garbage);
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        assertThat(e)
            .as("the server closes or resets, it does not wait")
            .hasMessageNotContaining("timed out");
      }
    }
    assertServesOthers();
    running.requests.onNext(StreamFixture.end());
    running.requests.onCompleted();
    assertThat(running.withRows().events.take()).isInstanceOf(ScoreResponse.class);
    assertThat(running.events.take()).isEqualTo("completed");
  }

  @Test
  void connectionReset_freesItsStreamsWithinASecond() throws Exception {
    try (TestProxy proxy = new TestProxy(server.port())) {
      for (int i = 0; i < 3; i++) {
        new Client(stub(proxy.port()), LOGITS).withRows();
      }
      assertThat(server.openStreams()).isEqualTo(3);
      proxy.reset();
      assertFreedWithinASecond();
    }
    assertServesOthers();
  }

  @Test
  void halfOpenConnection_isFoundOutAndItsSessionGoesOnElsewhere() throws Exception {
    try (TestProxy proxy = new TestProxy(server.port())) {
      ScoreStart start = LOGITS.toBuilder().setSessionId("s").build();
      Client frozen = new Client(stub(proxy.port()), start).withRows();
      new Client(stub(proxy.port()), LOGITS).withRows();
      proxy.freeze();
      ScoreStart resume =
          start.toBuilder()
              .setResume(true)
              .setResumeSecret(frozen.secret)
              .setNextFrame(16)
              .setFirstFrame(12)
              .build();
      new Client(stub(server.port()), resume).withRows();
      assertThat(server.openStreams()).as("the new one and the dead one").isEqualTo(2);
      assertServesOthers();
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (server.openStreams() > 1) {
        assertThat(System.nanoTime()).as("nanoseconds").isLessThan(end);
        Thread.sleep(20);
      }
    }
  }

  @Test
  void deadline_freesWithinASecond() throws Exception {
    Client client =
        new Client(stub(server.port()).withDeadlineAfter(300, TimeUnit.MILLISECONDS), LOGITS);
    assertThat(client.fault().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertFreedWithinASecond();
    assertServesOthers();
  }

  @Test
  void messageTooLarge_costsOnlyItsStream() throws Exception {
    AcousticModelServiceGrpc.AcousticModelServiceStub stub = stub(server.port());
    Client good = new Client(stub, LOGITS).withRows();
    Client bad = new Client(stub, LOGITS);
    bad.requests.onNext(StreamFixture.chunk(model.features(4000, 1)));
    Status status = bad.fault();
    assertThat(status.getCode()).isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    good.requests.onNext(StreamFixture.end());
    good.requests.onCompleted();
    good.withRows();
    assertServesOthers();
  }

  @Test
  void utteranceOf100000Frames_equalsOffline() {
    FloatMatrix features = model.features(100_000, 2);
    try (ScoringClient client =
        ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.port(), Optional.empty())) {
      FloatMatrix rows = client.score(LOGITS, features, 2_000).join().rows();
      assertThat(rows.rows()).isEqualTo(100_000);
      assertSameBits(rows.data(), model.logits(features).data());
    }
  }

  @Test
  void infiniteFeatures_areRefusedInASentence() throws Exception {
    Client client = new Client(stub(server.port()), LOGITS).withRows();
    FloatMatrix features = model.features(5, 1);
    features.set(2, 1, Float.NEGATIVE_INFINITY);
    client.requests.onNext(StreamFixture.chunk(features));
    Status status = client.fault();
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("frame 22 holds -Infinity in dimension 1");
    assertServesOthers();
  }

  @Test
  void duplicateSession_isRefusedAndTheFirstGoesOn() throws Exception {
    ScoreStart start = LOGITS.toBuilder().setSessionId("s").build();
    Client first = new Client(stub(server.port()), start).withRows();
    Client second = new Client(stub(server.port()), start);
    assertThat(second.fault().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    first.requests.onNext(StreamFixture.end());
    first.requests.onCompleted();
    first.withRows();
  }
}
