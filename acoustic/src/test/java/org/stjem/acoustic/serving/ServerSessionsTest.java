package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreStart;

/** Who may take a session over, over TCP on the loopback interface. */
@Timeout(60)
class ServerSessionsTest {
  private static final ScoreStart START =
      ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT).setSessionId("s").build();

  /** After 20 frames there are 16 rows of a model that looks 4 frames ahead. */
  private static final ScoreStart RESUME =
      START.toBuilder().setResume(true).setNextFrame(16).setFirstFrame(12).build();

  @TempDir private Path folder;
  private final FakeAcousticModel model = new FakeAcousticModel(6, 4);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ServerOptions options = TestServers.options(8);
  private AcousticModelServer server;

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private void serve() {
    server = TestServers.serve(model, options);
    open.add(server);
  }

  /** A connection of its own. */
  private AcousticModelServiceGrpc.AcousticModelServiceStub connection() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(ServerOptions.LOOPBACK, server.port())
            .usePlaintext()
            .build();
    open.add(channel::shutdownNow);
    return AcousticModelServiceGrpc.newStub(channel);
  }

  private AcousticModelServiceGrpc.AcousticModelServiceStub connection(String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return connection().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private StreamClient stream(
      AcousticModelServiceGrpc.AcousticModelServiceStub connection, ScoreStart start) {
    return new StreamClient(connection, start, model.features(20, 1));
  }

  @Test
  void resume_withoutTheSecret_isDeniedAndTheStreamGoesOn() throws Exception {
    serve();
    StreamClient owner = stream(connection(), START).withRows();
    for (String guess : List.of("", "0".repeat(32), owner.secret.substring(1))) {
      Status status =
          stream(connection(), RESUME.toBuilder().setResumeSecret(guess).build()).fault();
      assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(status.getDescription())
          .isEqualTo(
              "session 's' is another client's; resume_secret of its first answer would show that"
                  + " it is this one's");
    }
    assertThat(owner.finish().getFinal().getNumRows()).isEqualTo(20);
  }

  @Test
  void resume_withTheSecret_takesThePlaceFromAnyConnection() throws Exception {
    serve();
    StreamClient owner = stream(connection(), START).withRows();
    StreamClient again =
        stream(connection(), RESUME.toBuilder().setResumeSecret(owner.secret).build()).withRows();
    assertThat(owner.fault().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(again.secret).as("wherever the session goes on").isEqualTo(owner.secret);
    assertThat(again.finish().getFinal().getNumRows()).isEqualTo(16);
  }

  @Test
  void resume_beyondWhatWasSent_isRefusedAndTheStreamGoesOn() throws Exception {
    serve();
    StreamClient owner = stream(connection(), START).withRows();
    Status status =
        stream(
                connection(),
                RESUME.toBuilder().setResumeSecret(owner.secret).setNextFrame(17).build())
            .fault();
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription())
        .isEqualTo("next_frame is 17, but rows of this session were sent up to frame 16 only");
    assertThat(owner.finish().getFinal().getNumRows()).isEqualTo(20);
  }

  @Test
  void resume_ofClientsWithTokens_wantsTheSameToken() throws Exception {
    String mine = "my-own-token-0123456";
    String other = "another-token-012345";
    options.tokenFile = Files.writeString(folder.resolve("tokens"), mine + "\n" + other + "\n");
    serve();
    StreamClient owner = stream(connection(mine), START).withRows();
    assertThat(stream(connection(other), RESUME).fault().getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    stream(connection(mine), RESUME).withRows();
    assertThat(owner.fault().getCode()).isEqualTo(Status.Code.ABORTED);
  }
}
