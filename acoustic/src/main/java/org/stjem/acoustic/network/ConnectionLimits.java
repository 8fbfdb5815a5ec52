package org.stjem.acoustic.network;

import picocli.CommandLine.Option;

/**
 * What a server takes from the network: connections in all and from one address, and from one
 * connection streams, requests and resets. A command takes them as a mixin; other code sets the
 * fields.
 */
public final class ConnectionLimits {
  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "open connections; more are closed at once (default: ${DEFAULT-VALUE})")
  public int maxConnections = 1024;

  @Option(
      names = "--max-connections-per-address",
      paramLabel = "N",
      description =
          "of these, from one IPv4 address or IPv6 network (/64); raise it behind a proxy (default:"
              + " ${DEFAULT-VALUE})")
  public int maxConnectionsPerAddress = 256;

  @Option(
      names = "--max-new-connections-per-second",
      paramLabel = "N",
      description =
          "connections taken up in a second, addresses in turn; more wait (default:"
              + " ${DEFAULT-VALUE})")
  public int maxNewConnectionsPerSecond = 100;

  @Option(
      names = "--max-streams-per-connection",
      paramLabel = "N",
      description =
          "calls of one connection at the same time; clients hold more back (default:"
              + " ${DEFAULT-VALUE})")
  public int maxStreamsPerConnection = 128;

  @Option(
      names = "--max-requests-per-second",
      paramLabel = "N",
      description =
          "calls begun by one connection in a second; after more it is closed (default:"
              + " ${DEFAULT-VALUE})")
  public int maxRequestsPerSecond = 2000;

  @Option(
      names = "--max-resets-per-second",
      paramLabel = "N",
      description =
          "calls of one connection that it, or for its faults the server, resets in a second, and"
              + " frames that carry nothing; after more it is closed (default: ${DEFAULT-VALUE})")
  public int maxResetsPerSecond = 1000;
}
