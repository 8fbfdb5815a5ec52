package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CifarImagesTest {
  private static final CifarImages IMAGES = TestImages.random(30, 3, 1);

  private static List<Float> firstValues(CifarImages images) {
    List<Float> values = new ArrayList<>();
    float[] row = new float[CifarImages.SIZE];
    for (int i = 0; i < images.size(); i++) {
      images.copy(i, row, 0);
      values.add(row[0] + 10 * row[1]);
    }
    return values;
  }

  @Test
  void split_takesAsManyOfEachClass() {
    CifarImages.Split split = IMAGES.split(6, 4, 2);
    assertThat(split.heldOut().size()).isEqualTo(6);
    assertThat(split.train().size()).isEqualTo(12);
    assertThat(split.leftOver().size()).isEqualTo(IMAGES.size() - 18);
    int[] counts = new int[3];
    for (int i = 0; i < split.train().size(); i++) {
      counts[split.train().label(i)]++;
    }
    assertThat(counts).containsOnly(4);
  }

  @Test
  void split_keepsHeldOutImagesFromTraining() {
    CifarImages.Split split = IMAGES.split(10, 0, 2);
    Set<Float> all = new HashSet<>(firstValues(split.train()));
    all.addAll(firstValues(split.heldOut()));
    assertThat(all).hasSize(30);
    assertThat(split.train().size()).isEqualTo(20);
  }

  @Test
  void split_dependsOnTheSeedAlone() {
    List<Float> chosen = firstValues(IMAGES.split(6, 4, 2).train());
    assertThat(firstValues(IMAGES.split(6, 4, 2).train())).isEqualTo(chosen);
    assertThat(firstValues(IMAGES.split(6, 4, 3).train())).isNotEqualTo(chosen);
  }

  @Test
  void split_ofTooFewImages_saysHowManyThereAre() {
    assertThatThrownBy(() -> IMAGES.split(0, 11, 2))
        .isInstanceOf(ImageBenchException.class)
        .hasMessageContaining("class 0 has 10 training images")
        .hasMessageContaining("11 labels per class");
    assertThatThrownBy(() -> IMAGES.split(30, 0, 2))
        .isInstanceOf(ImageBenchException.class)
        .hasMessage("cannot hold out 30 of 30 training images");
  }
}
