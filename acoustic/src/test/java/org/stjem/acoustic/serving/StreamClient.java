package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/** A stream over a network that collects what comes, with one message of features sent on it. */
class StreamClient extends ResponseQueue {
  final StreamObserver<ScoreRequest> requests;

  /** What shows that the session is this client's; null before the first answer was read. */
  String secret;

  StreamClient(
      AcousticModelServiceGrpc.AcousticModelServiceStub stub,
      ScoreStart start,
      FloatMatrix features) {
    requests = stub.score(this);
    requests.onNext(ScoreRequest.newBuilder().setStart(start).build());
    requests.onNext(StreamFixture.chunk(features));
  }

  /** Reads until rows have come. */
  StreamClient withRows() throws InterruptedException {
    ScoreResponse response = (ScoreResponse) events.take();
    while (!response.hasRows()) {
      secret = response.getStarted().getResumeSecret();
      response = (ScoreResponse) events.take();
    }
    return this;
  }

  /** Ends the utterance and reads until the last message. */
  ScoreResponse finish() throws InterruptedException {
    requests.onNext(StreamFixture.end());
    requests.onCompleted();
    ScoreResponse response = (ScoreResponse) events.take();
    while (!response.hasFinal()) {
      response = (ScoreResponse) events.take();
    }
    return response;
  }

  /** Reads until the fault the stream ends with. */
  Status fault() throws InterruptedException {
    Object event = events.take();
    while (!(event instanceof Throwable)) {
      event = events.take();
    }
    return Status.fromThrowable((Throwable) event);
  }
}
