package org.stjem.acoustic.serving;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.proto.v1.ScoreFinal;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreRows;

/** The network as a stream sees it: takes messages, and says when it takes more. */
final class FakeTransport extends ServerCallStreamObserver<ScoreResponse> {
  final List<ScoreResponse> sent = new ArrayList<>();
  boolean ready = true;
  int requested;
  boolean completed;
  Status failure;
  Runnable onReady;

  @Override
  public void onNext(ScoreResponse response) {
    sent.add(response);
  }

  @Override
  public void onError(Throwable fault) {
    failure = ((StatusRuntimeException) fault).getStatus();
  }

  @Override
  public void onCompleted() {
    completed = true;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void request(int count) {
    requested += count;
  }

  @Override
  public void disableAutoRequest() {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void setCompression(String compression) {}

  /** What the failed stream's client was told. */
  String sentence() {
    return failure.getCode() + ": " + failure.getDescription();
  }

  /** The rows sent so far, whatever columns they have. */
  FloatMatrix rows() {
    List<Float> values = new ArrayList<>();
    int cols = 0;
    for (ScoreResponse response : sent) {
      ScoreRows rows = response.getRows();
      cols = Math.max(cols, rows.getNumColumns());
      float[] some = new float[rows.getNumRows() * rows.getNumColumns()];
      PackedFloats.unpack(rows.getData(), rows.getFormat(), 0, some);
      for (float value : some) {
        values.add(value);
      }
    }
    FloatMatrix all = new FloatMatrix(cols == 0 ? 0 : values.size() / cols, cols);
    for (int i = 0; i < values.size(); i++) {
      all.data()[i] = values.get(i);
    }
    return all;
  }

  /** The last message, if it is the final one. */
  ScoreFinal last() {
    return sent.get(sent.size() - 1).getFinal();
  }

  int rowsSent() {
    return sent.stream().mapToInt(response -> response.getRows().getNumRows()).sum();
  }
}
