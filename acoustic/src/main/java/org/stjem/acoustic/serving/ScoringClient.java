package org.stjem.acoustic.serving;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.GetModelRequest;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreStart;

/**
 * A connection to one or several acoustic-model servers, shared by any number of utterances. Where
 * there are several, each utterance goes to the next one in turn, of those that say they are
 * healthy. Thread-safe.
 */
public final class ScoringClient implements AutoCloseable {
  /** A server that does not answer a ping for 20 s after this silence is gone. */
  static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  /** How long a server may take to describe its model. */
  private static final Duration INFO_LIMIT = Duration.ofSeconds(20);

  /** Features in one message, a quarter of what servers take by default. */
  private static final int CHUNK_BYTES = 1 << 20;

  /** gRPC's own balancing of load, with grpc.health.v1. */
  private static final Map<String, ?> SERVICE_CONFIG =
      Map.of(
          "loadBalancingConfig",
          List.of(Map.of("round_robin", Map.of())),
          "healthCheckConfig",
          Map.of("serviceName", AcousticModelServiceGrpc.SERVICE_NAME));

  static {
    NameResolverRegistry.getDefaultRegistry().register(new AddressList());
  }

  private final String server;
  private final ChannelCredentials credentials;
  private final List<ClientInterceptor> interceptors;

  /** Connections in use, the newest last; older ones only finish what they began. */
  private final Deque<ManagedChannel> channels = new ArrayDeque<>();

  private ScoringClient(String server, ClientSecurity security) {
    this.server = server;
    this.credentials = security.credentials();
    this.interceptors = security.interceptors();
    channels.addLast(open());
  }

  private ManagedChannel open() {
    try {
      return NettyChannelBuilder.forTarget(AddressList.target(server), credentials)
          .directExecutor()
          .defaultServiceConfig(SERVICE_CONFIG)
          .intercept(interceptors)
          .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
          .build();
    } catch (IllegalArgumentException e) {
      throw new StjemException("cannot connect to '" + server + "': " + e.getMessage(), e);
    }
  }

  private synchronized ManagedChannel channel() {
    return channels.getLast();
  }

  /**
   * Makes a client; it connects when it is first used, and again whenever the connection broke.
   *
   * @param server {@code HOST:PORT}, several of them separated by commas, or any name gRPC resolves
   *     such as {@code dns:///host:port}
   */
  public static ScoringClient connect(String server, ClientSecurity security) {
    return new ScoringClient(server, security);
  }

  /**
   * Makes a client that shows nothing of itself to the server.
   *
   * @param server as above
   * @param authority file with the certificates (PEM) that TLS servers are checked against; without
   *     it the connection is not encrypted
   */
  public static ScoringClient connect(String server, Optional<Path> authority) {
    return connect(server, ClientSecurity.of(authority));
  }

  /** The address given to {@link #connect}. */
  public String server() {
    return server;
  }

  /**
   * Asks for the description of a model.
   *
   * @param model NAME or NAME:VERSION, empty for the server's default
   * @throws ScoringException if the server cannot be reached or has no such model
   */
  public ModelInfo modelInfo(String model) {
    int colon = model.indexOf(':');
    try {
      return AcousticModelServiceGrpc.newBlockingStub(channel())
          .withDeadlineAfter(INFO_LIMIT)
          .getModel(
              GetModelRequest.newBuilder()
                  .setModelName(colon < 0 ? model : model.substring(0, colon))
                  .setModelVersion(colon < 0 ? "" : model.substring(colon + 1))
                  .build())
          .getModel();
    } catch (StatusRuntimeException e) {
      throw ScoringException.of(server, e);
    }
  }

  /**
   * Scores one utterance without waiting for it. Memory: the features and the rows.
   *
   * @param start what is wanted and expected
   * @param features {@code [frames, featureDim]}
   * @return the scores, or a {@link ScoringException}
   */
  public CompletableFuture<Scores> score(ScoreStart start, FloatMatrix features) {
    return score(start, features, framesPerChunk(features));
  }

  CompletableFuture<Scores> score(ScoreStart start, FloatMatrix features, int framesPerChunk) {
    return score(new UtteranceScores(start, features), framesPerChunk);
  }

  /** Asks for the rows that are missing. */
  CompletableFuture<Scores> score(UtteranceScores scores) {
    return score(scores, framesPerChunk(scores.features()));
  }

  private CompletableFuture<Scores> score(UtteranceScores scores, int framesPerChunk) {
    ScoreCall call = new ScoreCall(server, scores, framesPerChunk);
    AcousticModelServiceGrpc.newStub(channel()).score(call);
    return call.result();
  }

  private static int framesPerChunk(FloatMatrix features) {
    return Math.max(1, CHUNK_BYTES / (Float.BYTES * Math.max(1, features.cols())));
  }

  /**
   * Opens a new connection for the calls to come. On the old one they would fail with its last
   * fault until it has recovered, without a try of their own.
   */
  synchronized void reconnect() {
    channels.getLast().shutdown();
    channels.removeIf(ManagedChannel::isTerminated);
    channels.addLast(open());
  }

  /** Ends the connection; utterances under way fail. */
  @Override
  public synchronized void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    try {
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
