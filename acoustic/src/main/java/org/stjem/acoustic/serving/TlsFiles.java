package org.stjem.acoustic.serving;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.stjem.frontend.io.StjemException;

/**
 * A server's certificate and key, and the authorities of its clients' certificates, read again when
 * their files change. New connections get what was read last.
 */
final class TlsFiles {
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final Optional<ClientAuthorities> authorities;
  private final List<WatchedFiles> files = new ArrayList<>();

  /**
   * Reads the files for the first time.
   *
   * @throws StjemException if one cannot be used; names it
   */
  TlsFiles(Path certificate, Path key, Optional<Path> clientAuthorities) {
    String what = "certificate " + certificate + " and key " + key;
    files.add(
        new WatchedFiles(
            what,
            List.of(certificate, key),
            again ->
                using(
                    what,
                    () -> {
                      readIdentity(certificate, key, again);
                      WatchedFiles.warnIfPublic(key);
                    })));
    authorities = clientAuthorities.map(this::authorities);
  }

  private ClientAuthorities authorities(Path file) {
    String what = "client authorities " + file;
    ClientAuthorities trusted = new ClientAuthorities();
    files.add(
        new WatchedFiles(
            what, List.of(file), again -> using(what, () -> trusted.set(certificates(file)))));
    return trusted;
  }

  /** What reads files and may find them no good. */
  private interface Use {
    void run() throws IOException, GeneralSecurityException;
  }

  private static void using(String what, Use use) {
    try {
      use.run();
    } catch (StjemException e) {
      throw e;
    } catch (GeneralSecurityException | RuntimeException e) {
      // The library's own parser lets faults of what it parses through.
      throw new StjemException("cannot use " + what + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StjemException("cannot use " + what + ": " + reason(e), e);
    }
  }

  /** With the name of the file, of which there may be two. */
  private static String reason(IOException fault) {
    return fault instanceof FileSystemException system
        ? system.getFile() + ": " + StjemException.reason(fault)
        : StjemException.reason(fault);
  }

  private void readIdentity(Path certificate, Path key, boolean again)
      throws IOException, GeneralSecurityException {
    X509Certificate[] chain = certificates(certificate);
    PrivateKey secret;
    try (InputStream in = Files.newInputStream(key)) {
      secret = CertificateUtils.getPrivateKey(in);
    }
    if (again) {
      // Better an old one that may still be valid.
      chain[0].checkValidity();
    }
    requirePair(chain[0], secret);
    keys.updateIdentityCredentials(chain, secret);
  }

  private static X509Certificate[] certificates(Path file)
      throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(file)) {
      X509Certificate[] certificates = CertificateUtils.getX509Certificates(in);
      if (certificates.length == 0) {
        throw new StjemException(file + " holds no certificate");
      }
      return certificates;
    }
  }

  /** Refuses a key that is not the certificate's: what it signs would not be believed. */
  private static void requirePair(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    byte[] words = {1, 2, 3};
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(words);
    byte[] signature = signer.sign();
    boolean fits;
    try {
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(words);
      fits = verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // Of another kind.
      fits = false;
    }
    if (!fits) {
      throw new StjemException("the key is not that of the certificate");
    }
  }

  /** What the server shows and demands. */
  ServerCredentials credentials() {
    TlsServerCredentials.Builder tls = TlsServerCredentials.newBuilder().keyManager(keys);
    authorities.ifPresent(
        trust -> tls.trustManager(trust).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE));
    return tls.build();
  }

  /** The authorities of clients' certificates, if clients must show one. */
  Optional<ClientAuthorities> authorities() {
    return authorities;
  }

  /** The files, to look whether they have changed. */
  List<WatchedFiles> files() {
    return files;
  }
}
