package org.stjem.acoustic.serving;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.stjem.frontend.io.StjemException;

/**
 * By what a server and its clients know each other, all of it from files that are read again when
 * they change.
 *
 * @param tls certificate, key and authorities, if connections are encrypted
 * @param tokens that clients must show, if they must
 * @param adminTokens that operators must show, if the admin service is offered
 */
record Credentials(
    Optional<TlsFiles> tls, Optional<TokenFile> tokens, Optional<TokenFile> adminTokens) {

  /**
   * Reads the files that options name.
   *
   * @throws StjemException if one cannot be used; names it
   */
  static Credentials of(ServerOptions options) {
    return new Credentials(
        Optional.ofNullable(options.tlsCert)
            .map(
                certificate ->
                    new TlsFiles(
                        certificate, options.tlsKey, Optional.ofNullable(options.tlsClientCa))),
        Optional.ofNullable(options.tokenFile).map(TokenFile::new),
        Optional.ofNullable(options.adminTokenFile).map(TokenFile::new));
  }

  /** What the server shows and demands of connections. */
  ServerCredentials server() {
    return tls.map(TlsFiles::credentials).orElseGet(InsecureServerCredentials::create);
  }

  /** Reads again what has changed. */
  void look() {
    List<WatchedFiles> files = new ArrayList<>();
    tls.ifPresent(it -> files.addAll(it.files()));
    tokens.ifPresent(it -> files.add(it.file()));
    adminTokens.ifPresent(it -> files.add(it.file()));
    files.forEach(WatchedFiles::look);
  }
}
