package org.stjem.acoustic.serving;

import com.google.protobuf.ByteString;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.stjem.acoustic.network.MessageMemory;
import org.stjem.frontend.io.StjemException;
import org.stjem.proto.v1.AcousticModelServiceGrpc;
import org.stjem.proto.v1.Features;
import org.stjem.proto.v1.ModelInfo;
import org.stjem.proto.v1.ScoreRequest;
import org.stjem.proto.v1.ScoreResponse;
import org.stjem.proto.v1.ScoreStart;

/**
 * Streams of random features that keep a server busy: as fast as it takes them, or each at the pace
 * of speech. Over unencrypted connections, for measurements.
 */
public final class ServerLoad implements AutoCloseable {
  private static final int STREAMS_PER_CONNECTION = 16;

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final ModelInfo model;
  private final Supplier<Map<String, Duration>> serverCpu;
  private final int chunkFrames;
  private final ScoreRequest chunk;
  private final AtomicLong rows = new AtomicLong();
  private final AtomicBoolean measuring = new AtomicBoolean();
  private final AtomicReference<Throwable> fault = new AtomicReference<>();
  private final List<Double> latencies = new ArrayList<>();

  /**
   * What a load measured.
   *
   * @param framesPerSecond rows received, of all streams
   * @param clientMicros CPU microseconds of this process for each of them
   * @param serverMicros CPU microseconds of the server's threads for each of them, by what they do
   * @param latencies milliseconds from the sending of a chunk to the arrival of the last row that
   *     it makes computable, sorted; of paced streams only
   */
  public record Measurement(
      double framesPerSecond,
      double clientMicros,
      Map<String, Double> serverMicros,
      double[] latencies) {
    /** A percentile of the latencies, in milliseconds. */
    public double latency(int percent) {
      return latencies.length == 0
          ? Double.NaN
          : latencies[Math.min(latencies.length - 1, latencies.length * percent / 100)];
    }
  }

  /**
   * Connects to a server.
   *
   * @param server {@code HOST:PORT}
   * @param serverCpu CPU time that the server has used so far, by what its threads do
   * @param streams of each measurement
   * @param chunkFrames frames in a message
   */
  public ServerLoad(
      String server,
      ModelInfo model,
      Supplier<Map<String, Duration>> serverCpu,
      int streams,
      int chunkFrames) {
    this.model = model;
    this.serverCpu = serverCpu;
    this.chunkFrames = chunkFrames;
    for (int i = 0; i < streams; i += STREAMS_PER_CONNECTION) {
      channels.add(
          NettyChannelBuilder.forTarget(server, InsecureChannelCredentials.create())
              .directExecutor()
              .withOption(ChannelOption.ALLOCATOR, MessageMemory.ALLOCATOR)
              .build());
    }
    Random random = new Random(1);
    float[] values = new float[chunkFrames * model.getFeatureDim()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    ByteString data = PackedFloats.pack(values, 0, values.length);
    this.chunk =
        ScoreRequest.newBuilder()
            .setFeatures(
                Features.newBuilder()
                    .setData(data)
                    .setNumFrames(chunkFrames)
                    .setDim(model.getFeatureDim()))
            .build();
  }

  /** One endless utterance. */
  private final class LoadStream implements ClientResponseObserver<ScoreRequest, ScoreResponse> {
    private final boolean paced;
    private final Deque<long[]> awaited = new ArrayDeque<>();
    private ClientCallStreamObserver<ScoreRequest> requests;
    private long framesSent;

    LoadStream(boolean paced) {
      this.paced = paced;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ScoreRequest> stream) {
      requests = stream;
      if (!paced) {
        stream.setOnReadyHandler(this::sendWhileReady);
      }
    }

    void start() {
      requests.onNext(ScoreRequest.newBuilder().setStart(ScoreStart.getDefaultInstance()).build());
    }

    private void sendWhileReady() {
      while (requests.isReady()) {
        requests.onNext(chunk);
      }
    }

    synchronized void sendOne() {
      framesSent += chunkFrames;
      awaited.addLast(new long[] {framesSent - model.getRightContext(), System.nanoTime()});
      requests.onNext(chunk);
    }

    @Override
    public void onNext(ScoreResponse response) {
      if (!response.hasRows()) {
        return;
      }
      rows.addAndGet(response.getRows().getNumRows());
      if (paced) {
        arrived(response.getRows().getFirstFrame() + response.getRows().getNumRows());
      }
    }

    private synchronized void arrived(long rowsSoFar) {
      while (!awaited.isEmpty() && awaited.getFirst()[0] <= rowsSoFar) {
        double milliseconds = (System.nanoTime() - awaited.removeFirst()[1]) / 1e6;
        if (measuring.get()) {
          synchronized (latencies) {
            latencies.add(milliseconds);
          }
        }
      }
    }

    @Override
    public void onError(Throwable cause) {
      if (measuring.get()) {
        fault.compareAndSet(null, cause);
      }
    }

    @Override
    public void onCompleted() {}
  }

  /**
   * Lets streams run and measures after a while.
   *
   * @param paced whether each stream sends a chunk per chunk's duration, or as fast as it can
   * @throws StjemException if a stream fails
   */
  public Measurement run(int streams, boolean paced, Duration warmUp, Duration time)
      throws InterruptedException {
    List<LoadStream> all = new ArrayList<>();
    ScheduledExecutorService pacer = Executors.newScheduledThreadPool(1);
    try {
      long period = (long) (chunkFrames * model.getFrameShiftMs() * 1e6);
      for (int i = 0; i < streams; i++) {
        LoadStream stream = new LoadStream(paced);
        all.add(stream);
        AcousticModelServiceGrpc.newStub(channels.get(i % channels.size())).score(stream);
        stream.start();
        if (paced) {
          pacer.scheduleAtFixedRate(
              stream::sendOne, period * i / streams, period, TimeUnit.NANOSECONDS);
        }
      }
      Thread.sleep(warmUp.toMillis());
      measuring.set(true);
      long start = System.nanoTime();
      long rowsBefore = rows.get();
      Duration cpuBefore = cpuTime();
      Map<String, Duration> serverBefore = serverCpu.get();
      Thread.sleep(time.toMillis());
      long received = rows.get() - rowsBefore;
      double rate = received * 1e9 / (System.nanoTime() - start);
      double clientMicros = cpuTime().minus(cpuBefore).toNanos() / 1e3 / received;
      Map<String, Double> serverMicros = new TreeMap<>();
      serverCpu
          .get()
          .forEach(
              (what, used) -> {
                Duration before = serverBefore.getOrDefault(what, Duration.ZERO);
                serverMicros.put(what, used.minus(before).toNanos() / 1e3 / received);
              });
      measuring.set(false);
      if (fault.get() != null) {
        throw new StjemException("a stream failed: " + fault.get().getMessage(), fault.get());
      }
      double[] sorted;
      synchronized (latencies) {
        sorted = latencies.stream().mapToDouble(Double::doubleValue).toArray();
        latencies.clear();
      }
      Arrays.sort(sorted);
      return new Measurement(rate, clientMicros, serverMicros, sorted);
    } finally {
      pacer.shutdownNow();
      pacer.awaitTermination(5, TimeUnit.SECONDS);
      all.forEach(stream -> stream.requests.cancel("measured", null));
    }
  }

  /** CPU time this process has used so far, on all cores. */
  public static Duration cpuTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
