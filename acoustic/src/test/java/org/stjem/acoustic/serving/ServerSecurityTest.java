package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.GetModelRequest;
import org.stjem.proto.v1.ListModelsRequest;
import org.stjem.proto.v1.ListModelsResponse;
import org.stjem.proto.v1.LoadModelRequest;
import org.stjem.proto.v1.ModelAdminServiceGrpc;
import org.stjem.proto.v1.ReloadModelRequest;
import org.stjem.proto.v1.UnloadModelRequest;

/** Who is let in, over TCP on the loopback interface. */
@Timeout(60)
class ServerSecurityTest {
  private static final String TOKEN = "correct-horse-battery";
  private static final String ADMIN_TOKEN = "staple-admin-0123456789";

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ServerOptions options = TestServers.options(4);

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private AcousticModelServer serve() {
    AcousticModelServer server = TestServers.serve(new FakeAcousticModel(6, 4), options);
    open.add(server);
    return server;
  }

  private ManagedChannel channel(AcousticModelServer server, ChannelCredentials credentials) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port(), credentials).build();
    open.add(channel::shutdownNow);
    return channel;
  }

  private static <S extends AbstractStub<S>> S with(S stub, String authorization) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static int pdfs(AcousticModelServiceGrpc.AcousticModelServiceBlockingStub stub) {
    return stub.withDeadlineAfter(20, TimeUnit.SECONDS)
        .getModel(GetModelRequest.getDefaultInstance())
        .getModel()
        .getNumPdfs();
  }

  private int pdfs(AcousticModelServer server, ChannelCredentials credentials) {
    return pdfs(AcousticModelServiceGrpc.newBlockingStub(channel(server, credentials)));
  }

  private static Status status(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return ((StatusRuntimeException) org.assertj.core.api.Assertions.catchThrowable(call))
        .getStatus();
  }

  @Test
  void tokens_missingOrWrong_areRefused() throws IOException {
    options.tokenFile =
        Files.writeString(
            folder.resolve("tokens"), "# ours\n\nsome-other-token-1\n" + TOKEN + "\n");
    ManagedChannel channel = channel(serve(), InsecureChannelCredentials.create());
    AcousticModelServiceGrpc.AcousticModelServiceBlockingStub stub =
        AcousticModelServiceGrpc.newBlockingStub(channel);
    Status missing = status(() -> pdfs(stub));
    assertThat(missing.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(missing.getDescription())
        .isEqualTo("this server wants a bearer token in the metadata entry 'authorization'");
    for (String wrong : List.of("Bearer " + TOKEN + "x", "Bearer ", "Basic " + TOKEN, TOKEN)) {
      Status status = status(() -> pdfs(with(stub, wrong)));
      assertThat(status.getCode()).as(wrong).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(status.getDescription()).doesNotContain(TOKEN);
    }
    assertThat(pdfs(with(stub, "Bearer " + TOKEN))).isEqualTo(4);
    assertThat(pdfs(with(stub, "bearer some-other-token-1"))).isEqualTo(4);
    HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
  }

  @Test
  void admin_withoutItsTokens_isNotOffered() {
    ModelAdminServiceGrpc.ModelAdminServiceBlockingStub admin =
        ModelAdminServiceGrpc.newBlockingStub(
            channel(serve(), InsecureChannelCredentials.create()));
    assertThat(status(() -> admin.reloadModel(ReloadModelRequest.getDefaultInstance())).getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void admin_withItsToken_loadsAndUnloads() throws IOException {
    options.tokenFile = Files.writeString(folder.resolve("tokens"), TOKEN);
    options.adminTokenFile = Files.writeString(folder.resolve("admin"), ADMIN_TOKEN);
    ManagedChannel channel = channel(serve(), InsecureChannelCredentials.create());
    ModelAdminServiceGrpc.ModelAdminServiceBlockingStub anybody =
        ModelAdminServiceGrpc.newBlockingStub(channel);
    assertThat(
            status(
                    () ->
                        with(anybody, "Bearer " + TOKEN)
                            .reloadModel(ReloadModelRequest.getDefaultInstance()))
                .getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    ModelAdminServiceGrpc.ModelAdminServiceBlockingStub admin =
        with(anybody, "Bearer " + ADMIN_TOKEN);
    assertThat(admin.reloadModel(ReloadModelRequest.getDefaultInstance()).getChanged()).isFalse();
    admin.loadModel(
        LoadModelRequest.newBuilder()
            .setModelName("other")
            .setModelVersion("7")
            .setFolder("fake")
            .build());
    ListModelsResponse models =
        with(AcousticModelServiceGrpc.newBlockingStub(channel), "Bearer " + TOKEN)
            .listModels(ListModelsRequest.getDefaultInstance());
    assertThat(models.getDefaultModelName()).isEqualTo("fake");
    assertThat(models.getModelsList())
        .extracting(model -> model.getName() + ":" + model.getVersion())
        .containsExactly("fake:3", "other:7");
    admin.unloadModel(
        UnloadModelRequest.newBuilder().setModelName("fake").setModelVersion("3").build());
    Status last =
        status(
            () ->
                admin.unloadModel(
                    UnloadModelRequest.newBuilder()
                        .setModelName("other")
                        .setModelVersion("7")
                        .build()));
    assertThat(last.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(
            status(
                    () ->
                        admin.loadModel(
                            LoadModelRequest.newBuilder()
                                .setModelName("a b")
                                .setModelVersion("1")
                                .build()))
                .getDescription())
        .startsWith("model name 'a b'");
  }

  @Test
  void tokenFile_unusable_isNamed() throws IOException {
    options.tokenFile = folder.resolve("nothing");
    assertThatThrownBy(this::serve)
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("cannot read tokens from " + options.tokenFile);
    options.tokenFile = Files.writeString(folder.resolve("empty"), "# none\n");
    assertThatThrownBy(this::serve).hasMessage(options.tokenFile + " holds no token");
    options.tokenFile = Files.writeString(folder.resolve("short"), "1234\n");
    assertThatThrownBy(this::serve)
        .hasMessage(options.tokenFile + ": a token has fewer than 16 characters: 4");
  }

  @Test
  void otherInterfaces_withoutTls_mustBeAllowed() {
    options.host = "0.0.0.0";
    assertThatThrownBy(this::serve)
        .isInstanceOf(StjemException.class)
        .hasMessageStartingWith("cannot listen on 0.0.0.0:0 without --tls-cert")
        .hasMessageEndingWith("--allow-insecure permits that");
    options.allowInsecure = true;
    assertThat(serve().port()).isPositive();
  }

  @Test
  void mutualTls_wantsACertificateOfTheAuthority() throws IOException {
    TestCertificates.Identity server = TestCertificates.SERVER;
    TestCertificates.Identity client = TestCertificates.CLIENT;
    options.tlsCert = server.certificate();
    options.tlsKey = server.key();
    options.tlsClientCa = client.certificate();
    AcousticModelServer served = serve();
    assertThat(pdfs(served, credentials(server, client))).isEqualTo(4);
    assertThat(status(() -> pdfs(served, credentials(server, TestCertificates.STRANGER))).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    ChannelCredentials none =
        TlsChannelCredentials.newBuilder().trustManager(server.certificate().toFile()).build();
    assertThat(status(() -> pdfs(served, none)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(pdfs(served, credentials(server, client))).isEqualTo(4);
  }

  @Test
  void expiredCertificate_isNotBelieved() throws IOException {
    options.tlsCert = TestCertificates.SERVER.certificate();
    options.tlsKey = TestCertificates.SERVER.key();
    options.tlsClientCa = TestCertificates.AUTHORITY;
    AcousticModelServer served = serve();
    Status ofClient =
        status(() -> pdfs(served, credentials(TestCertificates.SERVER, TestCertificates.EXPIRED)));
    assertThat(ofClient.getCode()).isEqualTo(Status.Code.UNAVAILABLE);

    options.tlsCert = TestCertificates.EXPIRED.certificate();
    options.tlsKey = TestCertificates.EXPIRED.key();
    options.tlsClientCa = null;
    AcousticModelServer outdated = serve();
    ChannelCredentials trusting =
        TlsChannelCredentials.newBuilder()
            .trustManager(TestCertificates.AUTHORITY.toFile())
            .build();
    Status ofServer = status(() -> pdfs(outdated, trusting));
    assertThat(ofServer.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(ofServer.getCause()).hasStackTraceContaining("CertificateExpiredException");
  }

  private static ChannelCredentials credentials(
      TestCertificates.Identity server, TestCertificates.Identity client) throws IOException {
    return TlsChannelCredentials.newBuilder()
        .trustManager(server.certificate().toFile())
        .keyManager(client.certificate().toFile(), client.key().toFile())
        .build();
  }

  @Test
  void metrics_areServedOverHttp() throws Exception {
    options.metricsPort = 0;
    AcousticModelServer served = serve();
    FakeAcousticModel model = new FakeAcousticModel(6, 4);
    try (ScoringClient client =
        ScoringClient.connect(
            ServerOptions.LOOPBACK + ":" + served.port(), java.util.Optional.empty())) {
      client
          .score(org.stjem.proto.v1.ScoreStart.getDefaultInstance(), model.features(200, 1))
          .join();
    }
    String text = metrics(served.metricsPort().orElseThrow());
    assertThat(text)
        .contains(
            "stjem_streams_total{status=\"OK\"} 1.0",
            "stjem_rows_total{model=\"fake:3\"} 200.0",
            "stjem_speech_seconds_total{model=\"fake:3\"} 2.0",
            "stjem_open_streams 0.0",
            "stjem_held_bytes 0.0",
            "stjem_batch_rows_bucket{model=\"fake:3\",le=\"256.0\"}",
            "stjem_queue_seconds_count{model=\"fake:3\"}",
            "stjem_compute_seconds_total{model=\"fake:3\"}");
  }

  @Test
  void metrics_halfSentRequests_keepNobodyFromReading() throws Exception {
    options.metricsPort = 0;
    int port = serve().metricsPort().orElseThrow();
    for (int i = 0; i < 40; i++) {
      Socket half = new Socket(ServerOptions.LOOPBACK, port);
      open.add(half);
      half.getOutputStream().write("GET /metrics HT".getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(metrics(port)).contains("stjem_open_streams 0.0");
  }

  @Test
  void metrics_modelsThatAreGoneOrNeverCame_areNotKept() throws Exception {
    options.metricsPort = 0;
    options.adminTokenFile = Files.writeString(folder.resolve("admin"), ADMIN_TOKEN);
    AcousticModelServer served =
        AcousticModelServer.start(
            List.of(new ModelSource("fake", "3", Path.of("fake"))),
            from -> {
              if (from.startsWith("broken")) {
                throw new StjemException("broken");
              }
              return LoadedModel.of(new FakeAcousticModel(6, 4), "f", from);
            },
            options);
    open.add(served);
    int port = served.metricsPort().orElseThrow();
    ModelAdminServiceGrpc.ModelAdminServiceBlockingStub admin =
        with(
            ModelAdminServiceGrpc.newBlockingStub(
                channel(served, InsecureChannelCredentials.create())),
            "Bearer " + ADMIN_TOKEN);
    LoadModelRequest load = LoadModelRequest.newBuilder().setModelVersion("1").build();
    for (int i = 0; i < 3; i++) {
      LoadModelRequest broken = load.toBuilder().setModelName("no" + i).setFolder("broken").build();
      assertThat(status(() -> admin.loadModel(broken)).getCode())
          .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }
    admin.loadModel(load.toBuilder().setModelName("brief").setFolder("brief").build());
    assertThat(metrics(port)).contains("stjem_rows_total{model=\"brief:1\"} 0.0");
    admin.unloadModel(
        UnloadModelRequest.newBuilder().setModelName("brief").setModelVersion("1").build());
    assertThat(metrics(port))
        .contains(
            "stjem_model_faults_total{model=\"other\"} 3.0",
            "stjem_rows_total{model=\"fake:3\"} 0.0")
        .doesNotContain("brief", "no0:1");
  }

  @Test
  void admin_namesWithoutEnd_areRefusedShortly() throws IOException {
    options.adminTokenFile = Files.writeString(folder.resolve("admin"), ADMIN_TOKEN);
    ModelAdminServiceGrpc.ModelAdminServiceBlockingStub admin =
        with(
            ModelAdminServiceGrpc.newBlockingStub(
                channel(serve(), InsecureChannelCredentials.create())),
            "Bearer " + ADMIN_TOKEN);
    LoadModelRequest request =
        LoadModelRequest.newBuilder()
            .setModelName("n".repeat(1 << 20))
            .setModelVersion("1")
            .setFolder("fake")
            .build();
    Status name = status(() -> admin.loadModel(request));
    assertThat(name.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(name.getDescription())
        .isEqualTo(
            "model name '"
                + "n".repeat(200)
                + "… (1048576 characters)' is longer than 128 characters");
    Status path =
        status(
            () ->
                admin.loadModel(
                    request.toBuilder().setModelName("n").setFolder("/".repeat(1 << 20)).build()));
    assertThat(path.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(path.getDescription()).endsWith("is longer than a path can be");
  }

  private static String metrics(int port) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://" + ServerOptions.LOOPBACK + ":" + port + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }
}
