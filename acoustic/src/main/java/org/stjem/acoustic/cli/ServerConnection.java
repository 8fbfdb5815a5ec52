package org.stjem.acoustic.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.stjem.acoustic.serving.ScoringClient;
import picocli.CommandLine.Option;

/** Options of the commands that talk to a server. */
final class ServerConnection {
  @Option(
      names = "--server",
      required = true,
      paramLabel = "HOST:PORT",
      description = "the server of 'acoustic serve'")
  private String server;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "encrypt, and check the server against these certificates (PEM)")
  private Path authority;

  ScoringClient connect() {
    return ScoringClient.connect(server, Optional.ofNullable(authority));
  }
}
