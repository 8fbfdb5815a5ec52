package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.stjem.acoustic.net.ContextBuffer;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreFinal;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStart;
import org.stjem.proto.v1.ScoreStarted;

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

  /** What shows that the session is this client's; set before the session is claimed. */
  private volatile ResumeSecret secret;

  /** Index of the frame behind the last row that was sent, or is about to be. */
  private volatile long nextFrame;

  // Set by the start message, before any turn; null until then.
  private ServedModel model;
  private UtteranceRequest request;
  private FrameSource source;
  private ContextBuffer buffer;
  private RowPacker packer;

  // Guarded by this.
  private Chunk chunk;
  private int chunkUsed;
  private boolean ended;
  private boolean inTurn;
  private boolean closed;
  private long lastMove;

  // Of the one turn that runs at a time.
  private boolean drained;
  private long rowsSent;

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
          requireStarted("end", request != null && request.audio());
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
    if (request == null) {
      throw wrong(what + " before the start message");
    }
    if (request.audio() != audio) {
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
    ModelInfo info = model.info();
    record.scoredBy(info);
    UtteranceRequest wanted = UtteranceRequest.of(start, info);
    secret = ResumeSecret.of(start.getResumeSecret());
    services
        .streams()
        .claim(start, this)
        .ifPresent(
            older ->
                older.close(Status.ABORTED.withDescription("another stream resumed this session")));
    source =
        wanted.audio()
            ? model.audio().orElseThrow().open(start.getUtteranceId(), services.newMemoryShare())
            : new FeatureSource(info.getFeatureDim(), wanted.firstFrame());
    buffer = new ContextBuffer(model.description(), wanted.firstFrame(), wanted.nextFrame());
    packer =
        new RowPacker(
            model.priors(),
            wanted,
            info.getNumPdfs(),
            StreamServices.MESSAGE_BYTES,
            StreamServices.TURN_BYTES);
    request = wanted;
    nextFrame = wanted.nextFrame();
    int columns = wanted.columns().size();
    responses.onNext(
        ScoreResponse.newBuilder()
            .setStarted(
                ScoreStarted.newBuilder()
                    .setModelName(info.getName())
                    .setModelVersion(info.getVersion())
                    .setFingerprint(info.getFingerprint())
                    .setNumColumns(columns == 0 ? info.getNumPdfs() : columns)
                    .setFrameSubsamplingFactor(info.getFrameSubsamplingFactor())
                    .setLeftContext(info.getLeftContext())
                    .setStreamId(record.id())
                    .setResumeSecret(record.session().isEmpty() ? "" : secret.text()))
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
    cancel();
  }

  /** The client cancelled, its deadline passed, or its connection broke. */
  void cancel() {
    cancel(Status.CANCELLED);
  }

  /** Ends the stream with a status that is told to the client if it is not CANCELLED. */
  void cancel(Status status) {
    close(status);
  }

  private synchronized void clientTakesMore() {
    lastMove = services.clock().getAsLong();
    queue();
  }

  /**
   * Checks whether another stream may take this one's session over. Takes no lock.
   *
   * @param client of the other stream
   * @param start by which it asks for the session
   */
  void requireResumable(ClientIdentity client, ScoreStart start) {
    boolean sameCredential =
        !client.credential().isEmpty() && client.credential().equals(client().credential());
    if (!sameCredential && !secret.equalTo(start.getResumeSecret())) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              "session '"
                  + ClientText.shown(start.getSessionId())
                  + "' is another client's; resume_secret of its first answer would show that it"
                  + " is this one's")
          .asRuntimeException();
    }
    if (start.getNextFrame() < 0 || start.getNextFrame() > nextFrame) {
      throw wrong(
          "next_frame is "
              + Long.toUnsignedString(start.getNextFrame())
              + ", but rows of this session were sent up to frame "
              + nextFrame
              + " only");
    }
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
    if (closed || inTurn || request == null) {
      return;
    }
    if (chunk == null && !ended && buffer.rowsReady() == 0) {
      return;
    }
    if (responses.isReady()) {
      inTurn = true;
      int rows = buffer.rowsReady();
      if (chunk != null) {
        rows += source.framesIn(chunk, chunkUsed);
      } else if (ended) {
        rows += source.framesOwed() + model.info().getRightContext();
      }
      // No more than a turn computes, or a batch would be taken for full that is not.
      model.turns().add(this, Math.min(rows, packer.rowsPerTurn()));
    }
  }

  @Override
  public ClientIdentity client() {
    return record.client();
  }

  @Override
  public FloatMatrix stretch(int maxRows) {
    int rows = Math.min(maxRows, packer.rowsPerTurn());
    try {
      fill(rows);
      rows = Math.min(rows, buffer.rowsReady());
      return rows == 0 || isClosed() ? null : buffer.take(rows);
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
    int frames = rows + model.info().getLeftContext() + model.info().getRightContext();
    while (frames > 0 && buffer.rowsReady() < rows && !drained) {
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
        if (!source.finish(frames, buffer)) {
          buffer.finish();
          drained = true;
        }
        return;
      }
      int waiting = source.framesIn(next, used);
      used += source.read(next, used, Math.min(frames, rows), buffer);
      frames -= waiting - source.framesIn(next, used);
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
    packer.begin(rows, request.nextFrame() + rowsSent);
  }

  @Override
  public void row(float[] logits, int at) {
    if (isClosed()) {
      return;
    }
    try {
      packer.add(logits, at);
    } catch (StjemException e) {
      close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    } catch (RuntimeException | OutOfMemoryError e) {
      close(internal(e));
    }
  }

  @Override
  public void deliver(List<String> missing) {
    try {
      for (ScoreRows rows : packer.messages(missing)) {
        synchronized (this) {
          if (closed) {
            return;
          }
          // First, lest a client that has them already be told that it cannot.
          nextFrame += (long) rows.getNumRows() * model.info().getFrameSubsamplingFactor();
          responses.onNext(ScoreResponse.newBuilder().setRows(rows).build());
        }
        rowsSent += rows.getNumRows();
        model.metrics().sent(rows.getNumRows());
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
      if (drained && buffer.rowsReady() == 0) {
        complete();
      } else {
        queue();
      }
    } catch (RuntimeException e) {
      close(internal(e));
    }
  }

  private void complete() {
    ScoreFinal last =
        ScoreFinal.newBuilder()
            .setNumFrames(source.frames())
            .setNumRows(rowsSent)
            .setNumSamples(source.samples())
            .setModelName(model.info().getName())
            .setModelVersion(model.info().getVersion())
            .build();
    close(Status.OK);
    responses.onNext(ScoreResponse.newBuilder().setFinal(last).build());
    responses.onCompleted();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Frees all that the stream has, and tells the client of a fault. */
  private synchronized void close(Status status) {
    if (closed) {
      return;
    }
    closed = true;
    chunk = null;
    services.streams().remove(record.session(), this);
    long frames = source == null ? 0 : source.frames();
    if (source != null) {
      source.close();
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
