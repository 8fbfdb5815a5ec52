package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.GetModelRequest;
import org.stjem.proto.v1.GetModelResponse;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/** Messages that cannot be read, over TCP on the loopback interface. */
@Timeout(60)
class MessageGuardTest {
  private final FakeAcousticModel model = new FakeAcousticModel(6, 4);
  private AcousticModelServer server;
  private ManagedChannel channel;

  @BeforeEach
  void serve() {
    ServerOptions options = TestServers.options(4);
    options.maxMessageKib = 64;
    server = TestServers.serve(model, options);
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.close();
  }

  private ManagedChannel channel(CompressorRegistry compressors) {
    channel =
        NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port())
            .usePlaintext()
            .compressorRegistry(compressors)
            .build();
    return channel;
  }

  /** What it says is gzip is other bytes. */
  private ManagedChannel brokenCompression() {
    CompressorRegistry broken = CompressorRegistry.newEmptyInstance();
    broken.register(
        new Codec() {
          @Override
          public String getMessageEncoding() {
            return "gzip";
          }

          @Override
          public OutputStream compress(OutputStream out) {
            return out;
          }

          @Override
          public InputStream decompress(InputStream in) {
            return in;
          }
        });
    return channel(broken);
  }

  /** The status of a stream that sends what cannot be read, after its start message. */
  private Status scored(ManagedChannel to, ScoreRequest request) {
    CompletableFuture<Status> end = new CompletableFuture<>();
    StreamObserver<ScoreRequest> requests =
        AcousticModelServiceGrpc.newStub(to)
            .withCompression("gzip")
            .score(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ScoreResponse response) {}

                  @Override
                  public void onError(Throwable fault) {
                    end.complete(Status.fromThrowable(fault));
                  }

                  @Override
                  public void onCompleted() {
                    end.complete(Status.OK);
                  }
                });
    requests.onNext(ScoreRequest.newBuilder().setStart(ScoreStart.getDefaultInstance()).build());
    requests.onNext(request);
    return end.join();
  }

  private static ScoreRequest zeros(int bytes) {
    return ScoreRequest.newBuilder()
        .setFeatures(Features.newBuilder().setData(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  private void assertServesOthers() {
    assertThat(server.openStreams()).isZero();
    try (ScoringClient client =
        ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.port(), Optional.empty())) {
      assertThat(
              client
                  .score(ScoreStart.getDefaultInstance(), model.features(9, 1))
                  .join()
                  .rows()
                  .rows())
          .isEqualTo(9);
    }
  }

  @Test
  void score_messageThatInflatesBeyondTheLimit_isResourceExhausted() {
    Status status = scored(channel(CompressorRegistry.getDefaultInstance()), zeros(1 << 20));
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription())
        .isEqualTo("Decompressed gRPC message exceeds maximum size 65536");
    assertServesOthers();
  }

  @Test
  void score_brokenCompression_isInvalidArgument() {
    Status status = scored(brokenCompression(), zeros(10));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("a message cannot be read: Not in GZIP format");
    assertServesOthers();
  }

  @Test
  void getModel_brokenCompression_isInvalidArgument() {
    StatusRuntimeException fault =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                AcousticModelServiceGrpc.newBlockingStub(brokenCompression())
                    .withCompression("gzip")
                    .getModel(GetModelRequest.newBuilder().setModelName("fake").build()));
    assertThat(fault).hasMessage("INVALID_ARGUMENT: a message cannot be read: Not in GZIP format");
    assertServesOthers();
  }

  /** The status of a call that sends some bytes for its message. */
  private Status answered(ManagedChannel to, CallOptions options, int... message) {
    MethodDescriptor.Marshaller<byte[]> bytes =
        new MethodDescriptor.Marshaller<>() {
          @Override
          public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
          }

          @Override
          public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException();
          }
        };
    MethodDescriptor<byte[], GetModelResponse> method =
        AcousticModelServiceGrpc.getGetModelMethod().toBuilder(
                bytes, AcousticModelServiceGrpc.getGetModelMethod().getResponseMarshaller())
            .build();
    byte[] sent = new byte[message.length];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) message[i];
    }
    return catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    to, method, options.withDeadlineAfter(30, TimeUnit.SECONDS), sent))
        .getStatus();
  }

  @Test
  void getModel_noProtobuf_isInvalidArgument() {
    Status status =
        answered(
            channel(CompressorRegistry.getDefaultInstance()), CallOptions.DEFAULT, 0xff, 0xff, 1);
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("a message cannot be read: ");
    assertServesOthers();
  }

  @Test
  void getModel_compressionThatEndsInItsHeader_isInvalidArgument() {
    Status status =
        answered(
            brokenCompression(), CallOptions.DEFAULT.withCompression("gzip"), 0x1f, 0x8b, 0x08);
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("a message cannot be read: it ends too early");
    assertServesOthers();
  }

  @Test
  void names_ofAnyLength_areShownShortly() {
    ManagedChannel to = channel(CompressorRegistry.getDefaultInstance());
    StatusRuntimeException model =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                AcousticModelServiceGrpc.newBlockingStub(to)
                    .getModel(
                        GetModelRequest.newBuilder().setModelName("m\n".repeat(30_000)).build()));
    assertThat(model)
        .hasMessage(
            "NOT_FOUND: no model '"
                + "m\\u000a".repeat(100)
                + "… (60000 characters)'; there is 'fake:3'");
    String value = "v".repeat(30_000);
    CompletableFuture<Scores> scores;
    try (ScoringClient client =
        ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.port(), Optional.empty())) {
      scores =
          client.score(
              ScoreStart.newBuilder()
                  .setExpectedFingerprint(value)
                  .setExpectedFeatureOptionsHash(value)
                  .build(),
              this.model.features(9, 1));
      assertThat(scores.handle((rows, fault) -> fault.getMessage()).join())
          .contains("FAILED_PRECONDITION: model 'fake' does not fit: ", "v… (30000 characters)")
          .hasSizeLessThan(1000);
    }
  }
}
