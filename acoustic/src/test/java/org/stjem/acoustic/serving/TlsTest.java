package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;

@Timeout(60)
class TlsTest {
  private static final String PASSWORD = "secret";

  @TempDir private Path folder;

  /** Files with a certificate and its private key. */
  private record Identity(Path certificate, Path key) {}

  /** Makes a self-signed certificate of 127.0.0.1 with the JDK's own tool. */
  private Identity identity(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String messages = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(messages).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    Key key = keys.getKey(name, PASSWORD.toCharArray());
    return new Identity(
        pem(name + ".crt", "CERTIFICATE", keys.getCertificate(name).getEncoded()),
        pem(name + ".key", "PRIVATE KEY", key.getEncoded()));
  }

  private Path pem(String file, String kind, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
  }

  private static AcousticModelServer serve(Identity identity) {
    ServerOptions options = TestServers.options(1);
    options.tlsCert = identity.certificate();
    options.tlsKey = identity.key();
    return TestServers.serve(new FakeAcousticModel(6, 4), options);
  }

  @Test
  void client_thatTrustsTheServer_isServedAndOthersAreNot() throws Exception {
    Identity identity = identity("server");
    try (AcousticModelServer server = serve(identity)) {
      String address = ServerOptions.LOOPBACK + ":" + server.port();
      try (ScoringClient client =
          ScoringClient.connect(address, Optional.of(identity.certificate()))) {
        assertThat(client.modelInfo("").getNumPdfs()).isEqualTo(4);
      }
      Path stranger = identity("stranger").certificate();
      try (ScoringClient client = ScoringClient.connect(address, Optional.of(stranger))) {
        assertThatThrownBy(() -> client.modelInfo(""))
            .isInstanceOf(ScoringException.class)
            .hasMessageContaining("UNAVAILABLE");
      }
      try (ScoringClient client = ScoringClient.connect(address, Optional.empty())) {
        assertThatThrownBy(() -> client.modelInfo(""))
            .isInstanceOf(ScoringException.class)
            .hasMessageContaining("UNAVAILABLE");
      }
    }
  }

  @Test
  void start_withoutReadableKey_saysSo() throws Exception {
    Path missing = folder.resolve("missing.key");
    assertThatThrownBy(() -> serve(new Identity(identity("server").certificate(), missing)))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("missing.key");
  }

  @Test
  void start_withBrokenCertificate_saysSo() throws Exception {
    Identity identity = identity("server");
    Files.writeString(identity.certificate(), "not a certificate");
    assertThatThrownBy(() -> serve(identity))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("server.crt");
  }
}
