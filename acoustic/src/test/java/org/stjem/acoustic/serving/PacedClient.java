package org.stjem.acoustic.serving;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/**
 * A client that sends two frames every 20 ms, as speech comes, and notes how long their rows take.
 */
final class PacedClient implements StreamObserver<ScoreResponse>, AutoCloseable {
  private static final int FRAMES = 2;
  private static final long PERIOD_MS = 20;

  private final ScheduledExecutorService pacer = Executors.newSingleThreadScheduledExecutor();
  private final StreamObserver<ScoreRequest> requests;
  private final ScoreRequest chunk;
  private final int rightContext;

  // Guarded by this.
  private final Deque<long[]> awaited = new ArrayDeque<>();
  private final List<Double> latencies = new ArrayList<>();
  private long framesSent;
  private Throwable fault;

  /** Begins to send. */
  PacedClient(ManagedChannel channel, FakeAcousticModel model, String token) {
    rightContext = model.description().rightContext();
    chunk = StreamFixture.chunk(model.features(FRAMES, 1));
    requests = stub(channel, token).score(this);
    requests.onNext(ScoreRequest.newBuilder().setStart(ScoreStart.getDefaultInstance()).build());
    pacer.scheduleAtFixedRate(this::send, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  /** A stub whose calls show a token. */
  static AcousticModelServiceGrpc.AcousticModelServiceStub stub(
      ManagedChannel channel, String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return AcousticModelServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private synchronized void send() {
    framesSent += FRAMES;
    awaited.addLast(new long[] {framesSent - rightContext, System.nanoTime()});
    requests.onNext(chunk);
  }

  @Override
  public synchronized void onNext(ScoreResponse response) {
    long rows = response.getRows().getFirstFrame() + response.getRows().getNumRows();
    while (!awaited.isEmpty() && awaited.getFirst()[0] <= rows) {
      latencies.add((System.nanoTime() - awaited.removeFirst()[1]) / 1e6);
    }
    notifyAll();
  }

  @Override
  public synchronized void onError(Throwable cause) {
    fault = cause;
    notifyAll();
  }

  @Override
  public void onCompleted() {}

  /** Waits until all rows have come, and forgets how long they took. */
  synchronized void restart() throws InterruptedException {
    while (!awaited.isEmpty() && fault == null) {
      wait();
    }
    latencies.clear();
  }

  /**
   * Milliseconds that rows took, sorted; those that are still missing count with the time they have
   * been waited for.
   */
  synchronized List<Double> latencies() {
    if (fault != null) {
      throw new AssertionError("the stream failed", fault);
    }
    List<Double> sorted = new ArrayList<>(latencies);
    for (long[] missing : awaited) {
      sorted.add((System.nanoTime() - missing[1]) / 1e6);
    }
    Collections.sort(sorted);
    return sorted;
  }

  @Override
  public void close() {
    pacer.shutdownNow();
  }
}
