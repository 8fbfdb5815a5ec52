package org.stjem.acoustic.flatstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.forced.ForcedAligner.Phone;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

class FirstSegmentationTest {
  private static final int[] SILENCE = {90, 91};
  private static final List<Phone> PHONES =
      List.of(new Phone(5, new int[] {0, 1}), new Phone(6, new int[] {2, 3}));

  /** Frames of so many of each energy. */
  private static FloatMatrix frames(double... lengthsAndEnergies) {
    int frames = 0;
    for (int i = 0; i < lengthsAndEnergies.length; i += 2) {
      frames += (int) lengthsAndEnergies[i];
    }
    FloatMatrix matrix = new FloatMatrix(frames, 3);
    int t = 0;
    for (int i = 0; i < lengthsAndEnergies.length; i += 2) {
      for (int n = 0; n < lengthsAndEnergies[i]; n++, t++) {
        for (int d = 0; d < 3; d++) {
          matrix.set(t, d, (float) lengthsAndEnergies[i + 1] + d - 1);
        }
      }
    }
    return matrix;
  }

  private static int[] repeated(int... lengthsAndValues) {
    int[] all = {};
    for (int i = 0; i < lengthsAndValues.length; i += 2) {
      int from = all.length;
      all = Arrays.copyOf(all, from + lengthsAndValues[i]);
      Arrays.fill(all, from, all.length, lengthsAndValues[i + 1]);
    }
    return all;
  }

  @Test
  void quietFrames_areSilence_andStatesShareTheOthersEvenly() {
    UtteranceLabels labels = FirstSegmentation.of(frames(23, -6, 34, 2, 33, -6), PHONES, SILENCE);
    // Three frames at each edge of the loud ones are kept.
    assertThat(labels.pdfs())
        .isEqualTo(repeated(10, 90, 10, 91, 10, 0, 10, 1, 10, 2, 10, 3, 15, 90, 15, 91));
    assertThat(labels.starts().phones()).containsExactly(5, 6);
    assertThat(labels.starts().frames()).containsExactly(20, 40);
    assertThat(labels.starts().silentFrames()).isEqualTo(50);
  }

  @Test
  void shortPause_isSpeech_andALongOneIsSkipped() {
    assertThat(FirstSegmentation.of(frames(20, 2, 17, -6, 3, 2), PHONES, SILENCE).pdfs())
        .as("17 less 6 at its edges is too short")
        .isEqualTo(repeated(10, 0, 10, 1, 10, 2, 10, 3));
    assertThat(FirstSegmentation.of(frames(17, 2, 18, -6, 17, 2), PHONES, SILENCE).pdfs())
        .isEqualTo(repeated(10, 0, 10, 1, 6, 90, 6, 91, 10, 2, 10, 3));
  }

  @Test
  void evenEnergy_isSpeechThroughout() {
    assertThat(FirstSegmentation.of(frames(20, 2, 20, 1.5), PHONES, SILENCE).pdfs())
        .isEqualTo(repeated(10, 0, 10, 1, 10, 2, 10, 3));
  }

  @Test
  void noWords_areSilence_andTooFewFramesAreRefused() {
    assertThat(FirstSegmentation.of(frames(8, 2), List.of(), SILENCE).pdfs())
        .isEqualTo(repeated(4, 90, 4, 91));
    assertThat(FirstSegmentation.of(frames(4, 2), PHONES, SILENCE).pdfs())
        .containsExactly(0, 1, 2, 3);
    assertThatThrownBy(() -> FirstSegmentation.of(frames(3, 2), PHONES, SILENCE))
        .isInstanceOf(EntryException.class)
        .hasMessage("its 3 frames are too few for the 4 states of its words");
  }
}
