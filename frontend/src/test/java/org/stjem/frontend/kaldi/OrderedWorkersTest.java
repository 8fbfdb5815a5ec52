package org.stjem.frontend.kaldi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderedWorkersTest {
  @Test
  void submit_manyItems_keepsTheirOrderWithFewUnderWay() {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Integer> results = new ArrayList<>();
    try (OrderedWorkers<Integer, Integer> workers =
        new OrderedWorkers<>(
            3,
            () -> item -> item * item,
            result -> {
              underWay.decrementAndGet();
              results.add(result);
            })) {
      for (int i = 0; i < 1000; i++) {
        workers.submit(i);
        most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      }
      workers.finish();
    }
    assertThat(results)
        .isEqualTo(IntStream.range(0, 1000).mapToObj(i -> i * i).collect(Collectors.toList()));
    assertThat(most.get()).isEqualTo(6);
  }

  @Test
  void submit_laterItemReadyFirst_waitsForTheEarlierOne() {
    CountDownLatch secondIsDone = new CountDownLatch(1);
    List<Integer> results = new ArrayList<>();
    try (OrderedWorkers<Integer, Integer> workers =
        new OrderedWorkers<>(
            2,
            () ->
                item -> {
                  if (item == 2) {
                    secondIsDone.countDown();
                  } else {
                    awaitQuietly(secondIsDone);
                  }
                  return item;
                },
            results::add)) {
      workers.submit(1);
      workers.submit(2);
      workers.finish();
    }
    assertThat(results).containsExactly(1, 2);
  }

  @Test
  void finish_workerFailed_passesItsException() {
    try (OrderedWorkers<Integer, Integer> workers =
        new OrderedWorkers<>(
            2,
            () ->
                item -> {
                  throw new IllegalStateException("item " + item);
                },
            result -> {})) {
      workers.submit(7);
      assertThatThrownBy(workers::finish)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("item 7");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
