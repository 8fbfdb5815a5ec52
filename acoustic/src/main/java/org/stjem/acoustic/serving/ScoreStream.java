package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stjem.acoustic.net.LogitStream;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.Priors;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.NumberFormat;
import org.stjem.proto.v1.ScoreFinal;
import org.stjem.proto.v1.ScoreKind;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;
import org.stjem.proto.v1.ScoreStart;
import org.stjem.proto.v1.ScoreStarted;

/**
 * The server's side of one utterance. It keeps these promises:
 *
 * <ol>
 *   <li>It holds at most one message of features, besides the model's context.
 *   <li>Rows are computed by the workers only, at most {@code rowsPerStep} at a time and only while
 *       the transport takes them, and at most one step of a stream waits or runs at any time.
 *   <li>Once the stream ended, failed or was cancelled, nothing more is computed or sent, and
 *       {@code onClosed} has run exactly once, before the client hears of the end.
 * </ol>
 */
final class ScoreStream implements StreamObserver<ScoreRequest>, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ScoreStream.class);

  private final ServedModel served;
  private final ServerCallStreamObserver<ScoreResponse> responses;
  private final Executor workers;
  private final int rowsPerStep;
  private final Runnable onClosed;

  // Set by the start message, before any step.
  private String utterance = "";
  private OutputKind kind;
  private double priorScale;
  private boolean wantLogPx;
  private LogitStream logits;

  // Guarded by this.
  private Features chunk;
  private int chunkFramesDone;
  private boolean ended;
  private boolean stepping;
  private boolean closed;

  // Of the one step that runs at a time.
  private long framesTaken;
  private long rowsSent;

  /**
   * Opens a stream and asks for its first message.
   *
   * @param responses where rows go; its automatic requests are switched off here
   * @param workers what runs the steps; may refuse them only after the server has stopped
   * @param rowsPerStep most rows computed, and sent in one message, at a time
   * @param onClosed frees the stream's place in the server
   */
  ScoreStream(
      ServedModel served,
      ServerCallStreamObserver<ScoreResponse> responses,
      Executor workers,
      int rowsPerStep,
      Runnable onClosed) {
    this.served = served;
    this.responses = responses;
    this.workers = workers;
    this.rowsPerStep = rowsPerStep;
    this.onClosed = onClosed;
  }

  /** Connects the stream to the transport; to be called while the call is being opened. */
  void open() {
    responses.disableAutoRequest();
    responses.setOnReadyHandler(this::step);
    responses.request(1);
  }

  @Override
  public synchronized void onNext(ScoreRequest request) {
    if (closed) {
      return;
    }
    switch (request.getRequestCase()) {
      case START -> start(request.getStart());
      case FEATURES -> features(request.getFeatures());
      case AUDIO -> fail(Status.UNIMPLEMENTED, "this server takes no audio");
      case END -> end();
      case REQUEST_NOT_SET ->
          fail(Status.INVALID_ARGUMENT, "a request is neither start, features nor end");
    }
  }

  private void start(ScoreStart start) {
    utterance = start.getUtteranceId();
    if (logits != null) {
      fail(Status.INVALID_ARGUMENT, "a stream takes one start message only");
      return;
    }
    if (!served.answersTo(start.getModelName())) {
      Status status = served.notFound(start.getModelName());
      fail(status, status.getDescription());
      return;
    }
    List<String> differences = served.differences(start);
    if (!differences.isEmpty()) {
      fail(
          Status.FAILED_PRECONDITION,
          "model '"
              + served.info().getName()
              + "' does not fit: "
              + String.join("; ", differences));
      return;
    }
    if (start.getPdfIdsCount() > 0
        || start.getRowFormatValue() > NumberFormat.NUMBER_FORMAT_FLOAT32_VALUE
        || start.getNextFrame() > 0) {
      fail(Status.UNIMPLEMENTED, "this server takes whole utterances and gives whole rows only");
      return;
    }
    double scale = start.hasPriorScale() ? start.getPriorScale() : 1;
    if (!Double.isFinite(scale)) {
      fail(Status.INVALID_ARGUMENT, "prior_scale is " + scale + ", it must be finite");
      return;
    }
    OutputKind wanted = outputKind(start.getKind());
    if (wanted == null) {
      fail(Status.INVALID_ARGUMENT, "no score kind " + start.getKindValue());
      return;
    }
    if (wanted == OutputKind.LOGLIKES && !served.info().getHasPriors()) {
      fail(
          Status.FAILED_PRECONDITION,
          "model '" + served.info().getName() + "' has no class priors; ask for logits");
      return;
    }
    kind = wanted;
    priorScale = scale;
    wantLogPx = start.getWantLogPx();
    logits = served.model().stream();
    LOG.debug("utterance '{}' of session '{}' begins", utterance, start.getSessionId());
    responses.onNext(
        ScoreResponse.newBuilder()
            .setStarted(
                ScoreStarted.newBuilder()
                    .setModelName(served.info().getName())
                    .setModelVersion(served.info().getVersion())
                    .setNumColumns(served.info().getNumPdfs())
                    .setFrameSubsamplingFactor(served.info().getFrameSubsamplingFactor())
                    .setLeftContext(served.info().getLeftContext()))
            .build());
    responses.request(1);
  }

  private static OutputKind outputKind(ScoreKind kind) {
    return switch (kind) {
      case SCORE_KIND_UNSPECIFIED, SCORE_KIND_SCALED_LOG_LIKELIHOOD -> OutputKind.LOGLIKES;
      case SCORE_KIND_LOGIT -> OutputKind.LOGITS;
      case SCORE_KIND_LOG_POSTERIOR -> OutputKind.LOG_POSTERIORS;
      case UNRECOGNIZED -> null;
    };
  }

  private void features(Features features) {
    if (logits == null) {
      fail(Status.INVALID_ARGUMENT, "features before the start message");
      return;
    }
    int dim = served.info().getFeatureDim();
    long frames = Integer.toUnsignedLong(features.getNumFrames());
    if (features.getDim() != dim) {
      fail(
          Status.INVALID_ARGUMENT,
          "features have dimension "
              + Integer.toUnsignedString(features.getDim())
              + ", model '"
              + served.info().getName()
              + "' takes "
              + dim);
      return;
    }
    if (features.getData().size() != 4 * frames * dim) {
      fail(
          Status.INVALID_ARGUMENT,
          frames
              + " frames of dimension "
              + dim
              + " are "
              + 4 * frames * dim
              + " bytes, not "
              + features.getData().size());
      return;
    }
    chunk = features;
    chunkFramesDone = 0;
    step();
  }

  private void end() {
    if (logits == null) {
      fail(Status.INVALID_ARGUMENT, "end before the start message");
      return;
    }
    ended = true;
    step();
  }

  /** The client closed its direction. */
  @Override
  public synchronized void onCompleted() {
    if (!ended) {
      fail(Status.INVALID_ARGUMENT, "the stream was closed before its end message");
    }
  }

  @Override
  public void onError(Throwable cause) {
    cancel();
  }

  /** The client cancelled or its connection broke. */
  void cancel() {
    close();
  }

  /** Queues a step if there is work that the client can take. */
  private synchronized void step() {
    if (!closed && !stepping && (chunk != null || ended) && responses.isReady()) {
      stepping = true;
      workers.execute(this);
    }
  }

  /** One step, on a worker: some frames of the chunk, or the end of the utterance. */
  @Override
  public void run() {
    try {
      FloatMatrix frames = nextFrames();
      if (frames != null) {
        send(logits.accept(frames));
        framesTaken += frames.rows();
        afterFrames();
      } else if (!isClosed()) {
        send(logits.finish());
        complete();
      }
    } catch (StjemException e) {
      fail(Status.INVALID_ARGUMENT, e.getMessage());
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("utterance '{}' cannot be scored: {}", utterance, e.toString());
      LOG.debug("trace", e);
      fail(Status.INTERNAL, "the server cannot score this utterance: " + e);
    }
  }

  /** The frames of this step, or null if no chunk is waiting. */
  private FloatMatrix nextFrames() {
    ByteString data;
    int from;
    int frames;
    synchronized (this) {
      if (closed || chunk == null) {
        return null;
      }
      data = chunk.getData();
      from = chunkFramesDone;
      frames = Math.min(rowsPerStep, chunk.getNumFrames() - from);
      chunkFramesDone += frames;
    }
    FloatMatrix features = new FloatMatrix(frames, served.info().getFeatureDim());
    PackedFloats.unpack(data, from * features.cols(), frames * features.cols(), features.data(), 0);
    for (int i = 0; i < features.data().length; i++) {
      if (!Float.isFinite(features.data()[i])) {
        throw new StjemException(
            "frame "
                + (framesTaken + i / features.cols())
                + " holds "
                + features.data()[i]
                + " in dimension "
                + i % features.cols());
      }
    }
    return features;
  }

  private synchronized void afterFrames() {
    stepping = false;
    if (closed) {
      return;
    }
    if (chunkFramesDone == chunk.getNumFrames()) {
      chunk = null;
      responses.request(1);
    }
    step();
  }

  private void send(FloatMatrix rows) {
    FloatMatrix scores = served.priors().apply(rows, kind, priorScale);
    float[] logPx = wantLogPx ? Priors.logDensity(rows) : new float[0];
    for (int from = 0; from < scores.rows(); from += rowsPerStep) {
      int count = Math.min(rowsPerStep, scores.rows() - from);
      ScoreRows.Builder message =
          ScoreRows.newBuilder()
              .setFirstFrame(rowsSent * served.info().getFrameSubsamplingFactor())
              .setNumRows(count)
              .setNumColumns(scores.cols())
              .setData(
                  PackedFloats.pack(scores.data(), from * scores.cols(), count * scores.cols()));
      if (wantLogPx) {
        message.setLogPx(PackedFloats.pack(logPx, from, count));
      }
      ScoreResponse response = ScoreResponse.newBuilder().setRows(message).build();
      synchronized (this) {
        if (closed) {
          return;
        }
        responses.onNext(response);
      }
      rowsSent += count;
    }
  }

  private synchronized void complete() {
    if (closed) {
      return;
    }
    close();
    LOG.debug("utterance '{}' ends after {} frames", utterance, framesTaken);
    responses.onNext(
        ScoreResponse.newBuilder()
            .setFinal(
                ScoreFinal.newBuilder()
                    .setNumFrames(framesTaken)
                    .setNumRows(rowsSent)
                    .setModelName(served.info().getName())
                    .setModelVersion(served.info().getVersion()))
            .build());
    responses.onCompleted();
  }

  private synchronized void fail(Status status, String sentence) {
    if (closed) {
      return;
    }
    close();
    LOG.debug("utterance '{}' fails: {}: {}", utterance, status.getCode(), sentence);
    responses.onError(status.withDescription(sentence).asRuntimeException());
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void close() {
    if (!closed) {
      closed = true;
      chunk = null;
      onClosed.run();
    }
  }
}
