package org.stjem.acoustic.serving;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a server listens and how much it takes on.
 *
 * @param host name or address of the interface to listen on; {@link #LOOPBACK} keeps the network
 *     out
 * @param port TCP port, 0 for any free one
 * @param modelName name clients may ask for
 * @param modelVersion version clients are told
 * @param workers threads that compute rows, at least 1
 * @param maxStreams utterances scored at the same time, at least 1; more are refused
 * @param identity certificate and key for TLS; without them the connection is not encrypted
 */
public record ServerOptions(
    String host,
    int port,
    String modelName,
    String modelVersion,
    int workers,
    int maxStreams,
    Optional<Identity> identity) {
  /** The default interface: only this machine can connect. */
  public static final String LOOPBACK = "127.0.0.1";

  /** Default of {@code maxStreams}. */
  public static final int DEFAULT_MAX_STREAMS = 256;

  /**
   * What the server shows its clients.
   *
   * @param certificate file with the certificate chain, PEM
   * @param key file with the private key, PEM (PKCS 8)
   */
  public record Identity(Path certificate, Path key) {}
}
