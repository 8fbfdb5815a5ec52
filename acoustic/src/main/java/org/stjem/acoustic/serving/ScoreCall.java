package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
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

  private final List<ScoreRows> received = new ArrayList<>();
  private long rowsReceived;
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
      case ROWS -> {
        received.add(response.getRows());
        rowsReceived += response.getRows().getNumRows();
      }
      case FINAL -> last = response.getFinal();
      case RESPONSE_NOT_SET -> {
        // A later version of the contract may say more than this client understands.
      }
    }
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
    try {
      result.complete(gather());
    } catch (IndexOutOfBoundsException e) {
      result.completeExceptionally(
          new ScoringException(
              Status.Code.INTERNAL, "server " + server + " sent rows of the wrong size"));
    }
  }

  private Scores gather() {
    int cols = received.isEmpty() ? 0 : received.get(0).getNumPdfs();
    FloatMatrix rows = new FloatMatrix(Math.toIntExact(rowsReceived), cols);
    float[] logPx = new float[start.getWantLogPx() ? rows.rows() : 0];
    int row = 0;
    for (ScoreRows part : received) {
      int count = part.getNumRows();
      PackedFloats.unpack(part.getData(), 0, count * cols, rows.data(), row * cols);
      if (start.getWantLogPx()) {
        PackedFloats.unpack(part.getLogPx(), 0, count, logPx, row);
      }
      row += count;
    }
    return new Scores(rows, logPx);
  }
}
