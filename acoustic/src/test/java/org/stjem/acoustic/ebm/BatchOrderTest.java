package org.stjem.acoustic.ebm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {
  private static int[] epoch(BatchOrder order, int epoch) {
    return LongStream.range(3 * epoch, 3 * epoch + 3)
        .mapToObj(order::batch)
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  @Test
  void epoch_hasEachRowAtMostOnce_inAnotherOrderThanTheLast() {
    BatchOrder order = new BatchOrder(32, 10, 5);
    int[] first = epoch(order, 0);
    int[] second = epoch(order, 1);
    assertThat(first).hasSize(30).doesNotHaveDuplicates();
    assertThat(second).hasSize(30).doesNotHaveDuplicates();
    assertThat(range()).contains(first).contains(second);
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void batch_isTheSameWheneverItIsAskedFor() {
    BatchOrder order = new BatchOrder(32, 10, 5);
    int[] ahead = order.batch(4);
    int[] now = order.batch(2);
    assertThat(order.batch(4)).isEqualTo(ahead);
    assertThat(new BatchOrder(32, 10, 5).batch(2)).isEqualTo(now);
    assertThat(new BatchOrder(32, 10, 6).batch(2)).isNotEqualTo(now);
  }

  @Test
  void order_isTheSameOnDiskAsInMemory() {
    BatchOrder memory = new BatchOrder(32, 10, 5);
    BatchOrder disk = new BatchOrder(32, 10, 5, 31);
    for (long step : new long[] {0, 4, 2, 5}) {
      assertThat(disk.batch(step)).isEqualTo(memory.batch(step));
    }
  }

  private static int[] range() {
    return IntStream.range(0, 32).toArray();
  }
}
