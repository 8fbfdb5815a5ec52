package org.stjem.acoustic.serving;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.stjem.frontend.io.StjemException;

/**
 * How a client and a server know each other.
 *
 * @param authority file with the certificates (PEM) that servers are checked against; without it
 *     the connection is not encrypted
 * @param certificate chain (PEM) to show to servers that ask for one
 * @param key its private key (PEM, PKCS 8)
 * @param tokenFile file whose first token is shown to servers that ask for one
 */
public record ClientSecurity(
    Optional<Path> authority,
    Optional<Path> certificate,
    Optional<Path> key,
    Optional<Path> tokenFile) {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /** Refuses combinations that mean nothing. */
  public ClientSecurity {
    if (certificate.isPresent() != key.isPresent()) {
      throw new StjemException("--tls-cert and --tls-key go together");
    }
    if (certificate.isPresent() && authority.isEmpty()) {
      throw new StjemException("--tls-cert needs --tls-ca");
    }
  }

  /** Checks servers against certificates, if there are any, and shows them nothing. */
  static ClientSecurity of(Optional<Path> authority) {
    return new ClientSecurity(authority, Optional.empty(), Optional.empty(), Optional.empty());
  }

  ChannelCredentials credentials() {
    if (authority.isEmpty()) {
      return InsecureChannelCredentials.create();
    }
    try {
      TlsChannelCredentials.Builder tls =
          TlsChannelCredentials.newBuilder().trustManager(authority.get().toFile());
      if (certificate.isPresent()) {
        tls.keyManager(certificate.get().toFile(), key.get().toFile());
      }
      return tls.build();
    } catch (IOException e) {
      throw new StjemException("cannot read certificates: " + StjemException.reason(e), e);
    }
  }

  /** What adds the token to each call, if there is one. */
  List<ClientInterceptor> interceptors() {
    if (tokenFile.isEmpty()) {
      return List.of();
    }
    Metadata metadata = new Metadata();
    metadata.put(AUTHORIZATION, BearerTokens.read(tokenFile.get()).authorization());
    return List.of(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }
}
