package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.GetModelRequest;
import org.stjem.proto.v1.GetModelResponse;
import org.stjem.proto.v1.ListModelsRequest;
import org.stjem.proto.v1.ListModelsResponse;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;

/** The contract's service for one model: admits streams up to a limit and hands them to workers. */
final class ScoringService extends AcousticModelServiceGrpc.AcousticModelServiceImplBase {
  /** Rows of one message stay below this, a quarter of gRPC's default limit. */
  private static final int ROW_BYTES = 1 << 20;

  /** Rows of one step at most, so that streams of a small model take turns as well. */
  private static final int MAX_ROWS = 512;

  private final ServedModel served;
  private final Executor workers;
  private final int maxStreams;
  private final Semaphore places;
  private final int rowsPerStep;

  /** One party for each call whose last message is not yet sent, and one that closes the phase. */
  private final Phaser calls = new Phaser(1);

  ScoringService(ServedModel served, Executor workers, int maxStreams) {
    this.served = served;
    this.workers = workers;
    this.maxStreams = maxStreams;
    this.places = new Semaphore(maxStreams);
    this.rowsPerStep = rowsPerStep(served.info().getNumPdfs());
  }

  static int rowsPerStep(int numPdfs) {
    return Math.max(1, Math.min(MAX_ROWS, ROW_BYTES / (Float.BYTES * numPdfs)));
  }

  /** Streams being scored now. */
  int openStreams() {
    return maxStreams - places.availablePermits();
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> response) {
    response.onNext(
        ListModelsResponse.newBuilder()
            .addModels(served.info())
            .setDefaultModelName(served.info().getName())
            .build());
    response.onCompleted();
  }

  @Override
  public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> response) {
    if (!served.answersTo(request.getModelName())) {
      response.onError(served.notFound(request.getModelName()).asRuntimeException());
      return;
    }
    response.onNext(GetModelResponse.newBuilder().setModel(served.info()).build());
    response.onCompleted();
  }

  @Override
  public StreamObserver<ScoreRequest> score(StreamObserver<ScoreResponse> responses) {
    if (!places.tryAcquire()) {
      responses.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription(
                  "the server scores "
                      + maxStreams
                      + " streams already, its limit; try again later")
              .asRuntimeException());
      return new Refused();
    }
    ServerCallStreamObserver<ScoreResponse> call =
        (ServerCallStreamObserver<ScoreResponse>) responses;
    call.setOnReadyThreshold(ROW_BYTES);
    ScoreStream stream = new ScoreStream(served, call, workers, rowsPerStep, places::release);
    stream.open();
    calls.register();
    call.setOnCloseHandler(calls::arriveAndDeregister);
    call.setOnCancelHandler(
        () -> {
          stream.cancel();
          calls.arriveAndDeregister();
        });
    return stream;
  }

  /**
   * Waits until the last message of every stream has left; to be called once, when no new streams
   * come any more.
   *
   * @return false if some had not after {@code limit}
   */
  boolean awaitEnd(Duration limit) throws InterruptedException {
    try {
      calls.awaitAdvanceInterruptibly(calls.arrive(), limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** What the client of a refused stream had already sent goes here. */
  private static final class Refused implements StreamObserver<ScoreRequest> {
    @Override
    public void onNext(ScoreRequest request) {}

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}
  }
}
