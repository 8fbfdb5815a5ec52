package org.stjem.acoustic.serving;

import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.network.ServerNetwork;
import org.stjem.frontend.io.StjemException;

/** Where and how a server listens. */
final class Listening {
  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  /** How long a client may take to answer a ping, at most. */
  private static final Duration KEEP_ALIVE_LIMIT = Duration.ofSeconds(20);

  /** gRPC asks no more often than this, whatever it is told. */
  private static final Duration SHORTEST_KEEP_ALIVE = Duration.ofSeconds(10);

  /** What a connection gets beyond that before it is closed without further words. */
  private static final Duration SILENCE_GRACE = Duration.ofSeconds(2);

  /** How long a new client may take to begin to speak HTTP/2. */
  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(20);

  /** Clients may ping this often. */
  private static final Duration PERMITTED_PINGS = Duration.ofSeconds(10);

  private Listening() {}

  /**
   * A server without services.
   *
   * @throws StjemException if the host is not known, or what goes through would lie open to a
   *     network
   */
  static NettyServerBuilder builder(
      ServerOptions options, ServerCredentials credentials, ServerNetwork network) {
    return network
        .listen(address(options), credentials)
        // Callbacks only note what arrived, so the network's threads may run them.
        .directExecutor()
        .maxInboundMessageSize(options.maxMessageKib << 10)
        .keepAliveTime(options.keepaliveSeconds, TimeUnit.SECONDS)
        .keepAliveTimeout(answerLimit(options).toSeconds(), TimeUnit.SECONDS)
        .permitKeepAliveTime(PERMITTED_PINGS.toSeconds(), TimeUnit.SECONDS)
        .handshakeTimeout(HANDSHAKE_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * The network of a server, to be closed after it.
   *
   * @param limited is told the name of the limit whenever a connection is refused or ended
   */
  static ServerNetwork network(ServerOptions options, Consumer<String> limited) {
    Duration keepAlive = Duration.ofSeconds(options.keepaliveSeconds);
    Duration silence =
        (keepAlive.compareTo(SHORTEST_KEEP_ALIVE) < 0 ? SHORTEST_KEEP_ALIVE : keepAlive)
            .plus(answerLimit(options))
            .plus(SILENCE_GRACE);
    return new ServerNetwork(options.connections, silence, limited);
  }

  private static Duration answerLimit(ServerOptions options) {
    Duration keepAlive = Duration.ofSeconds(options.keepaliveSeconds);
    return keepAlive.compareTo(KEEP_ALIVE_LIMIT) < 0 ? keepAlive : KEEP_ALIVE_LIMIT;
  }

  private static InetSocketAddress address(ServerOptions options) {
    InetSocketAddress address = new InetSocketAddress(options.host, options.port);
    String where = options.host + ":" + options.port;
    if (address.isUnresolved()) {
      throw new StjemException("cannot listen on " + where + ": no such host");
    }
    if (options.tlsCert == null && !address.getAddress().isLoopbackAddress()) {
      if (!options.allowInsecure) {
        throw new StjemException(
            "cannot listen on "
                + where
                + " without --tls-cert: whoever reaches it could read what goes through;"
                + " --allow-insecure permits that");
      }
      LOG.warn("no TLS: whoever can reach {} can read what goes through", where);
    }
    return address;
  }

  /** The fault of a port that cannot be listened on. */
  static StjemException fault(String host, int port, IOException fault) {
    String reason = NetworkFault.reason(fault.getCause() == null ? fault : fault.getCause());
    return new StjemException("cannot listen on " + host + ":" + port + ": " + reason, fault);
  }
}
