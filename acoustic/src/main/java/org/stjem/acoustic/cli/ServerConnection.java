package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.stjem.acoustic.serving.ClientSecurity;
import org.stjem.acoustic.serving.ScoringClient;
import picocli.CommandLine.Option;

/** Options of the commands that talk to a server. */
final class ServerConnection {
  @Option(
      names = "--server",
      required = true,
      paramLabel = "HOST:PORT",
      description =
          "the server of 'acoustic serve'; several take turns: HOST:PORT,HOST:PORT or"
              + " dns:///NAME:PORT")
  private String server;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "encrypt, and check the server against these certificates (PEM)")
  private Path authority;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "certificate chain (PEM) to show to the server")
  private Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "its private key (PEM, PKCS 8)")
  private Path key;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "show the first bearer token of this file to the server")
  private Path tokenFile;

  ScoringClient connect() {
    return ScoringClient.connect(
        server,
        new ClientSecurity(
            Optional.ofNullable(authority),
            Optional.ofNullable(certificate),
            Optional.ofNullable(key),
            Optional.ofNullable(tokenFile)));
  }
}
