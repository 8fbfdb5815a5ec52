package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.GetModelRequest;

/** Certificates, keys, authorities and tokens that change while a server runs. */
@Timeout(60)
class CredentialsTest {
  private static final String OLD = "old-token-0123456789";
  private static final String NEW = "new-token-0123456789";

  @TempDir private Path folder;
  private final ServerOptions options = TestServers.options(4);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Logger logger = Logger.getLogger(WatchedFiles.class.getName());
  private final Handler recorder =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          log.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    options.credentialsPause = Duration.ofMillis(10);
    logger.addHandler(recorder);
  }

  @AfterEach
  void listenNoMore() {
    logger.removeHandler(recorder);
  }

  private AcousticModelServer serve() {
    return TestServers.serve(new FakeAcousticModel(6, 4), options);
  }

  private static ManagedChannel connection(
      AcousticModelServer server, ChannelCredentials credentials) {
    return NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port(), credentials)
        .build();
  }

  /** How a call ends. */
  private static Status.Code call(ManagedChannel channel, String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    try {
      AcousticModelServiceGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .getModel(GetModelRequest.getDefaultInstance());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  /** How a call on a new connection ends. */
  private static Status.Code call(
      AcousticModelServer server, ChannelCredentials credentials, String token) {
    ManagedChannel channel = connection(server, credentials);
    try {
      return call(channel, token);
    } finally {
      channel.shutdownNow();
    }
  }

  /** Puts a file in place of another, as those do who renew certificates. */
  private void replace(Path file, byte[] content) throws IOException {
    Path beside = Files.write(folder.resolve("new"), content);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private void awaitLog(String line) throws InterruptedException {
    while (log.stream().noneMatch(logged -> logged.contains(line))) {
      Thread.sleep(5);
    }
  }

  @Test
  void tokens_thatChange_areTaken() throws Exception {
    options.tokenFile = Files.writeString(folder.resolve("tokens"), OLD + "\n");
    ChannelCredentials plain = InsecureChannelCredentials.create();
    try (AcousticModelServer server = serve()) {
      assertThat(call(server, plain, OLD)).isEqualTo(Status.Code.OK);
      assertThat(call(server, plain, NEW)).isEqualTo(Status.Code.UNAUTHENTICATED);
      replace(options.tokenFile, "short\n".getBytes(StandardCharsets.UTF_8));
      awaitLog(
          "event=credentials-broken what=\"tokens "
              + options.tokenFile
              + "\" reason=\""
              + options.tokenFile
              + ": a token has fewer than 16 characters: 5\"; the old ones stay in use");
      assertThat(call(server, plain, OLD)).isEqualTo(Status.Code.OK);
      replace(options.tokenFile, NEW.getBytes(StandardCharsets.UTF_8));
      awaitLog("event=credentials-changed");
      assertThat(call(server, plain, NEW)).isEqualTo(Status.Code.OK);
      assertThat(call(server, plain, OLD)).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(log.stream().filter(line -> line.contains("credentials-broken"))).hasSize(1);
    }
  }

  @Test
  void certificates_thatChange_areShownToNewConnections() throws Exception {
    options.tlsCert = folder.resolve("server.crt");
    options.tlsKey = folder.resolve("server.key");
    TestCertificates.Identity first = TestCertificates.SERVER;
    TestCertificates.Identity second = TestCertificates.STRANGER;
    Files.copy(first.certificate(), options.tlsCert);
    Files.copy(first.key(), options.tlsKey);
    try (AcousticModelServer server = serve()) {
      assertThat(call(server, trusting(first), "")).isEqualTo(Status.Code.OK);
      assertThat(call(server, trusting(second), "")).isEqualTo(Status.Code.UNAVAILABLE);

      replace(options.tlsCert, Files.readAllBytes(second.certificate()));
      awaitLog("the key is not that of the certificate\"; the old ones stay in use");
      replace(options.tlsCert, "not a certificate".getBytes(StandardCharsets.UTF_8));
      awaitLog("reason=\"cannot use certificate " + options.tlsCert);
      replace(options.tlsCert, Files.readAllBytes(TestCertificates.EXPIRED.certificate()));
      awaitLog("NotAfter: Thu Jan 02");
      assertThat(call(server, trusting(first), "")).isEqualTo(Status.Code.OK);

      replace(options.tlsKey, Files.readAllBytes(second.key()));
      replace(options.tlsCert, Files.readAllBytes(second.certificate()));
      awaitLog("event=credentials-changed");
      assertThat(call(server, trusting(second), "")).isEqualTo(Status.Code.OK);
      assertThat(call(server, trusting(first), "")).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void clientAuthorities_thatChange_decideOnNewConnectionsAndOldOnes() throws Exception {
    options.tlsCert = TestCertificates.SERVER.certificate();
    options.tlsKey = TestCertificates.SERVER.key();
    options.tlsClientCa = folder.resolve("clients.crt");
    Files.copy(TestCertificates.CLIENT.certificate(), options.tlsClientCa);
    try (AcousticModelServer server = serve()) {
      ManagedChannel old = connection(server, showing(TestCertificates.CLIENT));
      assertThat(call(old, "")).isEqualTo(Status.Code.OK);
      assertThat(call(server, showing(TestCertificates.STRANGER), ""))
          .isEqualTo(Status.Code.UNAVAILABLE);
      replace(options.tlsClientCa, Files.readAllBytes(TestCertificates.STRANGER.certificate()));
      awaitLog("event=credentials-changed");
      assertThat(call(server, showing(TestCertificates.STRANGER), "")).isEqualTo(Status.Code.OK);
      assertThat(call(old, "")).isEqualTo(Status.Code.UNAUTHENTICATED);
      old.shutdownNow();
      assertThat(call(server, showing(TestCertificates.CLIENT), ""))
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  private static ChannelCredentials trusting(TestCertificates.Identity server) throws IOException {
    return TlsChannelCredentials.newBuilder().trustManager(server.certificate().toFile()).build();
  }

  private static ChannelCredentials showing(TestCertificates.Identity client) throws IOException {
    return TlsChannelCredentials.newBuilder()
        .trustManager(TestCertificates.SERVER.certificate().toFile())
        .keyManager(client.certificate().toFile(), client.key().toFile())
        .build();
  }

  @Test
  void secretsThatEveryUserCanRead_areWarnedOf() throws Exception {
    options.tokenFile = Files.writeString(folder.resolve("tokens"), OLD);
    Files.setPosixFilePermissions(options.tokenFile, PosixFilePermissions.fromString("rw-r-----"));
    serve().close();
    assertThat(log).isEmpty();
    Files.setPosixFilePermissions(options.tokenFile, PosixFilePermissions.fromString("rw-r--r--"));
    options.tlsCert = TestCertificates.SERVER.certificate();
    options.tlsKey = folder.resolve("server.key");
    Files.copy(TestCertificates.SERVER.key(), options.tlsKey);
    Files.setPosixFilePermissions(options.tlsKey, PosixFilePermissions.fromString("rw----r--"));
    serve().close();
    assertThat(log)
        .containsExactly(
            "every user of this machine can read "
                + options.tlsKey
                + "; chmod o-r would change that",
            "every user of this machine can read "
                + options.tokenFile
                + "; chmod o-r would change that");
  }
}
