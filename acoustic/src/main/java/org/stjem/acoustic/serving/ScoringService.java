package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.GetModelRequest;
import org.stjem.proto.v1.GetModelResponse;
import org.stjem.proto.v1.ListModelsRequest;
import org.stjem.proto.v1.ListModelsResponse;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;

/** The contract's service: describes the models and admits streams up to a limit. */
final class ScoringService extends AcousticModelServiceGrpc.AcousticModelServiceImplBase {
  /** What may wait in the transport for a client before its stream gets another turn. */
  private static final int READY_BYTES = 512 << 10;

  private final StreamServices services;

  ScoringService(StreamServices services) {
    this.services = services;
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> response) {
    answer(
        response,
        () ->
            ListModelsResponse.newBuilder()
                .addAllModels(services.models().infos())
                .setDefaultModelName(services.models().defaultName())
                .build());
  }

  @Override
  public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> response) {
    answer(
        response,
        () ->
            GetModelResponse.newBuilder()
                .setModel(services.models().info(request.getModelName(), request.getModelVersion()))
                .build());
  }

  /** Sends the one answer of a call, or the status it fails with. */
  static <T> void answer(StreamObserver<T> response, Supplier<T> answer) {
    T value;
    try {
      value = answer.get();
    } catch (StatusRuntimeException e) {
      response.onError(e);
      return;
    } catch (RuntimeException e) {
      response.onError(
          Status.INTERNAL.withDescription("the server failed: " + e).asRuntimeException());
      return;
    }
    response.onNext(value);
    response.onCompleted();
  }

  @Override
  public StreamObserver<ScoreRequest> score(StreamObserver<ScoreResponse> responses) {
    ServerCallStreamObserver<ScoreResponse> call =
        (ServerCallStreamObserver<ScoreResponse>) responses;
    Caller caller = Caller.current();
    ClientIdentity client = caller.client();
    long id;
    try {
      id = services.streams().admit(client);
    } catch (StatusRuntimeException e) {
      services.metrics().streamEnded(e.getStatus().getCode());
      responses.onError(e);
      return new Refused();
    }
    StreamRecord record = new StreamRecord(id, caller.peer(), client, services.clock().getAsLong());
    ScoreStream stream = new ScoreStream(services, call, record);
    call.setOnReadyThreshold(READY_BYTES);
    stream.open();
    call.setOnCloseHandler(() -> services.streams().callEnded(client));
    call.setOnCancelHandler(
        () -> {
          stream.close(caller.cancellation());
          services.streams().callEnded(client);
        });
    return stream;
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
