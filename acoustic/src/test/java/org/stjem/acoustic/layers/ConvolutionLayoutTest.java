package org.stjem.acoustic.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvolutionLayoutTest {
  /** Frames and bins of each map, by hand. */
  @ParameterizedTest
  @CsvSource({
    "9, 80, '7x40 5x20 3x20 3x20 1x10 1x10 1x10', 640",
    "21, 80, '10x40 4x20 2x20 2x20 1x10 1x10 1x10', 640",
    "15, 40, '7x20 5x10 3x10 3x10 1x5 1x5 1x5', 320",
    "10, 23, '4x12 2x6 2x6 2x6 1x3 1x3 1x3', 192",
    "2, 2, '1x1 1x1 1x1 1x1 1x1 1x1 1x1', 64",
    "1, 1, '1x1 1x1 1x1 1x1 1x1 1x1 1x1', 64",
  })
  void of_givesMapsOfTheseSizes(int frames, int bins, String maps, int outputs) {
    ConvolutionLayout layout = ConvolutionLayout.of(frames, bins, List.of(16, 32, 64));
    assertThat(layout.convolutions().stream().map(it -> it.outputFrames() + "x" + it.outputBins()))
        .containsExactly(maps.split(" "));
    assertThat(layout.outputs()).isEqualTo(outputs);
  }

  /** What nobody sees would be computed, and normalised, in vain. */
  @Test
  void of_usesEveryFrameAndPosition() {
    for (int frames = 1; frames < 200; frames++) {
      ConvolutionLayout layout = ConvolutionLayout.of(frames, 40, List.of(4, 5, 6, 7, 8));
      int below = frames;
      for (Convolution it : layout.convolutions()) {
        assertThat(it.frames()).isEqualTo(below);
        assertThat(it.kernelFrames()).isLessThanOrEqualTo(it.frames());
        assertThat((it.outputFrames() - 1) * it.strideFrames() + it.kernelFrames())
            .isEqualTo(it.frames());
        below = it.outputFrames();
      }
      for (ResidualStage stage : layout.stages()) {
        int cropped = stage.reduction().outputFrames() - 2 * stage.crop();
        assertThat(stage.second().outputFrames()).isEqualTo(cropped);
        assertThat(stage.second().outputBins()).isEqualTo(stage.reduction().outputBins());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 4097})
  void isValid_refusesNumbersOfFiltersThatMakeNoNetwork(int filters) {
    assertThat(ConvolutionLayout.isValid(List.of(4, filters))).isFalse();
    assertThat(ConvolutionLayout.isValid(List.of())).isFalse();
    assertThat(ConvolutionLayout.isValid(Arrays.asList(4, null))).isFalse();
    assertThat(ConvolutionLayout.isValid(Collections.nCopies(21, 4))).isFalse();
    assertThat(ConvolutionLayout.isValid(Collections.nCopies(20, 4096))).isTrue();
    assertThatThrownBy(() -> ConvolutionLayout.of(9, 80, List.of(filters)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
