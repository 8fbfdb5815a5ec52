package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.stjem.acoustic.serving.SameBits.assertSameBits;
import static org.stjem.acoustic.serving.StreamFixture.chunk;
import static org.stjem.acoustic.serving.StreamFixture.end;
import static org.stjem.acoustic.serving.StreamFixture.start;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.net.Priors;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.NumberFormat;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreStart;

/** Parts of rows, other formats, and utterances gone on with. */
class ScoreStreamOptionsTest {
  private static final int DIM = 3;
  private static final int PDFS = 9;
  private static final int CONTEXT = 4;

  private final FakeAcousticModel model = new FakeAcousticModel(DIM, PDFS);
  private final StreamFixture server = new StreamFixture(model, 8);
  private final FakeTransport transport = new FakeTransport();

  private static ScoreStart.Builder logits() {
    return ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOGIT);
  }

  private void score(ScoreStart.Builder start, ScoreRequest... chunks) {
    ScoreStream stream = server.open(transport);
    stream.onNext(start(start));
    for (ScoreRequest chunk : chunks) {
      stream.onNext(chunk);
      server.work();
    }
    stream.onNext(end());
    server.work();
  }

  @Test
  void pdfIds_chooseAndOrderTheColumns() {
    FloatMatrix features = model.features(30, 1);
    score(logits().addAllPdfIds(List.of(7, 0, 3)).setWantLogPx(true), chunk(features));
    FloatMatrix expected = model.logits(features);
    FloatMatrix rows = transport.rows();
    assertThat(transport.sent.get(0).getStarted().getNumColumns()).isEqualTo(3);
    assertThat(rows.rows()).isEqualTo(30);
    for (int row = 0; row < 30; row++) {
      assertThat(rows.get(row, 0)).isCloseTo(expected.get(row, 7), within(1e-5f));
      assertThat(rows.get(row, 1)).isCloseTo(expected.get(row, 0), within(1e-5f));
      assertThat(rows.get(row, 2)).isCloseTo(expected.get(row, 3), within(1e-5f));
    }
    float[] logPx = new float[1];
    PackedFloats.unpack(transport.sent.get(1).getRows().getLogPx(), 0, 1, logPx, 0);
    assertThat(logPx[0]).isCloseTo(Priors.logDensity(expected)[0], within(1e-5f));
  }

  @Test
  void pdfIds_ofOnePosterior_isNormalisedOverAll() {
    FloatMatrix features = model.features(10, 1);
    score(
        ScoreStart.newBuilder().setKind(ScoreKind.SCORE_KIND_LOG_POSTERIOR).addPdfIds(2),
        chunk(features));
    FloatMatrix expected = Priors.logPosteriors(model.logits(features));
    assertThat(transport.rows().get(5, 0)).isCloseTo(expected.get(5, 2), within(1e-5f));
  }

  @Test
  void pdfIds_outOfRangeOrTwice_areRefused() {
    score(logits().addPdfIds(PDFS));
    assertThat(transport.sentence())
        .isEqualTo("INVALID_ARGUMENT: pdf_ids holds 9, the model's are from 0 to 8");
    FakeTransport other = new FakeTransport();
    server.open(other).onNext(start(logits().addPdfIds(1).addPdfIds(1)));
    assertThat(other.sentence()).isEqualTo("INVALID_ARGUMENT: pdf_ids holds 1 twice");
  }

  @Test
  void rowFormat_float16_isRoundedRows() {
    FloatMatrix features = model.features(30, 1);
    score(logits().setRowFormat(NumberFormat.NUMBER_FORMAT_FLOAT16), chunk(features));
    float[] expected = model.logits(features).data();
    assertThat(transport.sent.get(1).getRows().getData().size())
        .isEqualTo(2 * PDFS * transport.sent.get(1).getRows().getNumRows());
    float[] rows = transport.rows().data();
    for (int i = 0; i < rows.length; i++) {
      assertThat(rows[i]).isCloseTo(expected[i], within(Math.abs(expected[i]) / 2048 + 1e-5f));
    }
  }

  @Test
  void features_float16_areTaken() {
    FloatMatrix features = model.features(30, 1);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = Float16.toFloat(Float16.of(features.data()[i]));
    }
    NumberFormat half = NumberFormat.NUMBER_FORMAT_FLOAT16;
    Features packed =
        Features.newBuilder()
            .setData(PackedFloats.pack(features.data(), 0, 30 * DIM, half))
            .setNumFrames(30)
            .setDim(DIM)
            .setFormat(half)
            .build();
    score(logits(), ScoreRequest.newBuilder().setFeatures(packed).build());
    assertSameBits(transport.rows().data(), model.logits(features).data());
  }

  @Test
  void numberFormat_unknown_isRefused() {
    score(logits().setRowFormatValue(9));
    assertThat(transport.sentence()).isEqualTo("INVALID_ARGUMENT: no number format 9");
  }

  @Test
  void nextFrame_anywhere_givesTheRestOfTheRows() {
    Random random = new Random(3);
    FloatMatrix features = model.features(60, 1);
    FloatMatrix expected = model.logits(features);
    for (int next = 0; next <= 62; next++) {
      int first = random.nextBoolean() ? 0 : Math.max(0, next - CONTEXT);
      int cut = Math.min(60, first + random.nextInt(20));
      FakeTransport rest = new FakeTransport();
      ScoreStream stream = server.open(rest);
      stream.onNext(start(logits().setFirstFrame(first).setNextFrame(next)));
      stream.onNext(chunk(features.rows(first, cut)));
      server.work();
      stream.onNext(chunk(features.rows(Math.min(cut, 60), 60)));
      stream.onNext(end());
      server.work();
      server.streams.callEnded(ClientIdentity.UNKNOWN);
      int rows = Math.max(0, 60 - next);
      assertThat(rest.last().getNumFrames()).isEqualTo(60);
      assertThat(rest.last().getNumRows()).isEqualTo(rows);
      assertThat(rest.rowsSent()).isEqualTo(rows);
      if (rows > 0) {
        assertThat(rest.sent.get(1).getRows().getFirstFrame()).isEqualTo(next);
        assertSameBits(rest.rows().data(), expected.rows(next, 60).data());
      }
    }
  }

  @Test
  void nextFrame_withoutItsContext_isRefused() {
    score(logits().setFirstFrame(7).setNextFrame(10));
    assertThat(transport.sentence())
        .isEqualTo(
            "INVALID_ARGUMENT: frames from first_frame=7 on do not give the row of next_frame=10,"
                + " which needs the 4 frames before it");
  }

  @Test
  void session_ofAnOpenStream_isRefusedOrTakenOver() {
    ScoreStream first = server.open(transport);
    first.onNext(start(logits().setSessionId("s")));
    first.onNext(chunk(model.features(20, 1)));
    FakeTransport second = new FakeTransport();
    server.open(second).onNext(start(logits().setSessionId("s")));
    assertThat(second.sentence())
        .isEqualTo("ALREADY_EXISTS: another stream of session 's' is open");
    assertThat(transport.failure).isNull();

    FakeTransport third = new FakeTransport();
    ScoreStream resumed = server.open(third);
    String secret = transport.sent.get(0).getStarted().getResumeSecret();
    assertThat(secret).matches("[0-9a-f]{32}");
    resumed.onNext(start(logits().setSessionId("s").setResume(true).setResumeSecret(secret)));
    assertThat(transport.sentence()).isEqualTo("ABORTED: another stream resumed this session");
    resumed.onNext(chunk(model.features(20, 1)));
    resumed.onNext(end());
    server.work();
    assertThat(third.last().getNumRows()).isEqualTo(20);

    FakeTransport fourth = new FakeTransport();
    server.open(fourth).onNext(start(logits().setSessionId("s")));
    assertThat(fourth.failure).as("the session is free again").isNull();
  }

  @Test
  void fingerprint_ofAnotherModel_isRefused() {
    score(logits().setExpectedFingerprint("f0"));
    assertThat(transport.sentence())
        .isEqualTo(
            "FAILED_PRECONDITION: model 'fake' does not fit: the client began with the model of"
                + " fingerprint f0, this one has f1");
  }

  @Test
  void names_tooLong_areRefused() {
    score(logits().setSessionId("x".repeat(257)));
    assertThat(transport.sentence())
        .isEqualTo("INVALID_ARGUMENT: session_id has 257 characters, the limit is 256");
  }

  @Test
  void features_thatGiveNoFiniteScore_areRefused() {
    model.bias = Float.POSITIVE_INFINITY;
    score(logits(), chunk(model.features(20, 1)));
    assertThat(transport.sentence())
        .isEqualTo("INVALID_ARGUMENT: frame 0 has the score Infinity for pdf-id 0");
  }

  @Test
  void endIfIdle_clientThatDoesNotMove_isEnded() {
    ScoreStream silent = server.open(transport);
    FakeTransport slow = new FakeTransport();
    ScoreStream stream = server.open(slow);
    stream.onNext(start(logits()));
    stream.onNext(chunk(model.features(100, 1)));
    server.turn();
    slow.ready = false;
    server.work();
    server.now.addAndGet(StreamFixture.MAX_IDLE.toNanos());
    server.streams.endIdle();
    assertThat(server.streams.size()).isEqualTo(2);
    server.now.addAndGet(1);
    server.streams.endIdle();
    assertThat(server.streams.size()).isZero();
    assertThat(transport.sentence()).isEqualTo("DEADLINE_EXCEEDED: no message came for 60 s");
    assertThat(slow.sentence()).isEqualTo("DEADLINE_EXCEEDED: the client took no rows for 60 s");
    silent.onNext(start(logits()));
    assertThat(transport.sent).isEmpty();
  }

  @Test
  void endIfIdle_streamThatWaitsForItsTurn_goesOn() {
    ScoreStream stream = server.open(transport);
    stream.onNext(start(logits()));
    stream.onNext(chunk(model.features(100, 1)));
    server.now.addAndGet(10 * StreamFixture.MAX_IDLE.toNanos());
    server.streams.endIdle();
    assertThat(transport.failure).isNull();
    server.work();
    assertThat(transport.rowsSent()).isEqualTo(96);
  }
}
