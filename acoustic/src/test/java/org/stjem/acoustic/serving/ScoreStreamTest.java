package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stjem.acoustic.serving.SameBits.assertSameBits;
import static org.stjem.acoustic.serving.StreamFixture.chunk;
import static org.stjem.acoustic.serving.StreamFixture.end;
import static org.stjem.acoustic.serving.StreamFixture.logits;
import static org.stjem.acoustic.serving.StreamFixture.start;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStart;

class ScoreStreamTest {
  private static final int DIM = 3;
  private static final int PDFS = 5;
  private static final int ROWS_PER_TURN = 8;

  private final FakeAcousticModel model = new FakeAcousticModel(DIM, PDFS);
  private final StreamFixture server = new StreamFixture(model, ROWS_PER_TURN);
  private final FakeTransport transport = new FakeTransport();

  private ScoreStream open() {
    return server.open(transport);
  }

  private void assertRefused(Status.Code code, String sentence) {
    server.work();
    assertThat(transport.failure.getCode()).isEqualTo(code);
    assertThat(transport.failure.getDescription()).isEqualTo(sentence);
    assertThat(server.streams.size()).isZero();
  }

  @Test
  void run_largeChunk_isScoredInSmallStepsInOrder() {
    ScoreStream stream = open();
    FloatMatrix features = model.features(50, 1);
    stream.onNext(logits());
    stream.onNext(chunk(features));
    server.work();
    stream.onNext(end());
    stream.onCompleted();
    server.work();

    FloatMatrix expected = model.logits(features);
    int row = 0;
    for (ScoreResponse response : transport.sent.subList(1, transport.sent.size() - 1)) {
      ScoreRows rows = response.getRows();
      assertThat(rows.getFirstFrame()).isEqualTo(row);
      assertThat(rows.getNumRows()).isBetween(1, ROWS_PER_TURN);
      float[] values = new float[rows.getNumRows() * PDFS];
      PackedFloats.unpack(rows.getData(), 0, values.length, values, 0);
      assertSameBits(values, expected.rows(row, row + rows.getNumRows()).data());
      row += rows.getNumRows();
    }
    assertThat(row).isEqualTo(50);
    ScoreResponse last = transport.sent.get(transport.sent.size() - 1);
    assertThat(last.getFinal().getNumFrames()).isEqualTo(50);
    assertThat(last.getFinal().getNumRows()).isEqualTo(50);
    assertThat(last.getFinal().getModelName()).isEqualTo("fake");
    assertThat(transport.completed).isTrue();
    assertThat(server.streams.size()).isZero();
  }

  @Test
  void run_readerThatStops_computesAndRequestsNothingMore() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(chunk(model.features(1000, 1)));
    assertThat(transport.requested).as("start and one chunk").isEqualTo(2);

    server.turn();
    transport.ready = false;
    server.work();
    long computed = model.rowsComputed.get();
    assertThat(computed).isLessThanOrEqualTo(2 * ROWS_PER_TURN);
    assertThat(transport.requested).isEqualTo(2);
    assertThat(server.turns).isEmpty();

    transport.ready = true;
    transport.onReady.run();
    transport.onReady.run();
    assertThat(server.turns).as("one turn at a time").hasSize(1);
    server.work();
    assertThat(transport.requested).isEqualTo(3);
    assertThat(transport.rowsSent()).isEqualTo(1000 - 4);
  }

  @Test
  void run_twoStreams_takeTurns() {
    ScoreStream first = open();
    first.onNext(logits());
    FakeTransport other = new FakeTransport();
    ScoreStream second = server.open(other);
    second.onNext(logits());
    first.onNext(chunk(model.features(1000, 1)));
    second.onNext(chunk(model.features(1000, 2)));
    while (!server.turns.isEmpty()) {
      server.turn();
      assertThat(Math.abs(transport.rowsSent() - other.rowsSent()))
          .isLessThanOrEqualTo(ROWS_PER_TURN);
    }
  }

  @Test
  void cancel_whileAStepIsQueued_frees() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(chunk(model.features(100, 1)));
    stream.close(Status.CANCELLED);
    stream.onError(Status.CANCELLED.asRuntimeException());
    server.work();
    assertThat(model.rowsComputed).hasValue(0);
    assertThat(transport.rowsSent()).isZero();
    assertThat(transport.completed).isFalse();
    assertThat(transport.failure).isNull();
    assertThat(server.streams.size()).isZero();
  }

  @Test
  void start_otherModel_isNotFound() {
    open().onNext(start(ScoreStart.newBuilder().setModelName("other")));
    assertRefused(Status.Code.NOT_FOUND, "no model 'other'; there is 'fake:1'");
  }

  @Test
  void start_severalMismatches_areAllNamed() {
    open()
        .onNext(
            start(
                ScoreStart.newBuilder()
                    .setExpectedNumPdfs(7)
                    .setExpectedFeatureDim(40)
                    .putExpectedFeatureOptions("num-mel-bins", "3.0")
                    .putExpectedFeatureOptions("dither", "0")
                    .putExpectedFeatureOptions("low-freq", "40")));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "model 'fake' does not fit: the client expects 7 pdfs, the model has 5;"
            + " the client has features of dimension 40, the model takes 3;"
            + " feature option low-freq is 40, the model was trained with 20");
  }

  @Test
  void start_otherHashOfFeatures_isRefused() {
    open().onNext(start(ScoreStart.newBuilder().setExpectedFeatureOptionsHash("beef")));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "model 'fake' does not fit: the client's feature options have hash beef,"
            + " the model's "
            + FeatureOptions.hash(model.description().featureOptions()));
  }

  @Test
  void start_everythingAsExpected_isTaken() {
    open()
        .onNext(
            start(
                ScoreStart.newBuilder()
                    .setModelName("fake")
                    .setExpectedNumPdfs(PDFS)
                    .setExpectedFeatureDim(DIM)
                    .setExpectedFeatureOptionsHash(
                        FeatureOptions.hash(model.description().featureOptions()))));
    assertThat(transport.failure).isNull();
    assertThat(transport.requested).isEqualTo(2);
  }

  @Test
  void start_infinitePriorScale_isRefused() {
    open().onNext(start(ScoreStart.newBuilder().setPriorScale(Double.POSITIVE_INFINITY)));
    assertRefused(
        Status.Code.INVALID_ARGUMENT, "prior_scale is Infinity, it must be from -1000 to 1000");
  }

  @Test
  void start_unknownKind_isRefused() {
    open().onNext(start(ScoreStart.newBuilder().setKindValue(77)));
    assertRefused(Status.Code.INVALID_ARGUMENT, "no score kind 77");
  }

  @Test
  void features_wrongDimension_areRefused() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(chunk(new FloatMatrix(2, 4)));
    assertRefused(Status.Code.INVALID_ARGUMENT, "features have dimension 4, model 'fake' takes 3");
  }

  @Test
  void features_wrongLength_areRefused() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(
        ScoreRequest.newBuilder()
            .setFeatures(
                Features.newBuilder()
                    .setDim(DIM)
                    .setNumFrames(-1)
                    .setData(ByteString.copyFrom(new byte[11])))
            .build());
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "4294967295 frames of dimension 3 are 51539607540 bytes, not 11");
  }

  @Test
  void features_notANumber_areRefusedByFrame() {
    ScoreStream stream = open();
    stream.onNext(logits());
    FloatMatrix features = model.features(20, 1);
    features.set(13, 2, Float.NaN);
    stream.onNext(chunk(features));
    assertRefused(Status.Code.INVALID_ARGUMENT, "frame 13 holds NaN in dimension 2");
  }

  @Test
  void requests_outOfOrder_areRefused() {
    open().onNext(chunk(model.features(1, 1)));
    assertRefused(Status.Code.INVALID_ARGUMENT, "features before the start message");
  }

  @Test
  void close_withoutEnd_isRefused() {
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onCompleted();
    assertRefused(Status.Code.INVALID_ARGUMENT, "the stream was closed before its end message");
  }

  @Test
  void run_modelThatFails_reportsAndFrees() {
    model.beforeRows =
        () -> {
          throw new IllegalStateException("broken");
        };
    ScoreStream stream = open();
    stream.onNext(logits());
    stream.onNext(chunk(model.features(20, 1)));
    assertRefused(
        Status.Code.INTERNAL,
        "the server cannot score this utterance:" + " java.lang.IllegalStateException: broken");
  }
}
