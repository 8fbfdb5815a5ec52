package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ScoreEnd;
import org.stjem.proto.v1.ScoreFinal;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStart;

/** The client's side of one utterance: sends as the transport takes it and gathers the rows. */
final class ScoreCall implements ClientResponseObserver<ScoreRequest, ScoreResponse> {
  private final String server;
  private final ScoreStart start;
  private final FloatMatrix features;
  private final int framesPerChunk;
  private final CompletableFuture<Scores> result = new CompletableFuture<>();

  private ClientCallStreamObserver<ScoreRequest> requests;
  private boolean started;
  private boolean ended;
  private int framesSent;

  private FloatMatrix scores = new FloatMatrix(0, 0);
  private float[] logPx = new float[0];
  private int rowsReceived;
  private ScoreFinal last;

  /**
   * Prepares a call.
   *
   * @param server name of the server, for messages
   * @param features {@code [frames, featureDim]}
   * @param framesPerChunk most frames in one message
   */
  ScoreCall(String server, ScoreStart start, FloatMatrix features, int framesPerChunk) {
    this.server = server;
    this.start = start;
    this.features = features;
    this.framesPerChunk = framesPerChunk;
  }

  /** The scores, or a {@link ScoringException}; cancelling it cancels the call. */
  CompletableFuture<Scores> result() {
    return result;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ScoreRequest> stream) {
    requests = stream;
    stream.setOnReadyHandler(this::send);
    result.whenComplete(
        (scores, fault) -> {
          if (result.isCancelled()) {
            stream.cancel("no longer wanted", null);
          }
        });
  }

  private void send() {
    while (!ended && requests.isReady()) {
      if (!started) {
        started = true;
        requests.onNext(ScoreRequest.newBuilder().setStart(start).build());
      } else if (framesSent < features.rows()) {
        requests.onNext(ScoreRequest.newBuilder().setFeatures(nextChunk()).build());
      } else {
        ended = true;
        requests.onNext(ScoreRequest.newBuilder().setEnd(ScoreEnd.getDefaultInstance()).build());
        requests.onCompleted();
      }
    }
  }

  private Features nextChunk() {
    int frames = Math.min(framesPerChunk, features.rows() - framesSent);
    ByteString data =
        PackedFloats.pack(features.data(), framesSent * features.cols(), frames * features.cols());
    framesSent += frames;
    return Features.newBuilder().setData(data).setNumFrames(frames).setDim(features.cols()).build();
  }

  @Override
  public void onNext(ScoreResponse response) {
    switch (response.getResponseCase()) {
      case ROWS -> take(response.getRows());
      case FINAL -> last = response.getFinal();
      case STARTED, RESPONSE_NOT_SET -> {
        // Not needed, or of a later version of the contract than this client understands.
      }
    }
  }

  private void take(ScoreRows rows) {
    int count = rows.getNumRows();
    int cols = rows.getNumColumns();
    if (count < 1
        || cols < 1
        || count > features.rows() - rowsReceived
        || rows.getData().size() != (long) Float.BYTES * count * cols
        || (rowsReceived > 0 && cols != scores.cols())
        || (start.getWantLogPx() && rows.getLogPx().size() != Float.BYTES * count)) {
      abandon("sent rows of the wrong size");
      return;
    }
    try {
      if (rowsReceived == 0) {
        scores = new FloatMatrix(features.rows(), cols);
        logPx = new float[start.getWantLogPx() ? features.rows() : 0];
      }
    } catch (ArithmeticException | OutOfMemoryError e) {
      abandon(
          "gives "
              + features.rows()
              + " rows of "
              + cols
              + " pdfs, more than the memory of this program holds");
      return;
    }
    PackedFloats.unpack(rows.getData(), 0, count * cols, scores.data(), rowsReceived * cols);
    if (start.getWantLogPx()) {
      PackedFloats.unpack(rows.getLogPx(), 0, count, logPx, rowsReceived);
    }
    rowsReceived += count;
  }

  /** Ends a call whose answer is of no use. */
  private void abandon(String sentence) {
    result.completeExceptionally(
        new ScoringException(Status.Code.INTERNAL, "server " + server + " " + sentence));
    requests.cancel(sentence, null);
  }

  @Override
  public void onError(Throwable fault) {
    result.completeExceptionally(ScoringException.of(server, fault));
  }

  @Override
  public void onCompleted() {
    if (last == null
        || last.getNumFrames() != features.rows()
        || last.getNumRows() != rowsReceived) {
      result.completeExceptionally(
          new ScoringException(
              Status.Code.DATA_LOSS,
              "server "
                  + server
                  + " ended the stream after "
                  + rowsReceived
                  + " rows for "
                  + framesSent
                  + " of "
                  + features.rows()
                  + " frames"));
      return;
    }
    if (rowsReceived == features.rows()) {
      result.complete(new Scores(scores, logPx));
    } else {
      result.complete(
          new Scores(
              scores.rows(0, rowsReceived),
              Arrays.copyOf(logPx, Math.min(rowsReceived, logPx.length))));
    }
  }
}
