package org.stjem.acoustic.serving;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.network.ServerNetwork;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ModelAdminServiceGrpc;
import org.stjem.proto.v1.ModelInfo;

/**
 * Serves acoustic models over gRPC, with {@code grpc.health.v1}, server reflection, and metrics
 * over HTTP. The health of the empty service name and of {@code stjem.v1.AcousticModelService} is
 * {@code SERVING} from {@link #start} until {@link #drain}.
 */
public final class AcousticModelServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AcousticModelServer.class);

  /** How long the statuses of streams that are cut off may take to leave. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final ServerNetwork network;
  private final CompressedCalls compressedCalls;
  private final Server server;
  private final StreamTable streams;
  private final ModelCatalog models;
  private final HealthStatusManager health;
  private final Housekeeping housekeeping;
  private final Optional<HTTPServer> metricsServer;

  private AcousticModelServer(
      ServerNetwork network,
      CompressedCalls compressedCalls,
      Server server,
      StreamTable streams,
      ModelCatalog models,
      HealthStatusManager health,
      Housekeeping housekeeping,
      Optional<HTTPServer> metricsServer) {
    this.network = network;
    this.compressedCalls = compressedCalls;
    this.server = server;
    this.streams = streams;
    this.models = models;
    this.health = health;
    this.housekeeping = housekeeping;
    this.metricsServer = metricsServer;
  }

  /**
   * Loads and tries the models, then listens.
   *
   * @param sources the models, at least one; the first is the default
   * @param loader reads them, now and when they change
   * @throws StjemException if a model is no good, a port is taken, a host is not one of this
   *     machine, or a certificate, key or token file cannot be used
   */
  public static AcousticModelServer start(
      List<ModelSource> sources, LoadedModel.Loader loader, ServerOptions options) {
    options.check();
    Credentials credentials = Credentials.of(options);
    ServingMetrics metrics = new ServingMetrics();
    ServerNetwork network = Listening.network(options, metrics::connectionLimited);
    // Before the models, which take longer.
    NettyServerBuilder builder;
    try {
      builder = Listening.builder(options, credentials.server(), network);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
    CompressedCalls compressedCalls = new CompressedCalls();
    builder.callExecutor(compressedCalls);
    metrics.gauge("stjem_open_connections", "Connections of clients.", network::connections);
    ModelCatalog models = new ModelCatalog(loader, batchers(options), metrics);
    HealthStatusManager health = new HealthStatusManager();
    Housekeeping housekeeping = new Housekeeping(System::nanoTime, health::setStatus);
    Optional<HTTPServer> metricsServer = Optional.empty();
    try {
      sources.forEach(models::load);
      StreamTable streams = new StreamTable(options.maxStreams, options.maxStreamsPerClient);
      addServices(builder, options, credentials, models, streams, metrics, health, housekeeping);
      if (options.metricsPort >= 0) {
        metricsServer = Optional.of(MetricsPage.open(metrics, options));
      }
      Server server = builder.build();
      try {
        server.start();
      } catch (IOException e) {
        throw Listening.fault(options.host, options.port, e);
      }
      housekeeping.streams().repeat(streams::endIdle, Duration.ofSeconds(1));
      housekeeping.credentials().repeat(credentials::look, options.credentialsPause);
      if (options.watchSeconds > 0) {
        housekeeping
            .models()
            .repeat(models::reloadChanged, Duration.ofSeconds(options.watchSeconds));
      }
      housekeeping.watch();
      return new AcousticModelServer(
          network, compressedCalls, server, streams, models, health, housekeeping, metricsServer);
    } catch (RuntimeException e) {
      metricsServer.ifPresent(HTTPServer::close);
      housekeeping.close();
      models.close();
      compressedCalls.close();
      network.close();
      throw e;
    }
  }

  private static ModelOpener.TurnFactory batchers(ServerOptions options) {
    int threads =
        options.numThreads == 0 ? Runtime.getRuntime().availableProcessors() : options.numThreads;
    int rows = options.batchRows;
    Duration delay = Duration.ofNanos((long) (options.batchDelayMs * 1e6));
    return (loaded, name, metrics) ->
        new Batcher(loaded.model(), name, threads, rows, delay, System::nanoTime, metrics);
  }

  private static void addServices(
      NettyServerBuilder builder,
      ServerOptions options,
      Credentials credentials,
      ModelCatalog models,
      StreamTable streams,
      ServingMetrics metrics,
      HealthStatusManager health,
      Housekeeping housekeeping) {
    AtomicLong heldBytes = new AtomicLong();
    metrics.gauge("stjem_open_streams", "Streams being scored now.", streams::size);
    metrics.gauge(
        "stjem_held_bytes", "Features held back until their utterance ends.", heldBytes::get);
    StreamServices services =
        new StreamServices(
            models,
            streams,
            metrics,
            heldBytes,
            (long) options.maxHeldMib << 20,
            Duration.ofSeconds(options.maxIdleSeconds),
            System::nanoTime);
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    health.setStatus(AcousticModelServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    metrics.gauge(
        "stjem_model_change_seconds",
        "How long the present change of models has taken, 0 if there is none.",
        () -> housekeeping.models().busy().toMillis() / 1000.0);
    CallGuard guard = new CallGuard(credentials, metrics);
    builder
        .decompressorRegistry(MessageGuard.decompressors())
        .addService(MessageGuard.before(new ScoringService(services)))
        .addService(MessageGuard.before(health.getHealthService()))
        .addService(MessageGuard.before(ProtoReflectionServiceV1.newInstance()))
        .addTransportFilter(guard.connections())
        .intercept(guard);
    if (credentials.adminTokens().isPresent()) {
      health.setStatus(ModelAdminServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
      builder.addService(MessageGuard.before(new AdminService(models, housekeeping.models())));
    }
  }

  /** What it would tell of a model that has no version yet. */
  public static ModelInfo describe(AcousticModel model, String name, String fingerprint) {
    return ModelCard.of(model, name, "").setFingerprint(fingerprint).build();
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** The HTTP port of the metrics, if they are served. */
  public Optional<Integer> metricsPort() {
    return metricsServer.map(HTTPServer::getPort);
  }

  /** What it tells clients about its models. */
  public List<ModelInfo> models() {
    return models.infos();
  }

  /** Utterances being scored now. */
  public int openStreams() {
    return streams.size();
  }

  /**
   * Takes no new streams, reports {@code NOT_SERVING}, lets the running streams end, cuts off those
   * that have not ended after {@code limit} with UNAVAILABLE, and stops. An interrupt ends the wait
   * at once.
   *
   * @return whether all running streams ended in time
   */
  public boolean drain(Duration limit) {
    health.enterTerminalState();
    server.shutdown();
    boolean ended = false;
    try {
      // Not the server's own termination: health watchers keep their streams open for ever.
      ended = streams.awaitEnd(limit);
    } catch (InterruptedException e) {
      LOG.debug("the wait for the running streams was interrupted");
    }
    close();
    return ended;
  }

  /** Waits until another thread stops the server. */
  public void awaitStop() throws InterruptedException {
    server.awaitTermination();
  }

  /** Stops at once; running streams fail with UNAVAILABLE. Takes the models out of memory. */
  @Override
  public void close() {
    server.shutdown();
    streams.endAll();
    try {
      streams.awaitEnd(LAST_WORDS);
    } catch (InterruptedException e) {
      LOG.debug("the wait for the last messages was interrupted");
    }
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    housekeeping.close();
    metricsServer.ifPresent(HTTPServer::close);
    models.close();
    compressedCalls.close();
    network.close();
  }
}
