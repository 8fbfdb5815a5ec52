package org.stjem.acoustic.recognition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointRulesTest {
  private static final double NO_FINAL = Double.POSITIVE_INFINITY;

  private static boolean isOver(double seconds, double silence, double finalCost) {
    return EndpointRules.DEFAULT.isOver(seconds, silence, finalCost);
  }

  @Test
  void silenceAfterSpeech_endsSooner_theLikelierASentenceEnds() {
    assertThat(isOver(3, 0.49, 0)).isFalse();
    assertThat(isOver(3, 0.5, 2)).isTrue();
    assertThat(isOver(3, 0.5, 2.1)).isFalse();
    assertThat(isOver(3, 1, 8)).isTrue();
    assertThat(isOver(3, 1, 8.1)).isFalse();
    assertThat(isOver(3, 1.99, NO_FINAL)).isFalse();
    assertThat(isOver(3, 2, NO_FINAL)).isTrue();
  }

  @Test
  void silenceAlone_endsAfterFiveSeconds() {
    assertThat(isOver(4.9, 4.9, 0)).isFalse();
    assertThat(isOver(5, 5, NO_FINAL)).isTrue();
  }

  @Test
  void speechWithoutPause_endsAfterTwentySeconds() {
    assertThat(isOver(19.9, 0, 0)).isFalse();
    assertThat(isOver(20, 0, NO_FINAL)).isTrue();
  }
}
