package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;

@Timeout(60)
class TlsTest {
  @TempDir private Path folder;

  private static AcousticModelServer serve(TestCertificates.Identity identity) {
    ServerOptions options = TestServers.options(1);
    options.tlsCert = identity.certificate();
    options.tlsKey = identity.key();
    return TestServers.serve(new FakeAcousticModel(6, 4), options);
  }

  @Test
  void client_thatTrustsTheServer_isServedAndOthersAreNot() throws Exception {
    TestCertificates.Identity identity = TestCertificates.SERVER;
    try (AcousticModelServer server = serve(identity)) {
      String address = ServerOptions.LOOPBACK + ":" + server.port();
      try (ScoringClient client =
          ScoringClient.connect(address, Optional.of(identity.certificate()))) {
        assertThat(client.modelInfo("").getNumPdfs()).isEqualTo(4);
      }
      Path stranger = TestCertificates.STRANGER.certificate();
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
    assertThatThrownBy(
            () ->
                serve(
                    new TestCertificates.Identity(TestCertificates.SERVER.certificate(), missing)))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("missing.key");
  }

  @Test
  void start_withBrokenCertificate_saysSo() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.crt"), "not a certificate");
    assertThatThrownBy(
            () -> serve(new TestCertificates.Identity(broken, TestCertificates.SERVER.key())))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("broken.crt");
  }
}
