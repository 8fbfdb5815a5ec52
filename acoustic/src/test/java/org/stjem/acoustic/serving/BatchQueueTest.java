package org.stjem.acoustic.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchQueueTest {
  private static final int MAX_ROWS = 100;
  private static final String CLIENT = "client";
  private static final long MAX_DELAY = 5_000_000;

  private final BatchQueue<String, String> queue = new BatchQueue<>(MAX_ROWS, MAX_DELAY);

  private static Map<String, Integer> rows(List<BatchQueue.Share<String>> shares) {
    Map<String, Integer> rows = new HashMap<>();
    shares.forEach(share -> rows.merge(share.stream(), share.rows(), Integer::sum));
    return rows;
  }

  @Test
  void untilDue_noStream_isForEver() {
    assertThat(queue.untilDue(7)).isEqualTo(Long.MAX_VALUE);
    assertThat(queue.take(7)).isEmpty();
  }

  @Test
  void untilDue_fewRows_isTheDelayOfTheOldest() {
    queue.add(CLIENT, "a", 10, 1_000);
    queue.add(CLIENT, "b", 10, 3_000_000);
    assertThat(queue.untilDue(1_000)).isEqualTo(MAX_DELAY);
    assertThat(queue.untilDue(4_001_000)).isEqualTo(1_000_000);
    assertThat(queue.untilDue(MAX_DELAY + 1_000)).isZero();
    assertThat(queue.untilDue(Long.MAX_VALUE / 2)).isZero();
  }

  @Test
  void untilDue_enoughRows_isNow() {
    queue.add(CLIENT, "a", 60, 0);
    queue.add(CLIENT, "b", 39, 0);
    assertThat(queue.untilDue(0)).isPositive();
    queue.add(CLIENT, "c", 1, 0);
    assertThat(queue.untilDue(0)).isZero();
  }

  @Test
  void untilDue_clockThatOverflows_goesOn() {
    queue.add(CLIENT, "a", 1, Long.MAX_VALUE - 10);
    assertThat(queue.untilDue(Long.MIN_VALUE + 10)).isEqualTo(MAX_DELAY - 21);
  }

  @Test
  void take_fewerRowsThanFit_takesAll() {
    queue.add(CLIENT, "a", 10, 0);
    queue.add(CLIENT, "b", 20, 2);
    List<BatchQueue.Share<String>> shares = queue.take(5);
    assertThat(rows(shares)).isEqualTo(Map.of("a", 10, "b", 20));
    assertThat(shares.get(0).waited()).isEqualTo(5);
    assertThat(shares.get(1).waited()).isEqualTo(3);
    assertThat(queue.untilDue(5)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void take_oneLargeStream_getsWhatOthersLeave() {
    queue.add(CLIENT, "large", 5_000, 0);
    queue.add(CLIENT, "small", 4, 0);
    assertThat(rows(queue.take(0))).isEqualTo(Map.of("large", 96, "small", 4));
  }

  @Test
  void take_manyLargeStreams_shareEqually() {
    for (int i = 0; i < 4; i++) {
      queue.add(CLIENT, "s" + i, 5_000, 0);
    }
    assertThat(rows(queue.take(0))).isEqualTo(Map.of("s0", 25, "s1", 25, "s2", 25, "s3", 25));
  }

  @Test
  void take_moreStreamsThanShares_servesAllInTurn() {
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      queue.add(CLIENT, "s" + i, 1_000, 0);
    }
    for (int round = 0; round < 8; round++) {
      List<BatchQueue.Share<String>> shares = queue.take(0);
      assertThat(rows(shares).values().stream().mapToInt(n -> n).sum()).isEqualTo(MAX_ROWS);
      for (BatchQueue.Share<String> share : shares) {
        order.add(share.stream());
        queue.add(CLIENT, share.stream(), 1_000, 0);
      }
    }
    for (int i = 0; i < order.size(); i++) {
      assertThat(order.get(i)).isEqualTo("s" + i % 50);
    }
    assertThat(order).hasSizeGreaterThan(50);
  }

  @Test
  void take_streamsWithoutKnownRows_areServed() {
    queue.add(CLIENT, "a", 0, 0);
    assertThat(queue.untilDue(MAX_DELAY)).isZero();
    assertThat(rows(queue.take(MAX_DELAY))).isEqualTo(Map.of("a", 1));
  }

  /** Rows of the streams of each client, whose names begin with its letter, over some batches. */
  private Map<String, Integer> rowsOfClients(int batches, int rowsWaiting) {
    Map<String, Integer> rows = new HashMap<>();
    for (int i = 0; i < batches; i++) {
      for (BatchQueue.Share<String> share : queue.take(0)) {
        String client = share.stream().substring(0, 1);
        rows.merge(client, share.rows(), Integer::sum);
        queue.add(client, share.stream(), rowsWaiting, 0);
      }
    }
    return rows;
  }

  @Test
  void take_clientWithManyStreams_getsNoMoreThanOneWithFew() {
    for (int i = 0; i < 200; i++) {
      queue.add("a", "a" + i, 5_000, 0);
    }
    queue.add("b", "b0", 5_000, 0);
    queue.add("b", "b1", 5_000, 0);
    Map<String, Integer> rows = rowsOfClients(40, 5_000);
    assertThat(rows.get("a") + rows.get("b")).isEqualTo(40 * MAX_ROWS);
    assertThat(rows.get("b")).isBetween(1900, 2100);
  }

  @Test
  void take_fewRowsOfOneClient_comeNextWhateverWaitsOfAnother() {
    for (int i = 0; i < 200; i++) {
      queue.add("a", "a" + i, 5_000, 0);
    }
    queue.take(0);
    queue.add("b", "b0", 4, 0);
    assertThat(rows(queue.take(0))).containsEntry("b0", 4);
  }

  @Test
  void untilDue_severalClients_isTheDelayOfTheOldest() {
    queue.add("a", "a0", 1, 2_000);
    queue.add("b", "b0", 1, 1_000);
    assertThat(queue.untilDue(3_000)).isEqualTo(MAX_DELAY - 2_000);
  }
}
