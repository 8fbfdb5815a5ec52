package org.stjem.acoustic.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class FeatureExtractorTest {
  private static final Offset<Double> CLOSE = within(1e-6);
  private static final CtmTable.Word FIRST = new CtmTable.Word("1", 0, 0.02, "A", 0.8);
  private static final CtmTable.Word SECOND = new CtmTable.Word("1", 0.02, 0.01, "B", 0.5);

  /** Logits of two pdfs: probabilities 1/2 1/2, 3/4 1/4, 1/5 4/5 times p(x) = 2, 4, 5. */
  private static final FloatMatrix LOGITS =
      new FloatMatrix(3, 2, new float[] {log(1), log(1), log(3), log(1), log(1), log(4)});

  @TempDir Path folder;

  private static float log(double x) {
    return (float) Math.log(x);
  }

  @Test
  void features_ofTheCtmAlone() {
    List<Map<String, Double>> features =
        new FeatureExtractor(0.01, null, null)
            .features(List.of(FIRST, SECOND), new FeatureExtractor.Frames(null, null, null));
    assertThat(features.get(0).keySet())
        .containsExactly("posterior", "previous-posterior", "next-posterior", "duration");
    double sure = Math.log((1 - 1e-5) / 1e-5);
    assertThat(features.get(0).get("posterior")).isCloseTo(Math.log(4), CLOSE);
    assertThat(features.get(0).get("previous-posterior")).isCloseTo(sure, CLOSE);
    assertThat(features.get(0).get("next-posterior")).isCloseTo(0, CLOSE);
    assertThat(features.get(0).get("duration")).isCloseTo(Math.log(0.02), CLOSE);
    assertThat(features.get(1).get("previous-posterior")).isCloseTo(Math.log(4), CLOSE);
    assertThat(features.get(1).get("next-posterior")).isCloseTo(sure, CLOSE);
  }

  @Test
  void features_ofFrames() throws IOException {
    Path lexicon = folder.resolve("align_lexicon.txt");
    Files.writeString(lexicon, "A A a\nA A a b\nB B b\n");
    DensityRanks ranks = new DensityRanks(new float[] {log(6), log(4), log(4), log(1)});
    FloatMatrix responsibilities = new FloatMatrix(3, 2, new float[] {.5f, .5f, .1f, .9f, 1, 0});
    List<Map<String, Double>> features =
        new FeatureExtractor(0.01, PhoneCounts.read(lexicon), ranks)
            .features(
                List.of(FIRST, SECOND),
                new FeatureExtractor.Frames(LOGITS, null, responsibilities));
    Map<String, Double> first = features.get(0);
    assertThat(first.get("duration")).isCloseTo(Math.log(0.01), CLOSE);
    assertThat(first.get("frame-posterior")).isCloseTo((0.5 + 0.75) / 2, CLOSE);
    assertThat(first.get("frame-entropy"))
        .isCloseTo((Math.log(2) - 0.75 * Math.log(0.75) - 0.25 * Math.log(0.25)) / 2, CLOSE);
    assertThat(first.get("log-density")).isCloseTo((Math.log(2) + Math.log(4)) / 2, CLOSE);
    // Above one of four; above one and as two of four.
    assertThat(first.get("density-rank")).isCloseTo((0.25 + 0.5) / 2, CLOSE);
    assertThat(first.get("utterance-density-rank")).isCloseTo((0.25 + 0.5 + 0.75) / 3, CLOSE);
    assertThat(first.get("domain-posterior")).isCloseTo(0.7, CLOSE);
    assertThat(features.get(1).get("log-density")).isCloseTo(Math.log(5), CLOSE);
    assertThat(features.get(1).get("domain-posterior")).isCloseTo(1, CLOSE);
  }

  @Test
  void features_densityOfItsOwn_takesThePlaceOfTheLogits() {
    float[] density = {1, 3, 8};
    Map<String, Double> features =
        new FeatureExtractor(0.01, null, null)
            .features(List.of(FIRST), new FeatureExtractor.Frames(LOGITS, density, null))
            .get(0);
    assertThat(features.get("log-density")).isCloseTo(2, CLOSE);
  }

  @Test
  void features_whatDoesNotFit_isNamed() throws IOException {
    FeatureExtractor extractor = new FeatureExtractor(0.01, null, null);
    FeatureExtractor.Frames frames = new FeatureExtractor.Frames(LOGITS, null, null);
    CtmTable.Word late = new CtmTable.Word("1", 0.5, 0.1, "LATE", 1);
    assertThatThrownBy(() -> extractor.features(List.of(late), frames))
        .isInstanceOf(StjemException.class)
        .hasMessage("word LATE begins at 0.5 s, but there are 3 frames");
    FeatureExtractor.Frames uneven = new FeatureExtractor.Frames(LOGITS, new float[] {1}, null);
    assertThatThrownBy(() -> extractor.features(List.of(FIRST), uneven))
        .hasMessage("one table has 3 frames, another 1");
    FeatureExtractor.Frames nan =
        new FeatureExtractor.Frames(null, new float[] {1, Float.NaN, 2}, null);
    assertThatThrownBy(() -> extractor.features(List.of(FIRST), nan))
        .hasMessage("log-density of word A is NaN");
    Path lexicon = folder.resolve("align_lexicon.txt");
    Files.writeString(lexicon, "B B b\n");
    FeatureExtractor strict = new FeatureExtractor(0.01, PhoneCounts.read(lexicon), null);
    assertThatThrownBy(() -> strict.features(List.of(FIRST), frames))
        .hasMessage(lexicon + " has no word A");
  }
}
