package org.stjem.acoustic.serving;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The authorities of clients' certificates, which may change. Clients are not told which they are:
 * TLS would go on naming the first ones, and clients with certificates of others show none then.
 * Thread-safe.
 */
final class ClientAuthorities extends X509ExtendedTrustManager {
  /** What is trusted now, and how often that has changed. */
  private record Trusted(X509ExtendedTrustManager authorities, int number) {}

  private volatile Trusted trusted;

  /** Trusts those whose certificates these authorities signed, and nobody else. */
  void set(X509Certificate[] authorities) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < authorities.length; i++) {
      store.setCertificateEntry(String.valueOf(i), authorities[i]);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    Trusted before = trusted;
    trusted =
        new Trusted(
            (X509ExtendedTrustManager) factory.getTrustManagers()[0],
            before == null ? 0 : before.number() + 1);
  }

  /**
   * A connection whose client is asked for its certificate. TLS looks at it when a connection
   * begins, and not even then if the connection goes on from an earlier one.
   */
  final class Connection {
    private final SSLSession session;
    private volatile Checked last = new Checked(0, true);

    /** What was found when authorities of that number were trusted; one value, for all threads. */
    private record Checked(int number, boolean good) {}

    /** One that was found good, or that goes on from one that the first authorities found good. */
    Connection(SSLSession session) {
      this.session = session;
    }

    /** Whether its certificate is that of one of the present authorities. */
    boolean isTrusted() {
      Trusted now = trusted;
      Checked found = last;
      if (found.number() != now.number()) {
        found = new Checked(now.number(), isTrustedBy(now.authorities()));
        last = found;
      }
      return found.good();
    }

    private boolean isTrustedBy(X509ExtendedTrustManager authorities) {
      try {
        Certificate[] chain = session.getPeerCertificates();
        X509Certificate[] certificates = new X509Certificate[chain.length];
        for (int i = 0; i < chain.length; i++) {
          certificates[i] = (X509Certificate) chain[i];
        }
        authorities.checkClientTrusted(certificates, certificates[0].getPublicKey().getAlgorithm());
        return true;
      } catch (SSLPeerUnverifiedException | CertificateException e) {
        return false;
      }
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm)
      throws CertificateException {
    trusted.authorities().checkClientTrusted(chain, algorithm);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm, Socket socket)
      throws CertificateException {
    trusted.authorities().checkClientTrusted(chain, algorithm, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine)
      throws CertificateException {
    trusted.authorities().checkClientTrusted(chain, algorithm, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String algorithm)
      throws CertificateException {
    trusted.authorities().checkServerTrusted(chain, algorithm);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String algorithm, Socket socket)
      throws CertificateException {
    trusted.authorities().checkServerTrusted(chain, algorithm, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine)
      throws CertificateException {
    trusted.authorities().checkServerTrusted(chain, algorithm, engine);
  }
}
