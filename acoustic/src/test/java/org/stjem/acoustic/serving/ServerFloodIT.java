package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/**
 * What a paced client notices of floods, each for some seconds, with the limits as they are by
 * default; prints its latencies.
 */
@Timeout(300)
class ServerFloodIT {
  private static final Duration TIME = Duration.ofSeconds(5);
  private static final double MOST_MS = 100;
  private static final int GREEDY_STREAMS = 120;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** Of a second. */
  private static final int INFLATING = 60;

  private static final String TOKEN = "token-of-the-paced-client";
  private static final String GREEDY_TOKEN = "token-of-the-greedy-client";

  @TempDir private Path folder;
  private final FakeAcousticModel model = new FakeAcousticModel(40, 100);
  private final ServerOptions options = TestServers.options(256);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ExecutorService attackers = Executors.newCachedThreadPool();
  private AcousticModelServer server;
  private volatile long end;

  /** An attack, over and over until it is time. */
  private interface Attack {
    void run() throws Exception;
  }

  @BeforeEach
  void tokens() throws IOException {
    options.tokenFile =
        Files.writeString(folder.resolve("tokens"), TOKEN + "\n" + GREEDY_TOKEN + "\n");
  }

  @AfterEach
  void closeAll() throws Exception {
    attackers.shutdownNow();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private void serve() {
    server = TestServers.serve(model, options);
    open.add(server);
  }

  private ManagedChannel channel(ChannelCredentials credentials) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port(), credentials).build();
    open.add(channel::shutdownNow);
    return channel;
  }

  private boolean goesOn() {
    return System.nanoTime() < end;
  }

  /** A flood from one connection, which is made again whenever the server closes it. */
  private void flood(Flood flood) throws InterruptedException {
    while (goesOn()) {
      try (RawHttp2Client client = new RawHttp2Client(server.port(), true)) {
        flood.run(client, 20_000);
      } catch (IOException e) {
        // Not let in; no faster than that, or the attacker would be its own victim.
        Thread.sleep(1);
      }
    }
  }

  private void inflate() throws InterruptedException {
    while (goesOn()) {
      try (RawHttp2Client client = new RawHttp2Client(server.port(), true)) {
        for (int i = 0; goesOn(); i++) {
          Flood.INFLATING.once(client.frames(), 2 * i + 1);
          client.frames().flush();
          Thread.sleep(1000 * CORES / INFLATING);
        }
      } catch (IOException e) {
        // Not let in, since what a flood before left is still waiting.
        Thread.sleep(100);
      }
    }
  }

  /** Connections without end, of which the last hundred are held. */
  private void connect() throws IOException, InterruptedException {
    Deque<RawHttp2Client> held = new ArrayDeque<>();
    while (goesOn()) {
      try {
        held.addLast(new RawHttp2Client(server.port(), true));
      } catch (IOException e) {
        // Not let in.
        Thread.sleep(1);
      }
      if (held.size() > 100) {
        held.removeFirst().close();
      }
    }
    for (RawHttp2Client client : held) {
      client.close();
    }
  }

  /** Handshakes as fast as they go, each without a certificate. */
  private void handshake() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    while (goesOn()) {
      try (SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(ServerOptions.LOOPBACK, server.port())) {
        socket.setSoTimeout(5_000);
        socket.startHandshake();
        socket.getInputStream().read();
      } catch (IOException e) {
        // Refused, as it should be.
      }
    }
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

    @Override
    public java.security.cert.X509Certificate[] getAcceptedIssuers() {
      return new java.security.cert.X509Certificate[0];
    }
  }

  /** Streams that send as fast as the server takes it. */
  private void greed() {
    // On the thread of its connection: a thread for each stream, as by default, would keep the
    // paced
    // client, which shares this process, from its turns at the cores.
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port())
            .usePlaintext()
            .directExecutor()
            .build();
    open.add(channel::shutdownNow);
    ScoreRequest chunk = StreamFixture.chunk(model.features(500, 1));
    AtomicLong rows = new AtomicLong();
    for (int i = 0; i < GREEDY_STREAMS; i++) {
      PacedClient.stub(channel, GREEDY_TOKEN).score(new GreedyStream(chunk, rows));
    }
    while (goesOn()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    channel.shutdownNow();
    assertThat(rows).as("rows of the greedy client").hasValueGreaterThan(100L * GREEDY_STREAMS);
  }

  private static final class GreedyStream
      implements ClientResponseObserver<ScoreRequest, ScoreResponse> {
    private final ScoreRequest chunk;
    private final AtomicLong rows;
    private boolean started;

    GreedyStream(ScoreRequest chunk, AtomicLong rows) {
      this.chunk = chunk;
      this.rows = rows;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ScoreRequest> stream) {
      stream.setOnReadyHandler(
          () -> {
            while (stream.isReady()) {
              stream.onNext(
                  started
                      ? chunk
                      : ScoreRequest.newBuilder()
                          .setStart(ScoreStart.getDefaultInstance())
                          .build());
              started = true;
            }
          });
    }

    @Override
    public void onNext(ScoreResponse response) {
      rows.addAndGet(response.getRows().getNumRows());
    }

    @Override
    public void onError(Throwable fault) {}

    @Override
    public void onCompleted() {}
  }

  /** The 99th percentile of a paced client's latencies while attackers attack. */
  private double measure(String name, PacedClient paced, int threads, Attack attack)
      throws Exception {
    paced.restart();
    end = System.nanoTime() + TIME.toNanos();
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Callable<Void> task =
          () -> {
            attack.run();
            return null;
          };
      running.add(attackers.submit(task));
    }
    Thread.sleep(TIME.toMillis());
    List<Double> latencies = paced.latencies();
    for (Future<?> attacker : running) {
      attacker.get();
    }
    assertThat(latencies).as(name).hasSizeGreaterThan(100);
    double p99 = percentile(latencies, 99);
    System.out.printf(
        "%-34s %4d chunks  p50 %6.1f ms  p99 %6.1f ms  most %6.1f ms%n",
        name,
        latencies.size(),
        percentile(latencies, 50),
        p99,
        latencies.get(latencies.size() - 1));
    return p99;
  }

  private static double percentile(List<Double> sorted, int percent) {
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  private static void assertInTime(Map<String, Double> p99, double quiet) {
    // Twice the time without a flood more, for machines that are busy with other things.
    assertThat(p99).allSatisfy((flood, ms) -> assertThat(ms).isLessThan(MOST_MS + 2 * quiet));
  }

  @Test
  void pacedClient_duringFloods_isServedInTime() throws Exception {
    serve();
    try (PacedClient paced =
        new PacedClient(channel(InsecureChannelCredentials.create()), model, TOKEN)) {
      measure("(warm-up)", paced, CORES, () -> flood(Flood.REQUESTS));
      double quiet = measure("quiet", paced, 0, () -> {});
      Map<String, Double> p99 = new LinkedHashMap<>();
      for (Flood flood :
          List.of(
              Flood.RAPID_RESET,
              Flood.MADE_YOU_RESET,
              Flood.REQUESTS,
              Flood.WRONG_TOKEN,
              Flood.SETTINGS)) {
        String name = flood.toString();
        p99.put(name, measure(name, paced, CORES, () -> flood(flood)));
      }
      p99.put("inflating", measure("INFLATING, 60/s", paced, CORES, this::inflate));
      p99.put("connecting", measure("new connections", paced, CORES, this::connect));
      p99.put("greed", measure("120 greedy streams", paced, 1, this::greed));
      assertInTime(p99, quiet);
    }
  }

  @Test
  void pacedClientWithCertificate_duringHandshakes_isServedInTime() throws Exception {
    options.tlsCert = TestCertificates.SERVER.certificate();
    options.tlsKey = TestCertificates.SERVER.key();
    options.tlsClientCa = TestCertificates.CLIENT.certificate();
    serve();
    ChannelCredentials credentials =
        TlsChannelCredentials.newBuilder()
            .trustManager(TestCertificates.SERVER.certificate().toFile())
            .keyManager(
                TestCertificates.CLIENT.certificate().toFile(),
                TestCertificates.CLIENT.key().toFile())
            .build();
    try (PacedClient paced = new PacedClient(channel(credentials), model, TOKEN)) {
      measure("(warm-up)", paced, CORES, this::handshake);
      double quiet = measure("quiet, TLS", paced, 0, () -> {});
      double p99 = measure("TLS handshakes", paced, CORES, this::handshake);
      assertInTime(Map.of("handshakes", p99), quiet);
    }
  }

  @Test
  void clientsThatAnswerNoPings_areResetAndClosed() throws Exception {
    options.keepaliveSeconds = 1;
    serve();
    List<RawHttp2Client> silent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      RawHttp2Client client = new RawHttp2Client(server.port(), false);
      open.add(client);
      client.frames().headers(1, "/grpc.health.v1.Health/Watch", 0);
      client.frames().flush();
      silent.add(client);
    }
    for (RawHttp2Client client : silent) {
      assertThat(client.reset().stream()).isEqualTo(1);
      client.goAway();
      client.awaitClosed();
    }
  }

  @Test
  void streamThatTheServerEnded_isReset() throws Exception {
    serve();
    RawHttp2Client client = new RawHttp2Client(server.port(), true);
    open.add(client);
    // Refused for want of a token; the client does not close its side.
    client.frames().headers(1, "/stjem.v1.AcousticModelService/Score", 0);
    client.frames().flush();
    RawHttp2Client.Frame reset = client.reset();
    assertThat(reset.stream()).isEqualTo(1);
    assertThat(reset.number(0)).isEqualTo(RawFrames.NO_ERROR);
    assertThat(client.isClosed()).isFalse();
  }
}
