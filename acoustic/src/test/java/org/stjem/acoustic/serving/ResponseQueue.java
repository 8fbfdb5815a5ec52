package org.stjem.acoustic.serving;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.LinkedBlockingQueue;
import org.stjem.proto.v1.ScoreResponse;

/** Collects what comes on a stream: responses, then a {@link Throwable} or "completed". */
class ResponseQueue implements StreamObserver<ScoreResponse> {
  final LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>();

  @Override
  public void onNext(ScoreResponse response) {
    events.add(response);
  }

  @Override
  public void onError(Throwable fault) {
    events.add(fault);
  }

  @Override
  public void onCompleted() {
    events.add("completed");
  }
}
