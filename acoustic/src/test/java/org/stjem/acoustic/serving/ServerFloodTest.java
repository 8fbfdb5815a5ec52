package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stjem.acoustic.serving.SameBits.assertSameBits;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/** Clients that want a server for themselves, over TCP on the loopback interface. */
@Timeout(60)
class ServerFloodTest {
  private static final int MANY = 20_000;

  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final String WATCH = "/grpc.health.v1.Health/Watch";

  private final FakeAcousticModel model = new FakeAcousticModel(6, 4);
  private final ServerOptions options = TestServers.options(8);
  private final List<AutoCloseable> open = new ArrayList<>();
  private AcousticModelServer server;

  private void serve() {
    server = TestServers.serve(model, options);
    open.add(server);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private RawHttp2Client connect(boolean answersPings) throws IOException {
    RawHttp2Client client = new RawHttp2Client(server.port(), answersPings);
    open.add(client);
    return client;
  }

  /** A client that sends a chunk when the rows of the last one have come. */
  private final class Innocent extends ResponseQueue {
    private final StreamObserver<ScoreRequest> requests;

    Innocent() {
      this(null);
    }

    Innocent(String compression) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port())
              .usePlaintext()
              .build();
      open.add(channel::shutdownNow);
      AcousticModelServiceGrpc.AcousticModelServiceStub stub =
          AcousticModelServiceGrpc.newStub(channel);
      requests = (compression == null ? stub : stub.withCompression(compression)).score(this);
      ScoreStart start = ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT).build();
      requests.onNext(ScoreRequest.newBuilder().setStart(start).build());
    }

    /** Sends frames, and returns the rows that they make computable. */
    FloatMatrix score(FloatMatrix features, int rows) throws InterruptedException {
      requests.onNext(StreamFixture.chunk(features));
      float[] values = new float[rows * model.description().numPdfs()];
      int got = 0;
      while (got < values.length) {
        Object event = events.take();
        assertThat(event).isInstanceOf(ScoreResponse.class);
        ScoreResponse response = (ScoreResponse) event;
        if (response.hasRows()) {
          float[] some =
              new float[response.getRows().getNumRows() * response.getRows().getNumColumns()];
          PackedFloats.unpack(
              response.getRows().getData(), response.getRows().getFormat(), 0, some);
          System.arraycopy(some, 0, values, got, some.length);
          got += some.length;
        }
      }
      FloatMatrix all = new FloatMatrix(rows, model.description().numPdfs());
      System.arraycopy(values, 0, all.data(), 0, values.length);
      return all;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RAPID_RESET,    too_many_rststreams",
    "MADE_YOU_RESET, too_many_rststreams",
    "REQUESTS,       too_many_requests",
    "WRONG_TOKEN,    too_many_requests",
    "SETTINGS,       too_many_empty_frames",
  })
  void flood_onEveryNetworkThread_endsItsConnectionsAndNoOther(Flood flood, String why)
      throws Exception {
    options.connections.maxResetsPerSecond = 50;
    options.connections.maxRequestsPerSecond = 150;
    // Or that limit would be met first.
    options.connections.maxStreamsPerConnection = 10_000;
    serve();
    Innocent innocent = new Innocent();
    FloatMatrix first = model.features(10, 1);
    innocent.score(first, 6);
    List<RawHttp2Client> attackers = new ArrayList<>();
    List<CompletableFuture<Void>> attacks = new ArrayList<>();
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      RawHttp2Client attacker = connect(true);
      attackers.add(attacker);
      attacks.add(CompletableFuture.runAsync(() -> flood.run(attacker, MANY)));
    }
    for (int chunk = 0; chunk < 20; chunk++) {
      assertThat(innocent.score(model.features(10, chunk), 10).rows()).isEqualTo(10);
    }
    for (RawHttp2Client attacker : attackers) {
      RawHttp2Client.Frame goAway = attacker.goAway();
      assertThat(goAway.number(4)).isEqualTo(RawFrames.ENHANCE_YOUR_CALM);
      assertThat(goAway.debugData()).isEqualTo(why);
      attacker.awaitClosed();
    }
    CompletableFuture.allOf(attacks.toArray(CompletableFuture[]::new)).get();
    assertThat(innocent.score(first, 10).rows()).isEqualTo(10);
  }

  @Test
  void connections_beyondThoseOfAnAddress_areClosedAtOnce() throws Exception {
    options.connections.maxConnectionsPerAddress = 2;
    serve();
    RawHttp2Client one = connect(true);
    RawHttp2Client two = connect(true);
    one.settings();
    two.settings();
    try (RawHttp2Client three = new RawHttp2Client(server.port(), true)) {
      three.awaitClosed();
    }
    one.close();
    while (true) {
      RawHttp2Client again = connect(true);
      if (!serves(again)) {
        // The end of the first connection has not been noticed yet.
        continue;
      }
      assertThat(two.isClosed()).isFalse();
      return;
    }
  }

  private static boolean serves(RawHttp2Client client) throws Exception {
    return !CompletableFuture.anyOf(client.whenClosed(), client.whenServed())
        .thenApply(any -> client.isClosed())
        .get();
  }

  @Test
  void connections_beyondThoseOfASecond_wait() throws Exception {
    options.connections.maxNewConnectionsPerSecond = 10;
    serve();
    long start = System.nanoTime();
    List<RawHttp2Client> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      clients.add(connect(true));
    }
    for (RawHttp2Client client : clients) {
      client.settings();
    }
    // Two at once, and one in each tenth of a second.
    assertThat(System.nanoTime() - start).isGreaterThan(390_000_000);
  }

  @Test
  void newConnections_afterOneWasToldToCalmDown_wait() throws Exception {
    options.connections.maxResetsPerSecond = 50;
    serve();
    long start = System.nanoTime();
    RawHttp2Client attacker = connect(true);
    Flood.SETTINGS.run(attacker, 200);
    attacker.goAway();
    connect(true).settings();
    assertThat(System.nanoTime() - start).isGreaterThan(1_000_000_000);
  }

  @Test
  void streams_beyondThoseOfAConnection_areRefused() throws Exception {
    options.connections.maxStreamsPerConnection = 5;
    serve();
    RawHttp2Client client = connect(true);
    assertThat(client.setting(MAX_CONCURRENT_STREAMS)).isEqualTo(5);
    for (int i = 0; i < 6; i++) {
      client.frames().headers(2 * i + 1, WATCH, 0);
    }
    client.frames().flush();
    RawHttp2Client.Frame reset = client.reset();
    assertThat(reset.stream()).isEqualTo(11);
    assertThat(reset.number(0)).isEqualTo(RawFrames.REFUSED_STREAM);
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  void compressedMessages_areScoredAsOthers() throws Exception {
    serve();
    FloatMatrix features = model.features(50, 3);
    Innocent compressed = new Innocent("gzip");
    assertSameBits(
        compressed.score(features, 46).data(), model.logits(features).rows(0, 46).data());
  }
}
