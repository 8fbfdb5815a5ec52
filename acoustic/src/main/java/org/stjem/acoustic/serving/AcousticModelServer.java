package org.stjem.acoustic.serving;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ModelInfo;

/**
 * Serves one acoustic model over gRPC, with {@code grpc.health.v1} and server reflection. The
 * health of the empty service name and of {@code stjem.v1.AcousticModelService} is {@code SERVING}
 * from {@link #start} until {@link #drain}. The model stays the caller's to close, after the
 * server.
 */
public final class AcousticModelServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AcousticModelServer.class);

  /** A client that does not answer a ping for 20 s after a silent minute is gone. */
  private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

  private final Server server;
  private final ScoringService service;
  private final HealthStatusManager health;
  private final ExecutorService workers;

  private AcousticModelServer(
      Server server, ScoringService service, HealthStatusManager health, ExecutorService workers) {
    this.server = server;
    this.service = service;
    this.health = health;
    this.workers = workers;
  }

  /**
   * Tries the model on one frame, then listens.
   *
   * @throws StjemException if the port is taken, the host is not one of this machine, or the
   *     certificate or key cannot be used
   */
  public static AcousticModelServer start(AcousticModel model, ServerOptions options) {
    model.logits(new FloatMatrix(1, model.description().featureDim()));
    ServedModel served = ServedModel.of(model, options.modelName(), options.modelVersion());
    AtomicInteger threads = new AtomicInteger();
    ExecutorService workers =
        Executors.newFixedThreadPool(
            options.workers(), task -> new Thread(task, "scorer-" + threads.incrementAndGet()));
    try {
      return start(served, options, workers);
    } catch (RuntimeException e) {
      workers.shutdown();
      throw e;
    }
  }

  private static AcousticModelServer start(
      ServedModel served, ServerOptions options, ExecutorService workers) {
    InetSocketAddress address = new InetSocketAddress(options.host(), options.port());
    String where = options.host() + ":" + options.port();
    if (address.isUnresolved()) {
      throw new StjemException("cannot listen on " + where + ": no such host");
    }
    ScoringService service = new ScoringService(served, workers, options.maxStreams());
    HealthStatusManager health = new HealthStatusManager();
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    health.setStatus(AcousticModelServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
    if (options.identity().isEmpty() && !address.getAddress().isLoopbackAddress()) {
      LOG.warn("no TLS: whoever can reach {} can read what goes through", where);
    }
    NettyServerBuilder builder;
    try {
      builder = NettyServerBuilder.forAddress(address, credentials(options));
    } catch (IOException | IllegalArgumentException e) {
      ServerOptions.Identity identity = options.identity().orElseThrow();
      throw new StjemException(
          "cannot use certificate "
              + identity.certificate()
              + " and key "
              + identity.key()
              + ": "
              + e.getMessage(),
          e);
    }
    Server server =
        builder
            // Callbacks only note what arrived, so the network's threads may run them.
            .directExecutor()
            .addService(service)
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
            .permitKeepAliveTime(ScoringClient.KEEP_ALIVE.toSeconds() / 2, TimeUnit.SECONDS)
            .build();
    try {
      server.start();
    } catch (IOException e) {
      String reason = NetworkFault.reason(e.getCause() == null ? e : e.getCause());
      throw new StjemException("cannot listen on " + where + ": " + reason, e);
    }
    return new AcousticModelServer(server, service, health, workers);
  }

  private static ServerCredentials credentials(ServerOptions options) throws IOException {
    if (options.identity().isEmpty()) {
      return InsecureServerCredentials.create();
    }
    ServerOptions.Identity identity = options.identity().get();
    return TlsServerCredentials.create(identity.certificate().toFile(), identity.key().toFile());
  }

  /** What a server says about a model of this description. */
  public static ModelInfo describe(ModelDescription description, String name, String version) {
    return ServedModel.info(description, name, version);
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Utterances being scored now. */
  public int openStreams() {
    return service.openStreams();
  }

  /**
   * Takes no new streams, reports {@code NOT_SERVING}, lets the running streams end, cuts off those
   * that have not ended after {@code limit}, and stops.
   *
   * @return whether all running streams ended in time
   */
  public boolean drain(Duration limit) throws InterruptedException {
    health.enterTerminalState();
    server.shutdown();
    // Not the server's own termination: health watchers keep their streams open for ever.
    boolean ended = service.awaitEnd(limit);
    close();
    return ended;
  }

  /** Waits until another thread stops the server. */
  public void awaitStop() throws InterruptedException {
    server.awaitTermination();
  }

  /** Stops at once; running streams fail with UNAVAILABLE. */
  @Override
  public void close() {
    server.shutdownNow();
    boolean interrupted = false;
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
      workers.shutdown();
      workers.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    workers.shutdownNow();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
