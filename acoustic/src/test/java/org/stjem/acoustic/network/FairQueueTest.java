package org.stjem.acoustic.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private final FairQueue<String, String> queue = new FairQueue<>();

  private List<String> all() {
    List<String> all = new ArrayList<>();
    while (!queue.isEmpty()) {
      all.add(queue.poll());
    }
    return all;
  }

  @Test
  void poll_severalOwners_takesThemInTurn() {
    for (String element : List.of("a1", "a2", "a3", "a4", "b1", "c1", "c2")) {
      queue.add(element.substring(0, 1), element);
    }
    assertThat(queue.size()).isEqualTo(7);
    assertThat(queue.owners()).isEqualTo(3);
    assertThat(queue.size("a")).isEqualTo(4);
    assertThat(queue.size("d")).isZero();
    assertThat(queue.peek()).isEqualTo("a1");
    assertThat(all()).containsExactly("a1", "b1", "c1", "a2", "c2", "a3", "a4");
    assertThat(queue.poll()).isNull();
    assertThat(queue.peek()).isNull();
  }

  @Test
  void poll_ownerThatComesLater_waitsForOneElementOfEachOther() {
    for (int i = 0; i < 1000; i++) {
      queue.add("a", "a" + i);
      queue.add("b", "b" + i);
    }
    queue.poll();
    queue.add("c", "c0");
    assertThat(List.of(queue.poll(), queue.poll(), queue.poll())).containsExactly("b0", "a1", "c0");
  }

  @Test
  void removeIf_someElements_leavesTheTurnsOfTheOthers() {
    for (String element : List.of("a1", "a2", "b1", "c1", "c2")) {
      queue.add(element.substring(0, 1), element);
    }
    queue.removeIf(List.of("a1", "b1", "c2")::contains);
    assertThat(queue.size()).isEqualTo(2);
    assertThat(queue.owners()).isEqualTo(2);
    queue.add("b", "b2");
    assertThat(all()).containsExactly("a2", "c1", "b2");
  }
}
