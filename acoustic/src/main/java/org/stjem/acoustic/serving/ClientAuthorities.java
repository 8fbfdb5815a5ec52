package org.stjem.acoustic.serving;

import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The authorities of clients' certificates, which may change. Clients are not told which they are:
 * TLS would go on naming the first ones, and clients with certificates of others show none then.
 */
final class ClientAuthorities extends X509ExtendedTrustManager {
  private final AdvancedTlsX509TrustManager current;

  /** Nobody is trusted yet. */
  ClientAuthorities() throws CertificateException {
    current = AdvancedTlsX509TrustManager.newBuilder().build();
  }

  /** Trusts those whose certificates these authorities signed, and nobody else. */
  void set(X509Certificate[] authorities) throws IOException, GeneralSecurityException {
    current.updateTrustCredentials(authorities);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm)
      throws CertificateException {
    current.checkClientTrusted(chain, algorithm);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm, Socket socket)
      throws CertificateException {
    current.checkClientTrusted(chain, algorithm, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine)
      throws CertificateException {
    current.checkClientTrusted(chain, algorithm, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String algorithm)
      throws CertificateException {
    current.checkServerTrusted(chain, algorithm);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String algorithm, Socket socket)
      throws CertificateException {
    current.checkServerTrusted(chain, algorithm, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine)
      throws CertificateException {
    current.checkServerTrusted(chain, algorithm, engine);
  }
}
