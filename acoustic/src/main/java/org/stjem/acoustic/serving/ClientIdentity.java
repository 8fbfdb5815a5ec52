package org.stjem.acoustic.serving;

import io.grpc.Attributes;
import io.grpc.Grpc;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.HexFormat;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.stjem.acoustic.network.ClientAddress;

/**
 * Whom a call comes from, as far as the server can tell: turns and places are shared out by it.
 * Clients that share a token or a certificate are told apart by their addresses, clients behind one
 * address by what they show.
 *
 * @param credential a digest of the bearer token, else of the certificate; empty if there is none
 * @param address where the connection comes from
 */
record ClientIdentity(String credential, String address) {
  /** A client of whom nothing is known. */
  static final ClientIdentity UNKNOWN = new ClientIdentity("", "unknown");

  /** The client of a connection, whatever its calls show. */
  static ClientIdentity of(Attributes connection) {
    return new ClientIdentity(
        certificate(connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION)),
        ClientAddress.of(connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)).text());
  }

  private static String certificate(SSLSession session) {
    if (session == null) {
      return "";
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return "certificate " + digest(chain[0].getEncoded());
    } catch (SSLPeerUnverifiedException e) {
      // The server does not ask for certificates.
      return "";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was verified has no encoding", e);
    }
  }

  /** The same client, known by an {@code authorization} entry that was found good. */
  ClientIdentity showing(String authorization) {
    return new ClientIdentity(
        "token " + digest(authorization.getBytes(StandardCharsets.UTF_8)), address);
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
