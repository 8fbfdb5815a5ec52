package org.stjem.acoustic.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CostSelectionTest {
  @Test
  void at_anyIndex_isThatOfTheSortedCosts() {
    Random random = new Random(1);
    CostSelection selection = new CostSelection();
    for (int trial = 0; trial < 200; trial++) {
      int begin = random.nextInt(5);
      float[] costs = new float[begin + 1 + random.nextInt(3000)];
      float spread = (float) Math.pow(10, random.nextInt(8) - 4);
      for (int i = 0; i < costs.length; i++) {
        // Some values stand there many times.
        costs[i] = 100 + spread * (trial % 2 == 0 ? random.nextFloat() : random.nextInt(4));
      }
      float[] sorted = Arrays.copyOfRange(costs, begin, costs.length);
      Arrays.sort(sorted);
      for (int index : new int[] {0, sorted.length / 3, sorted.length - 1}) {
        assertThat(selection.at(index, costs, begin, costs.length)).isEqualTo(sorted[index]);
      }
    }
  }

  @Test
  void at_oneFarOutlier_isExact() {
    float[] costs = {3, 1, 2, 1e30f, 1.5f};
    assertThat(new CostSelection().at(3, costs, 0, costs.length)).isEqualTo(3);
  }
}
