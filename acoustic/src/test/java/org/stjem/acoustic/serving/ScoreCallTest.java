package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ScoreFinal;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStart;
import org.stjem.proto.v1.ScoreStarted;

/** The client against servers that break the contract. */
@Timeout(60)
class ScoreCallTest {
  private static final int FRAMES = 3;

  /** Answers every utterance, once it has ended, with the same messages. */
  private static final class Rogue extends AcousticModelServiceGrpc.AcousticModelServiceImplBase {
    private final List<ScoreResponse> answer;

    Rogue(List<ScoreResponse> answer) {
      this.answer = answer;
    }

    @Override
    public StreamObserver<ScoreRequest> score(StreamObserver<ScoreResponse> responses) {
      return new StreamObserver<>() {
        @Override
        public void onNext(ScoreRequest request) {}

        @Override
        public void onError(Throwable fault) {}

        @Override
        public void onCompleted() {
          answer.forEach(responses::onNext);
          responses.onCompleted();
        }
      };
    }
  }

  private static ScoreResponse rows(int count, int pdfs, int bytes) {
    return rows(0, count, pdfs, bytes);
  }

  private static ScoreResponse rows(int first, int count, int pdfs, int bytes) {
    return ScoreResponse.newBuilder()
        .setRows(
            ScoreRows.newBuilder()
                .setFirstFrame(first)
                .setNumRows(count)
                .setNumColumns(pdfs)
                .setData(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  private static ScoreResponse end(int rows) {
    return ScoreResponse.newBuilder()
        .setFinal(ScoreFinal.newBuilder().setNumFrames(FRAMES).setNumRows(rows))
        .build();
  }

  /** What the client makes of these messages: the scores or the fault. */
  private static Object outcome(ScoreResponse... answer) throws IOException {
    return outcome(new FloatMatrix(FRAMES, 2), answer);
  }

  private static Object outcome(FloatMatrix features, ScoreResponse... answer) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(ServerOptions.LOOPBACK, 0),
                InsecureServerCredentials.create())
            .directExecutor()
            .addService(new Rogue(List.of(answer)))
            .build()
            .start();
    try (ScoringClient client =
        ScoringClient.connect(ServerOptions.LOOPBACK + ":" + server.getPort(), Optional.empty())) {
      CompletableFuture<Scores> scores = client.score(ScoreStart.getDefaultInstance(), features);
      return scores.<Object>handle((rows, fault) -> fault == null ? rows : fault).join();
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void rows_inSeveralMessages_areJoined() throws IOException {
    Scores scores = (Scores) outcome(rows(1, 4, 16), rows(1, 2, 4, 32), end(3));
    assertThat(scores.rows().rows()).isEqualTo(3);
    assertThat(scores.rows().cols()).isEqualTo(4);
  }

  @Test
  void rows_fewerThanFrames_areTaken() throws IOException {
    Scores scores = (Scores) outcome(rows(2, 4, 32), end(2));
    assertThat(scores.rows().rows()).isEqualTo(2);
  }

  @Test
  void end_withoutFinal_mayBeTriedAgain() throws IOException {
    ScoringException fault = (ScoringException) outcome(rows(3, 4, 48));
    assertThat(fault.isTransient()).isTrue();
    assertThat(fault).hasMessageEndingWith(" ended the stream after 3 rows for 3 of 3 frames");
  }

  @Test
  void end_withOtherNumberOfRows_mayBeTriedAgain() throws IOException {
    ScoringException fault = (ScoringException) outcome(rows(2, 4, 32), end(3));
    assertThat(fault.isTransient()).isTrue();
  }

  @Test
  void rows_ofTheWrongSize_failTheUtterance() throws IOException {
    for (ScoreResponse wrong :
        List.of(
            rows(3, 4, 44), rows(4, 4, 64), rows(-1, 4, 0), rows(3, -1, 0), rows(1, 2, 4, 32))) {
      ScoringException fault = (ScoringException) outcome(wrong, end(3));
      assertThat(fault.isOfUtterance()).as(wrong.toString()).isTrue();
      assertThat(fault).hasMessageEndingWith(" sent rows of the wrong size");
    }
  }

  @Test
  void rows_withAScoreThatIsNoNumber_failTheUtterance() throws IOException {
    ScoreResponse whole = rows(3, 4, 48);
    byte[] data = whole.getRows().getData().toByteArray();
    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putFloat(4 * 9, Float.NaN);
    ScoreResponse wrong =
        whole.toBuilder()
            .setRows(whole.getRows().toBuilder().setData(ByteString.copyFrom(data)))
            .build();
    ScoringException fault = (ScoringException) outcome(wrong, end(3));
    assertThat(fault.isOfUtterance()).isTrue();
    assertThat(fault).hasMessageEndingWith(" sent the score NaN for frame 2");
  }

  @Test
  void rows_tooManyForAnArray_failTheUtterance() throws IOException {
    ScoringException fault =
        (ScoringException) outcome(new FloatMatrix(3000, 1), rows(1, 1_000_000, 4_000_000));
    assertThat(fault.isOfUtterance()).isTrue();
    assertThat(fault)
        .hasMessageEndingWith(
            " gives 3000 rows of 1000000 pdfs, more than the memory of this program holds");
  }

  @Test
  void nextStart_afterSomeRows_asksForTheRest() {
    ScoreStart start =
        ScoreStart.newBuilder().setSessionId("s").setExpectedFingerprint("f").build();
    UtteranceScores scores = new UtteranceScores(start, new FloatMatrix(20, 2));
    assertThat(scores.nextStart()).isEqualTo(start);
    scores.started(
        ScoreStarted.newBuilder()
            .setFingerprint("f")
            .setLeftContext(4)
            .setFrameSubsamplingFactor(3)
            .setResumeSecret("secret")
            .build());
    assertThat(scores.take(rows(1, 4, 16).getRows())).isEmpty();
    assertThat(scores.take(rows(3, 1, 4, 16).getRows())).isEmpty();
    assertThat(scores.nextStart())
        .isEqualTo(
            start.toBuilder()
                .setResume(true)
                .setResumeSecret("secret")
                .setNextFrame(6)
                .setFirstFrame(2)
                .build());
    assertThat(scores.take(rows(3, 1, 4, 16).getRows())).contains("sent rows of the wrong size");
    assertThat(scores.take(rows(6, 1, 4, 16).getRows())).isEmpty();
    assertThat(scores.complete().rows().rows()).isEqualTo(3);
  }

  @Test
  void nextStart_afterACallThatWasNeverAnswered_isAnotherSession() {
    ScoreStart start = ScoreStart.newBuilder().setSessionId("s").build();
    UtteranceScores scores = new UtteranceScores(start, new FloatMatrix(20, 2));
    assertThat(scores.nextStart()).isEqualTo(start);
    assertThat(scores.nextStart()).isEqualTo(start.toBuilder().setSessionId("s.1").build());
    scores.started(ScoreStarted.newBuilder().setResumeSecret("secret").build());
    assertThat(scores.nextStart())
        .isEqualTo(
            start.toBuilder()
                .setSessionId("s.1")
                .setResume(true)
                .setResumeSecret("secret")
                .build());
  }
}
