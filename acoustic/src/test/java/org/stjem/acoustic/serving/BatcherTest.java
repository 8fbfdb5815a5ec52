package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.stjem.acoustic.serving.SameBits.assertSameBits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stjem.frontend.kaldi.FloatMatrix;

@Timeout(60)
class BatcherTest {
  private final FakeAcousticModel model = new FakeAcousticModel(3, 5);
  private final ModelMetrics metrics = new ServingMetrics().of("fake:1", 10);

  /** A stream of one stretch. */
  private class OneStretch implements Turn {
    final FloatMatrix stretch;
    final CountDownLatch over = new CountDownLatch(1);
    FloatMatrix coming;
    int next;
    FloatMatrix logits;
    Throwable fault;

    OneStretch(FloatMatrix stretch) {
      this.stretch = stretch;
    }

    @Override
    public ClientIdentity client() {
      return ClientIdentity.UNKNOWN;
    }

    @Override
    public FloatMatrix stretch(int maxRows) {
      return stretch;
    }

    @Override
    public void begin(int rows) {
      coming = new FloatMatrix(rows, model.description().numPdfs());
      next = 0;
    }

    @Override
    public void row(float[] row, int at) {
      int cols = coming.cols();
      System.arraycopy(row, at, coming.data(), next++ * cols, cols);
    }

    @Override
    public void deliver(List<String> missing) {
      assertThat(next).isEqualTo(coming.rows());
      logits = coming;
    }

    @Override
    public void fail(Throwable cause) {
      fault = cause;
    }

    @Override
    public void end() {
      over.countDown();
    }
  }

  /** One of the streams of a client that has more rows as soon as it got some. */
  private final class Greedy extends OneStretch {
    private final Batcher batcher;

    Greedy(Batcher batcher) {
      super(null);
      this.batcher = batcher;
    }

    @Override
    public ClientIdentity client() {
      return new ClientIdentity("greedy", "192.0.2.1");
    }

    @Override
    public FloatMatrix stretch(int maxRows) {
      int context = model.description().leftContext() + model.description().rightContext();
      return model.features(maxRows + context, 1);
    }

    @Override
    public void end() {
      batcher.add(this, 1000);
    }
  }

  private Batcher batcher(int threads, int maxRows, Duration delay) {
    return new Batcher(model, "test", threads, maxRows, delay, System::nanoTime, metrics);
  }

  @Test
  void add_manyStreams_eachGetsItsRows() throws InterruptedException {
    Batcher batcher = batcher(3, 64, Duration.ofMillis(1));
    List<OneStretch> streams = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      OneStretch stream = new OneStretch(model.features(8 + 1 + i % 30, i));
      streams.add(stream);
      batcher.add(stream, 1 + i % 30);
    }
    for (OneStretch stream : streams) {
      stream.over.await();
      assertSameBits(stream.logits.data(), model.logitsOfPadded(stream.stretch).data());
    }
    batcher.stop();
    assertThat(batcher.awaitEnd(Duration.ofSeconds(30))).isTrue();
    assertThat(model.closed).isTrue();
  }

  @Test
  void add_enoughRows_doesNotWaitForTheDelay() throws InterruptedException {
    Batcher batcher = batcher(1, 10, Duration.ofDays(1));
    OneStretch stream = new OneStretch(model.features(18, 1));
    batcher.add(stream, 10);
    assertThat(stream.over.await(30, TimeUnit.SECONDS)).isTrue();
    batcher.stop();
  }

  @Test
  void stop_duringABatch_freesTheModelAfterIt() throws InterruptedException {
    CountDownLatch computing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    model.beforeRows =
        () -> {
          computing.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    Batcher batcher = batcher(2, 1, Duration.ZERO);
    OneStretch stream = new OneStretch(model.features(9, 1));
    batcher.add(stream, 1);
    computing.await();
    batcher.stop();
    assertThat(batcher.awaitEnd(Duration.ofMillis(20))).isFalse();
    assertThat(model.closed).isFalse();
    goOn.countDown();
    assertThat(batcher.awaitEnd(Duration.ofSeconds(30))).isTrue();
    assertThat(model.closed).isTrue();
    assertThat(stream.logits.rows()).isEqualTo(1);
  }

  @Test
  void compute_oneStreamAtFault_costsOnlyThat() {
    OneStretch good = new OneStretch(model.features(12, 1));
    OneStretch bad = new OneStretch(new FloatMatrix(12, 2));
    OneStretch other = new OneStretch(model.features(10, 2));
    List<BatchQueue.Share<Turn>> shares = new ArrayList<>();
    for (OneStretch stream : List.of(good, bad, other)) {
      shares.add(new BatchQueue.Share<>(stream, 10, 0));
    }
    Batcher.compute(model, shares, metrics);
    assertThat(good.logits.rows()).isEqualTo(4);
    assertThat(other.logits.rows()).isEqualTo(2);
    assertThat(bad.logits).isNull();
    assertThat(bad.fault).isNotNull();
    for (OneStretch stream : List.of(good, bad, other)) {
      assertThat(stream.over.getCount()).isZero();
    }
  }

  @Test
  void add_fewRowsOfAnotherClient_comeWithTheBatchAfterTheOneInFlight()
      throws InterruptedException {
    CountDownLatch computing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    model.beforeRows =
        () -> {
          computing.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    int batchRows = 64;
    Batcher batcher = batcher(1, batchRows, Duration.ofMillis(1));
    for (int i = 0; i < 120; i++) {
      batcher.add(new Greedy(batcher), 1000);
    }
    computing.await();
    AtomicLong computedBefore = new AtomicLong();
    OneStretch paced =
        new OneStretch(model.features(10, 1)) {
          @Override
          public void begin(int rows) {
            computedBefore.set(model.rowsComputed.get());
            super.begin(rows);
          }
        };
    batcher.add(paced, 2);
    goOn.countDown();
    paced.over.await();
    batcher.stop();
    assertThat(computedBefore).hasValue(batchRows);
    assertThat(paced.logits.rows()).isEqualTo(2);
  }
}
