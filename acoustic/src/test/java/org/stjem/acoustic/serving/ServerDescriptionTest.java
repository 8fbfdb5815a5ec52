package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.ModelInfo;

/** What a server says of itself and its model, over TCP on the loopback interface. */
@Timeout(60)
class ServerDescriptionTest {
  private AcousticModelServer server;
  private ManagedChannel channel;
  private ScoringClient client;

  @BeforeEach
  void serve() {
    server = TestServers.serve(new FakeAcousticModel(6, 40), 1);
    channel =
        NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port())
            .usePlaintext()
            .build();
    client = ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.port(), Optional.empty());
  }

  @AfterEach
  void close() {
    client.close();
    channel.shutdownNow();
    server.close();
  }

  @Test
  void modelInfo_describesTheModel() {
    ModelInfo info = client.modelInfo("");
    assertThat(info)
        .isEqualTo(
            ModelInfo.newBuilder()
                .setName("fake")
                .setVersion("3")
                .setIsDefaultVersion(true)
                .setFingerprint(TestServers.FINGERPRINT)
                .setAudioSampleRateHz(16000)
                .setAudioRowsAfterEnd(true)
                .setNumPdfs(40)
                .setFeatureDim(6)
                .setLeftContext(4)
                .setRightContext(4)
                .setFrameShiftMs(10)
                .setFrameSubsamplingFactor(1)
                .putFeatureOptions("num-mel-bins", "6")
                .putFeatureOptions("low-freq", "20")
                .setFeatureOptionsHash(
                    "1aea4e5316618a02e1a9d2bf10820777486222cb267bd196c439719abf8f1d21")
                .setFeatureNormalisation("per-utterance mean")
                .setHasPriors(true)
                .setPriorScale(1)
                .setAcousticScale(1)
                .setTrainingObjective("st-jem")
                .setArchitecture("mlp 9x6-40 silu")
                .setSeed(17)
                .setRevision("unknown")
                .addAllInputMean(Collections.nCopies(6, 0f))
                .addAllInputStddev(Collections.nCopies(6, 0f))
                .build());
    assertThatThrownBy(() -> client.modelInfo("other"))
        .isInstanceOf(ScoringException.class)
        .hasMessageEndingWith("NOT_FOUND: no model 'other'; there is 'fake:3'");
  }

  @Test
  void health_isServing() {
    for (String service : List.of("", "stjem.v1.AcousticModelService")) {
      assertThat(
              HealthGrpc.newBlockingStub(channel)
                  .check(HealthCheckRequest.newBuilder().setService(service).build())
                  .getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void reflection_listsTheService() {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> question =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable fault) {
                    answer.completeExceptionally(fault);
                  }

                  @Override
                  public void onCompleted() {}
                });
    question.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    assertThat(answer.join().getListServicesResponse().getServiceList())
        .anyMatch(service -> service.getName().equals("stjem.v1.AcousticModelService"));
    question.onCompleted();
  }

  @Test
  void start_portInUse_saysSo() throws IOException {
    try (ServerSocket taken =
        new ServerSocket(0, 1, InetAddress.getByName(ServerOptions.LOOPBACK))) {
      ServerOptions options = TestServers.options(1);
      options.port = taken.getLocalPort();
      assertThatThrownBy(() -> TestServers.serve(new FakeAcousticModel(6, 4), options))
          .isInstanceOf(StjemException.class)
          .hasMessageMatching(
              "cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": .*Address already in use");
    }
  }
}
