package org.stjem.acoustic.serving;

import java.nio.file.Path;

/** Certificates of 127.0.0.1 among the test resources, where {@code make.sh} made them. */
final class TestCertificates {
  private static final Path FOLDER =
      Path.of(System.getProperty("stjem.root"), "acoustic/src/test/resources/tls");

  /** A server's, self-signed. */
  static final Identity SERVER = of("server");

  /** A client's, self-signed. */
  static final Identity CLIENT = of("client");

  /** Of somebody nobody knows, self-signed. */
  static final Identity STRANGER = of("stranger");

  /** Signed by {@link #AUTHORITY}, but no longer valid. */
  static final Identity EXPIRED = of("expired");

  /** The certificate of an authority. */
  static final Path AUTHORITY = FOLDER.resolve("authority.crt");

  private TestCertificates() {}

  /** Files with a certificate and its private key. */
  record Identity(Path certificate, Path key) {}

  private static Identity of(String name) {
    return new Identity(FOLDER.resolve(name + ".crt"), FOLDER.resolve(name + ".key"));
  }
}
