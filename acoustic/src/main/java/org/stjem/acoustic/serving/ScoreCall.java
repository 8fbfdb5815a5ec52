package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ScoreEnd;
import org.stjem.proto.v1.ScoreFinal;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/**
 * A client's try to get the rows of an utterance that are missing: sends as the transport takes it
 * and gathers the rows.
 */
final class ScoreCall implements ClientResponseObserver<ScoreRequest, ScoreResponse> {
  private final String server;
  private final UtteranceScores scores;
  private final ScoreStart start;
  private final FloatMatrix features;
  private final int framesPerChunk;
  private final int rowsBefore;
  private final CompletableFuture<Scores> result = new CompletableFuture<>();

  private ClientCallStreamObserver<ScoreRequest> requests;
  private boolean started;
  private boolean ended;
  private int framesSent;
  private ScoreFinal last;

  /**
   * Prepares a call.
   *
   * @param server name of the server, for messages
   * @param scores what has arrived, and takes what arrives
   * @param framesPerChunk most frames in one message
   */
  ScoreCall(String server, UtteranceScores scores, int framesPerChunk) {
    this.server = server;
    this.scores = scores;
    this.rowsBefore = scores.rows();
    this.start = scores.nextStart();
    this.features = scores.features();
    this.framesSent = (int) start.getFirstFrame();
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
        (rows, fault) -> {
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
      case STARTED -> scores.started(response.getStarted());
      case ROWS -> scores.take(response.getRows()).ifPresent(this::abandon);
      case FINAL -> last = response.getFinal();
      case RESPONSE_NOT_SET -> {
        // Of a later version of the contract than this client understands.
      }
    }
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
        || last.getNumRows() != scores.rows() - rowsBefore) {
      result.completeExceptionally(
          new ScoringException(
              Status.Code.DATA_LOSS,
              "server "
                  + server
                  + " ended the stream after "
                  + scores.rows()
                  + " rows for "
                  + framesSent
                  + " of "
                  + features.rows()
                  + " frames"));
      return;
    }
    result.complete(scores.complete());
  }
}
