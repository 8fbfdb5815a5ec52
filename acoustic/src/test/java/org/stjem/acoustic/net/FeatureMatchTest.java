package org.stjem.acoustic.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.stjem.frontend.audio.WaveReader;
import org.stjem.frontend.cmvn.CmvnStats;
import org.stjem.frontend.fbank.FbankExtractor;
import org.stjem.frontend.fbank.FbankOptions;
import org.stjem.frontend.kaldi.DoubleMatrix;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Features of the bundled corpus, raw and normalised, against a model of either. */
class FeatureMatchTest {
  private static final FeatureNormalisation MEAN = FeatureNormalisation.of("per-utterance mean");
  private static final List<FloatMatrix> TRAINING = new ArrayList<>();
  private static final List<FloatMatrix> TEST = new ArrayList<>();

  @BeforeAll
  static void features() throws Exception {
    FbankOptions options = new FbankOptions();
    Path audio = Path.of(System.getProperty("stjem.root"), "scripts/mini/audio");
    for (int i = 1; i <= 10; i++) {
      TRAINING.add(features(options, audio.resolve(String.format("s%02d-001.flac", i))));
      TEST.add(features(options, audio.resolve(String.format("t01-%03d.flac", i))));
    }
  }

  private static FloatMatrix features(FbankOptions options, Path file) throws Exception {
    FbankExtractor extractor = new FbankExtractor(options);
    extractor.start(1, 0);
    try (InputStream in = Files.newInputStream(file)) {
      return extractor.compute(WaveReader.read(in, file.toString()).channel(0));
    }
  }

  private static List<FloatMatrix> normalised(List<FloatMatrix> features) {
    return features.stream().map(MEAN::apply).toList();
  }

  private static FeatureMatch match(List<FloatMatrix> training, List<FloatMatrix> test) {
    int dim = training.get(0).cols();
    CmvnStats stats = new CmvnStats(dim);
    training.forEach(stats::accumulate);
    DoubleMatrix sums = stats.toMatrix();
    float[] mean = new float[dim];
    float[] stddev = new float[dim];
    for (int d = 0; d < dim; d++) {
      double m = sums.data()[d] / stats.count();
      mean[d] = (float) m;
      stddev[d] = (float) Math.sqrt(sums.data()[dim + 1 + d] / stats.count() - m * m);
    }
    FeatureMatch match = new FeatureMatch(mean, stddev);
    test.forEach(match::add);
    return match;
  }

  @Test
  void isMismatch_ofTheSameNormalisation_isFalseForAnotherSpeaker() {
    assertThat(match(TRAINING, TEST).isMismatch()).isFalse();
    assertThat(match(normalised(TRAINING), normalised(TEST)).distance()).isLessThan(1e-3);
    for (FloatMatrix one : TEST) {
      assertThat(match(TRAINING, List.of(one)).isMismatch()).isFalse();
    }
  }

  @Test
  void isMismatch_ofAnotherNormalisation_isTrueForManyUtterancesAndForOne() {
    assertThat(match(normalised(TRAINING), TEST).isMismatch()).isTrue();
    assertThat(match(TRAINING, normalised(TEST)).isMismatch()).isTrue();
    assertThat(match(normalised(TRAINING), TEST.subList(0, 1)).isMismatch()).isTrue();
  }

  /** What AN4 gave at most, or at least, in docs/training.md. */
  @Test
  void limit_isBetweenOtherDomainsAndOtherNormalisations() {
    FeatureMatch normalised = new FeatureMatch(new float[1], new float[] {3});
    FeatureMatch raw = new FeatureMatch(new float[] {12}, new float[] {3});
    FloatMatrix frame = new FloatMatrix(1, 1, new float[] {12});
    normalised.add(frame);
    raw.add(frame);
    assertThat(normalised.limit()).isBetween(2.42, 2.51);
    assertThat(raw.limit()).isBetween(3.00, 3.74);
    for (int i = 1; i < 100; i++) {
      normalised.add(frame);
      raw.add(frame);
    }
    assertThat(normalised.limit()).isBetween(0.09, 2.03);
    assertThat(raw.limit()).isBetween(1.49, 2.61);
  }

  @Test
  void isMismatch_ofAModelWithoutStatistics_isFalse() {
    FeatureMatch match = new FeatureMatch(new float[] {0, 0}, new float[] {1, 1});
    match.add(new FloatMatrix(1, 2, new float[] {50, 50}));
    assertThat(match.distance()).isEqualTo(50);
    assertThat(match.isMismatch()).isFalse();
  }
}
