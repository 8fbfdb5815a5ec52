package org.stjem.acoustic.serving;

import io.grpc.Attributes;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.stjem.proto.v1.ModelAdminServiceGrpc;

/**
 * Lets calls with the right token through, and notes where they come from. Health may be asked
 * without a token, so that load balancers need none.
 */
final class CallGuard implements ServerInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Attributes.Key<ClientIdentity> CONNECTION_CLIENT =
      Attributes.Key.create("client");

  private static final Attributes.Key<ClientAuthorities.Connection> CONNECTION_CERTIFICATE =
      Attributes.Key.create("client certificate");

  private final Optional<ClientAuthorities> authorities;
  private final Optional<TokenFile> tokens;
  private final Optional<TokenFile> adminTokens;
  private final ServingMetrics metrics;

  /**
   * A guard.
   *
   * @param credentials what calls must show
   */
  CallGuard(Credentials credentials, ServingMetrics metrics) {
    this.authorities = credentials.tls().flatMap(TlsFiles::authorities);
    this.tokens = credentials.tokens();
    this.adminTokens = credentials.adminTokens();
    this.metrics = metrics;
  }

  /** The client of a call, whatever token it shows. */
  static ClientIdentity clientOfConnection(ServerCall<?, ?> call) {
    return call.getAttributes().get(CONNECTION_CLIENT);
  }

  /** Notes once for a connection who its client is. */
  ServerTransportFilter connections() {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes connection) {
        Attributes.Builder noted =
            connection.toBuilder().set(CONNECTION_CLIENT, ClientIdentity.of(connection));
        SSLSession session = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        authorities.ifPresent(
            them -> noted.set(CONNECTION_CERTIFICATE, them.new Connection(session)));
        return noted.build();
      }
    };
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String service = call.getMethodDescriptor().getServiceName();
    Optional<TokenFile> wanted = tokens;
    if (HealthGrpc.SERVICE_NAME.equals(service)) {
      wanted = Optional.empty();
    } else if (ModelAdminServiceGrpc.SERVICE_NAME.equals(service)) {
      wanted = adminTokens;
    }
    String shown = headers.get(AUTHORIZATION);
    if (wanted.isPresent() && !wanted.get().accept(shown)) {
      return refuse(
          call,
          shown == null
              ? "this server wants a bearer token in the metadata entry 'authorization'"
              : "the bearer token in the metadata entry 'authorization' is not known");
    }
    ClientAuthorities.Connection connection = call.getAttributes().get(CONNECTION_CERTIFICATE);
    if (connection != null && !connection.isTrusted()) {
      return refuse(call, "the certificate of this connection is trusted no longer");
    }
    String peer = String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    ClientIdentity client = clientOfConnection(call);
    if (wanted.isPresent()) {
      client = client.showing(shown);
    }
    Caller caller = new Caller(peer.replaceFirst("^/", ""), client);
    return Contexts.interceptCall(caller.context(), call, headers, next);
  }

  private <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, String sentence) {
    metrics.streamEnded(Status.Code.UNAUTHENTICATED);
    call.close(Status.UNAUTHENTICATED.withDescription(sentence), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
