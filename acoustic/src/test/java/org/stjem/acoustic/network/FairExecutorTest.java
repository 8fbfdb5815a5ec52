package org.stjem.acoustic.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FairExecutorTest {
  private final LinkedBlockingQueue<Throwable> faults = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private final FairExecutor<String> executor =
      new FairExecutor<>(
          1,
          task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((any, fault) -> faults.add(fault));
            threads.add(thread);
            return thread;
          });

  @AfterEach
  void close() throws InterruptedException {
    executor.close();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void of_ownerWithManyTasks_delaysAnotherByOneOfThem() throws InterruptedException {
    CountDownLatch queued = new CountDownLatch(1);
    LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();
    executor
        .of("greedy")
        .execute(
            () -> {
              try {
                queued.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    for (int i = 0; i < 100; i++) {
      executor.of("greedy").execute(() -> done.add("greedy"));
    }
    executor.of("other").execute(() -> done.add("other"));
    queued.countDown();
    assertThat(List.of(done.take(), done.take())).contains("other");
  }

  @Test
  void execute_taskThatFails_isToldOfAndOthersGoOn() throws InterruptedException {
    executor
        .of("a")
        .execute(
            () -> {
              throw new IllegalStateException("bad task");
            });
    CompletableFuture<Void> next = new CompletableFuture<>();
    executor.of("a").execute(() -> next.complete(null));
    next.join();
    assertThat(faults.take()).hasMessage("bad task");
  }
}
