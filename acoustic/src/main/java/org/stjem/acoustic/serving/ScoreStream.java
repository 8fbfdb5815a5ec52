package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ScoreFinal;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStart;

/**
 * The server's side of one utterance. It keeps these promises:
 *
 * <ol>
 *   <li>It holds at most one message of the client, besides the model's context and what the
 *       normalisation of audio features must hold back.
 *   <li>Input is used and rows are computed in its turns only, 2 MiB of rows at a time and only
 *       while the transport takes them; at most one turn waits or runs at any time.
 *   <li>Once the stream ended, failed or was cancelled, nothing more is computed or sent, and it
 *       has left the table of open streams before the client hears of the end.
 * </ol>
 */
final class ScoreStream implements StreamObserver<ScoreRequest>, Turn {
  private final StreamServices services;
  private final ServerCallStreamObserver<ScoreResponse> responses;
  private final StreamRecord record;

  // Set by the start message, before any turn and before the table of open streams knows of the
  // session; null until then.
  private Session session;
  private ServedModel model;
  private Utterance utterance;

  // Guarded by this.
  private Chunk chunk;
  private int chunkUsed;
  private boolean ended;
  private boolean inTurn;
  private boolean closed;
  private long lastMove;

  /**
   * A stream that was admitted.
   *
   * @param responses where rows go; its automatic requests are switched off here
   */
  ScoreStream(
      StreamServices services,
      ServerCallStreamObserver<ScoreResponse> responses,
      StreamRecord record) {
    this.services = services;
    this.responses = responses;
    this.record = record;
    this.lastMove = services.clock().getAsLong();
  }

  /** Connects the stream to the transport; to be called while the call is being opened. */
  void open() {
    services.streams().add(this);
    responses.disableAutoRequest();
    responses.setOnReadyHandler(this::clientTakesMore);
    responses.request(1);
  }

  @Override
  public synchronized void onNext(ScoreRequest message) {
    if (closed) {
      return;
    }
    lastMove = services.clock().getAsLong();
    try {
      switch (message.getRequestCase()) {
        case START -> start(message.getStart());
        case FEATURES -> {
          requireStarted("features", false);
          take(Chunk.of(message.getFeatures(), model.info()));
        }
        case AUDIO -> {
          requireStarted("audio", true);
          take(Chunk.of(message.getAudio()));
        }
        case END -> {
          requireStarted("end", utterance != null && utterance.audio());
          ended = true;
          queue();
        }
        case REQUEST_NOT_SET -> throw wrong("a request is neither start, features, audio nor end");
      }
    } catch (StatusRuntimeException e) {
      close(e.getStatus());
    } catch (RuntimeException e) {
      close(internal(e));
    }
  }

  private void requireStarted(String what, boolean audio) {
    if (utterance == null) {
      throw wrong(what + " before the start message");
    }
    if (utterance.audio() != audio) {
      throw wrong(what + " where the start message announced " + (audio ? "features" : "audio"));
    }
  }

  private static StatusRuntimeException wrong(String sentence) {
    return Status.INVALID_ARGUMENT.withDescription(sentence).asRuntimeException();
  }

  private static Status internal(Throwable fault) {
    return Status.INTERNAL
        .withDescription("the server cannot score this utterance: " + fault)
        .withCause(fault);
  }

  private void start(ScoreStart start) {
    if (model != null) {
      throw wrong("a stream takes one start message only");
    }
    record.started(start);
    model = services.models().acquire(start.getModelName(), start.getModelVersion());
    record.scoredBy(model.info());
    UtteranceRequest request = UtteranceRequest.of(start, model.info());
    session = new Session(client(), ResumeSecret.of(start.getResumeSecret()), request.nextFrame());
    services
        .streams()
        .claim(start, this)
        .ifPresent(
            older ->
                older.close(Status.ABORTED.withDescription("another stream resumed this session")));
    utterance = new Utterance(model, request, start.getUtteranceId(), services.newMemoryShare());
    responses.onNext(
        ScoreResponse.newBuilder()
            .setStarted(
                utterance
                    .started()
                    .setStreamId(record.id())
                    .setResumeSecret(record.session().isEmpty() ? "" : session.secret()))
            .build());
    responses.request(1);
  }

  private void take(Chunk next) {
    if (next.data().isEmpty()) {
      responses.request(1);
      return;
    }
    chunk = next;
    chunkUsed = 0;
    queue();
  }

  /** The client closed its direction. */
  @Override
  public synchronized void onCompleted() {
    if (!ended) {
      close(
          Status.INVALID_ARGUMENT.withDescription("the stream was closed before its end message"));
    }
  }

  @Override
  public void onError(Throwable cause) {
    close(Status.CANCELLED);
  }

  private synchronized void clientTakesMore() {
    lastMove = services.clock().getAsLong();
    queue();
  }

  /** The session it has, or asks for; not to be asked for before the start message. */
  Session session() {
    return session;
  }

  /** Ends the stream because the server stops. */
  void cutOff() {
    close(
        Status.UNAVAILABLE.withDescription(
            "the server stops; resume this stream on another server, or later"));
  }

  /** Ends the stream if it has waited for its client for too long. */
  synchronized void endIfIdle() {
    long idle = services.clock().getAsLong() - lastMove;
    if (!inTurn && idle > services.maxIdle().toNanos()) {
      close(
          Status.DEADLINE_EXCEEDED.withDescription(
              (responses.isReady() ? "no message came" : "the client took no rows")
                  + " for "
                  + services.maxIdle().toSeconds()
                  + " s"));
    }
  }

  /** Queues for a turn if there is work that the client can take. */
  private synchronized void queue() {
    if (closed || inTurn || utterance == null) {
      return;
    }
    if (chunk == null && !ended && utterance.rowsReady() == 0) {
      return;
    }
    if (responses.isReady()) {
      inTurn = true;
      // No more than a turn computes, or a batch would be taken for full that is not.
      model.turns().add(this, utterance.rowsOfNextTurn(chunk, chunkUsed, ended));
    }
  }

  @Override
  public ClientIdentity client() {
    return record.client();
  }

  @Override
  public FloatMatrix stretch(int maxRows) {
    try {
      int rows = utterance.ofOneTurn(maxRows);
      fill(rows);
      rows = Math.min(rows, utterance.rowsReady());
      return rows == 0 || isClosed() ? null : utterance.take(rows);
    } catch (StjemException e) {
      close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    } catch (StatusRuntimeException e) {
      close(e.getStatus());
    } catch (RuntimeException | OutOfMemoryError e) {
      close(internal(e));
    }
    return null;
  }

  /** Uses input until so many rows are ready; no more than a fair turn's worth of it. */
  private void fill(int rows) {
    int frames = utterance.framesFor(rows);
    while (frames > 0 && utterance.rowsReady() < rows && !utterance.isDrained()) {
      Chunk next;
      int used;
      synchronized (this) {
        if (closed || (chunk == null && !ended)) {
          return;
        }
        next = chunk;
        used = chunkUsed;
      }
      if (next == null) {
        utterance.finish(frames);
        return;
      }
      int waiting = utterance.framesIn(next, used);
      used = utterance.use(next, used, Math.min(frames, rows));
      frames -= waiting - utterance.framesIn(next, used);
      used(next, used);
    }
  }

  private synchronized void used(Chunk last, int bytes) {
    chunkUsed = bytes;
    if (bytes == last.data().size() && !closed) {
      chunk = null;
      responses.request(1);
    }
  }

  @Override
  public void begin(int rows) {
    utterance.begin(rows);
  }

  @Override
  public void row(float[] logits, int at) {
    if (isClosed()) {
      return;
    }
    try {
      utterance.add(logits, at);
    } catch (StjemException e) {
      close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    } catch (RuntimeException | OutOfMemoryError e) {
      close(internal(e));
    }
  }

  @Override
  public void deliver(List<String> missing) {
    try {
      for (ScoreRows rows : utterance.messages(missing)) {
        synchronized (this) {
          if (closed) {
            return;
          }
          // First, lest a client that has them already be told that it cannot.
          session.sending((long) rows.getNumRows() * model.info().getFrameSubsamplingFactor());
          responses.onNext(ScoreResponse.newBuilder().setRows(rows).build());
        }
        utterance.sent(rows.getNumRows());
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      close(internal(e));
    }
  }

  @Override
  public void fail(Throwable fault) {
    close(internal(fault));
  }

  @Override
  public synchronized void end() {
    inTurn = false;
    lastMove = services.clock().getAsLong();
    if (closed) {
      return;
    }
    try {
      if (utterance.isComplete()) {
        complete();
      } else {
        queue();
      }
    } catch (RuntimeException e) {
      close(internal(e));
    }
  }

  private void complete() {
    ScoreFinal last = utterance.last();
    close(Status.OK);
    responses.onNext(ScoreResponse.newBuilder().setFinal(last).build());
    responses.onCompleted();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Frees all that the stream has, if it is still open.
   *
   * @param status why it ends; told to the client if it is neither OK nor CANCELLED
   */
  synchronized void close(Status status) {
    if (closed) {
      return;
    }
    closed = true;
    chunk = null;
    services.streams().remove(record.session(), this);
    long frames = utterance == null ? 0 : utterance.frames();
    if (utterance != null) {
      utterance.close();
    }
    if (model != null) {
      model.release();
    }
    record.ended(status, frames, services.clock().getAsLong());
    services.metrics().streamEnded(status.getCode());
    if (!status.isOk() && status.getCode() != Status.Code.CANCELLED) {
      responses.onError(status.asRuntimeException());
    }
  }
}
