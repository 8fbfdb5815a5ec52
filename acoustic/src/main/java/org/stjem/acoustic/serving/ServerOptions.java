package org.stjem.acoustic.serving;

import java.nio.file.Path;
import java.time.Duration;
import org.stjem.acoustic.network.ConnectionLimits;
import org.stjem.frontend.io.StjemException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How a server listens, whom it serves, and how much it takes on. A command takes them as a mixin;
 * other code sets the fields. The server keeps no reference.
 */
public final class ServerOptions {
  /** The default interface: only this machine can connect. */
  public static final String LOOPBACK = "127.0.0.1";

  @Option(
      names = "--host",
      description = "interface to listen on, 0.0.0.0 for all (default: ${DEFAULT-VALUE})")
  public String host = LOOPBACK;

  @Option(
      names = "--port",
      description = "TCP port, 0 for any free one (default: ${DEFAULT-VALUE})")
  public int port = 50051;

  @Option(
      names = "--allow-insecure",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description =
          "listen on other interfaces than loopback without TLS (default: ${DEFAULT-VALUE})")
  public boolean allowInsecure = false;

  @Option(names = "--tls-cert", paramLabel = "FILE", description = "certificate chain (PEM)")
  public Path tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "its private key (PEM, PKCS 8)")
  public Path tlsKey;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "serve only clients with a certificate of one of these authorities (PEM)")
  public Path tlsClientCa;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "serve only clients that show one of these bearer tokens, one on each line")
  public Path tokenFile;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description = "offer stjem.v1.ModelAdminService to clients that show one of these tokens")
  public Path adminTokenFile;

  @Option(
      names = "--max-streams",
      paramLabel = "N",
      description = "utterances at the same time; more are refused (default: ${DEFAULT-VALUE})")
  public int maxStreams = 256;

  @Option(
      names = "--max-streams-per-client",
      paramLabel = "N",
      description =
          "of these, utterances of one client, by its token or certificate and its address;"
              + " more are refused (default: ${DEFAULT-VALUE})")
  public int maxStreamsPerClient = 192;

  /** What it takes from the network. */
  @Mixin public final ConnectionLimits connections = new ConnectionLimits();

  @Option(
      names = "--max-message-kib",
      paramLabel = "KIB",
      description = "largest message a client may send, in KiB (default: ${DEFAULT-VALUE})")
  public int maxMessageKib = 4096;

  @Option(
      names = "--max-held-mib",
      paramLabel = "MIB",
      description =
          "features of audio, in MiB, held back until the end of their utterances for models that"
              + " need its mean; more are refused (default: ${DEFAULT-VALUE})")
  public int maxHeldMib = 512;

  @Option(
      names = "--max-idle-seconds",
      paramLabel = "S",
      description =
          "end a stream whose client sends nothing, or takes no rows, for so long (default:"
              + " ${DEFAULT-VALUE})")
  public int maxIdleSeconds = 60;

  @Option(
      names = "--keepalive-seconds",
      paramLabel = "S",
      description =
          "ask a silent client for a sign of life after so long; it has as long to answer, but no"
              + " more than 20 s (default: ${DEFAULT-VALUE})")
  public int keepaliveSeconds = 60;

  @Option(
      names = "--num-threads",
      paramLabel = "N",
      description =
          "threads that compute, for each model; 0 for one per core (default: ${DEFAULT-VALUE})")
  public int numThreads = 0;

  @Option(
      names = "--batch-rows",
      paramLabel = "N",
      description = "rows that go through the network together (default: ${DEFAULT-VALUE})")
  public int batchRows = 256;

  @Option(
      names = "--batch-delay-ms",
      paramLabel = "MS",
      description =
          "time rows wait for those of other streams to fill a batch (default: ${DEFAULT-VALUE})")
  public double batchDelayMs = 2;

  @Option(
      names = "--watch-seconds",
      paramLabel = "S",
      description =
          "look for changed model files every so often and load them; 0 for never (default:"
              + " ${DEFAULT-VALUE})")
  public int watchSeconds = 0;

  @Option(
      names = "--metrics-host",
      paramLabel = "HOST",
      description = "interface for Prometheus (default: ${DEFAULT-VALUE})")
  public String metricsHost = LOOPBACK;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "HTTP port for Prometheus, 0 for any free one, -1 for none (default: ${DEFAULT-VALUE})")
  public int metricsPort = -1;

  /** Between two looks at the files of certificates, keys and tokens; not for users to choose. */
  Duration credentialsPause = Duration.ofSeconds(5);

  /**
   * Checks what can be checked without opening files and ports.
   *
   * @throws StjemException naming the option, its value and what it may be
   */
  public void check() {
    require("--port", port, 0, 65535);
    require("--max-streams", maxStreams, 1, 10_000);
    require("--max-streams-per-client", maxStreamsPerClient, 1, 10_000);
    require("--max-connections", connections.maxConnections, 1, 1_000_000);
    require("--max-connections-per-address", connections.maxConnectionsPerAddress, 1, 1_000_000);
    require(
        "--max-new-connections-per-second", connections.maxNewConnectionsPerSecond, 1, 1_000_000);
    require("--max-streams-per-connection", connections.maxStreamsPerConnection, 1, 10_000);
    require("--max-requests-per-second", connections.maxRequestsPerSecond, 1, 1_000_000);
    require("--max-resets-per-second", connections.maxResetsPerSecond, 1, 1_000_000);
    require("--max-message-kib", maxMessageKib, 64, 1 << 20);
    require("--max-held-mib", maxHeldMib, 0, 1 << 20);
    require("--max-idle-seconds", maxIdleSeconds, 1, 86_400);
    require("--keepalive-seconds", keepaliveSeconds, 1, 86_400);
    require("--num-threads", numThreads, 0, 1024);
    require("--batch-rows", batchRows, 1, 65_536);
    if (!(batchDelayMs >= 0 && batchDelayMs <= 1000)) {
      throw new StjemException(
          "--batch-delay-ms is " + batchDelayMs + ", it must be from 0 to 1000");
    }
    require("--watch-seconds", watchSeconds, 0, 86_400);
    require("--metrics-port", metricsPort, -1, 65535);
    if ((tlsCert == null) != (tlsKey == null)) {
      throw new StjemException("--tls-cert and --tls-key go together");
    }
    if (tlsClientCa != null && tlsCert == null) {
      throw new StjemException("--tls-client-ca needs --tls-cert and --tls-key");
    }
  }

  /** Refuses a whole number that is out of range. */
  public static void require(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw new StjemException(
          option + " is " + value + ", it must be from " + low + " to " + high);
    }
  }
}
