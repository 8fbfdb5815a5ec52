package org.stjem.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.DomainModel;
import org.stjem.acoustic.net.LogitStream;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class MixtureModelTest {
  private static final int DIM = 2;
  private static final int PDFS = 3;

  /** A row is the pdf's number times the sum of the frame and its context. */
  private static class FakeModel implements AcousticModel {
    private final int left;
    private final int right;
    private final double factor;
    boolean broken;
    CountDownLatch release = new CountDownLatch(0);

    FakeModel(int left, int right, double factor) {
      this.left = left;
      this.right = right;
      this.factor = factor;
    }

    @Override
    public ModelDescription description() {
      return new ModelDescription(
          1,
          "fake",
          "mlp",
          List.of(),
          "",
          DIM,
          left,
          right,
          PDFS,
          10,
          "none",
          Map.of(),
          new float[DIM],
          new float[DIM],
          new double[] {1, 2, 3},
          Map.of(),
          1,
          "test");
    }

    @Override
    public FloatMatrix logits(FloatMatrix features) {
      FloatMatrix padded = new FloatMatrix(left + features.rows() + right, DIM);
      for (int t = 0; t < padded.rows(); t++) {
        int source = Math.min(Math.max(t - left, 0), features.rows() - 1);
        padded.set(t, 0, features.get(source, 0));
        padded.set(t, 1, features.get(source, 1));
      }
      return logitsOfPadded(padded);
    }

    @Override
    public FloatMatrix logitsOfPadded(FloatMatrix features) {
      if (broken) {
        throw new StjemException("out of order");
      }
      try {
        release.await(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new StjemException("interrupted", e);
      }
      FloatMatrix logits = new FloatMatrix(features.rows() - left - right, PDFS);
      for (int t = 0; t < logits.rows(); t++) {
        double sum = 0;
        for (int k = t; k <= t + left + right; k++) {
          sum += features.get(k, 0) - features.get(k, 1);
        }
        for (int y = 0; y < PDFS; y++) {
          logits.set(t, y, (float) (factor * sum * y));
        }
      }
      return logits;
    }

    @Override
    public void close() {}
  }

  private final FakeModel narrow = new FakeModel(0, 1, 1);
  private final FakeModel wide = new FakeModel(3, 2, -0.5);
  private final AtomicLong now = new AtomicLong(5);

  private MixtureModel mixture(DensityPooling pooling, Optional<Duration> retryAfter) {
    return new MixtureModel(
        List.of(new MixtureModel.Member("narrow", narrow), new MixtureModel.Member("wide", wide)),
        new MixtureModel.Settings(
            CombinationMethod.MIXTURE,
            new double[] {2, 1},
            new double[] {0.5, 0},
            pooling,
            Optional.of(PosteriorScaling.ofTemperature(2, Map.of())),
            PriorSettings.of(new double[] {1, 1, 2}),
            Duration.ofMillis(300),
            retryAfter),
        now::get);
  }

  private static FloatMatrix features(int rows) {
    Random random = new Random(8);
    FloatMatrix features = new FloatMatrix(rows, DIM);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = (float) random.nextGaussian();
    }
    return features;
  }

  private FloatMatrix expected(DensityPooling pooling, FloatMatrix features) {
    FloatMatrix joint =
        new Mixture(new double[] {2, 1}, new double[] {0.5, 0})
            .logJoint(
                List.of(
                    pooling.apply(narrow.logits(features)), pooling.apply(wide.logits(features))));
    return PosteriorScaling.ofTemperature(2, Map.of()).apply(joint);
  }

  @Test
  void domainPosteriors_areTheMembersShares_inFramesAndOverTheUtterance() {
    FloatMatrix features = features(30);
    DensityPooling pooling = new DensityPooling(5, false, 0.5);
    try (MixtureModel model = mixture(pooling, Optional.empty())) {
      assertThat(model.domains()).containsExactly("narrow", "wide");
      DomainModel.Posteriors posteriors = model.domainPosteriors(features);
      Mixture mixture = new Mixture(new double[] {2, 1}, new double[] {0.5, 0});
      List<FloatMatrix> logits = List.of(narrow.logits(features), wide.logits(features));
      assertThat(posteriors.frames().data())
          .isEqualTo(mixture.responsibilities(logits.stream().map(pooling::apply).toList()).data());
      DensityPooling whole = new DensityPooling(0, false, 0.5);
      assertThat(posteriors.utterance())
          .isEqualTo(mixture.responsibilities(logits.stream().map(whole::apply).toList()).row(0));
    }
  }

  @Test
  void logits_areThoseOfTheCombination_howeverTheFramesCome() {
    DensityPooling pooling = new DensityPooling(1, true, 0.7);
    FloatMatrix features = features(40);
    try (MixtureModel mixture = mixture(pooling, Optional.empty())) {
      assertThat(mixture.description().leftContext()).isEqualTo(3);
      assertThat(mixture.description().rightContext()).isEqualTo(2);
      assertThat(mixture.description().classCounts()).containsExactly(1, 1, 2);
      float[] whole = expected(pooling, features).data();
      assertThat(mixture.logits(features).data()).containsExactly(whole, within(1e-4f));
      LogitStream stream = mixture.stream();
      int done = 0;
      for (int from = 0; from < 40; from += 7) {
        done += check(stream.accept(features.rows(from, Math.min(40, from + 7))), whole, done);
      }
      done += check(stream.finish(), whole, done);
      assertThat(done).isEqualTo(40);
    }
  }

  private static int check(FloatMatrix rows, float[] whole, int done) {
    for (int k = 0; k < rows.data().length; k++) {
      assertThat(rows.data()[k]).isCloseTo(whole[done * PDFS + k], within(1e-4f));
    }
    return rows.rows();
  }

  @Test
  void logits_pooledOverAWindowWidenTheContext() {
    DensityPooling pooling = new DensityPooling(6, true, 1);
    FloatMatrix features = features(40);
    try (MixtureModel mixture = mixture(pooling, Optional.empty())) {
      assertThat(mixture.description().leftContext()).isEqualTo(8);
      assertThat(mixture.description().rightContext()).isEqualTo(2);
      // Where the window is complete; before that the first frame stands for those before it.
      assertThat(mixture.logits(features).rows(5, 40).data())
          .containsExactly(expected(pooling, features).rows(5, 40).data(), within(1e-4f));
    }
    try (MixtureModel centred = mixture(new DensityPooling(5), Optional.empty())) {
      assertThat(centred.description().rightContext()).isEqualTo(4);
    }
    assertThatThrownBy(() -> mixture(new DensityPooling(0), Optional.empty()))
        .hasMessageContaining("--pool-frames");
  }

  @Test
  void member_thatFailsOrIsSlow_failsTheRows() {
    FloatMatrix features = features(4);
    try (MixtureModel mixture = mixture(new DensityPooling(1), Optional.empty())) {
      wide.broken = true;
      assertThatThrownBy(() -> mixture.logits(features))
          .isInstanceOf(StjemException.class)
          .hasMessage("model wide: out of order");
      wide.broken = false;
      wide.release = new CountDownLatch(1);
      assertThatThrownBy(() -> mixture.logits(features))
          .hasMessage("model wide: did not answer within 300 ms");
      wide.release.countDown();
      assertThat(missing(mixture)).isEmpty();
    }
  }

  @Test
  void member_thatMayLeave_isNamedAndComesBack() {
    FloatMatrix features = features(4);
    try (MixtureModel mixture =
        mixture(new DensityPooling(1), Optional.of(Duration.ofSeconds(10)))) {
      float[] both = mixture.logits(features).data();
      wide.broken = true;
      float[] alone =
          PosteriorScaling.ofTemperature(2, Map.of())
              .apply(
                  new Mixture(new double[] {1}, new double[] {0.5})
                      .logJoint(List.of(narrow.logits(features))))
              .data();
      assertThat(mixture.logits(features).data()).containsExactly(alone, within(1e-4f));
      assertThat(missing(mixture)).containsExactly("wide");
      wide.broken = false;
      now.addAndGet(Duration.ofSeconds(9).toNanos());
      assertThat(mixture.logits(features).data()).containsExactly(alone, within(1e-4f));
      now.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThat(mixture.logits(features).data()).containsExactly(both);
      assertThat(missing(mixture)).isEmpty();
      wide.broken = true;
      narrow.broken = true;
      assertThatThrownBy(() -> mixture.logits(features))
          .hasMessage("none of the combined models answers");
    }
  }

  /** Who takes no part in the row of a frame. */
  private static List<String> missing(MixtureModel mixture) {
    AcousticModel.Rows rows = mixture.rowsOfPadded(List.of(features(6)));
    assertThat(rows.logits().get(0).rows()).isOne();
    return rows.missing();
  }

  @Test
  void members_ofDifferentFeaturesAreRefused() {
    FakeModel other =
        new FakeModel(0, 0, 1) {
          @Override
          public ModelDescription description() {
            ModelDescription d = super.description();
            return new ModelDescription(
                1,
                "fake",
                "mlp",
                List.of(),
                "",
                7,
                0,
                0,
                PDFS,
                10,
                "none",
                Map.of(),
                d.inputMean(),
                d.inputStddev(),
                d.classCounts(),
                Map.of(),
                1,
                "test");
          }
        };
    MixtureModel.Settings settings =
        new MixtureModel.Settings(
            CombinationMethod.MIXTURE,
            new double[] {1, 1},
            new double[2],
            new DensityPooling(1),
            Optional.empty(),
            PriorSettings.of(new double[0]),
            Duration.ofSeconds(1),
            Optional.empty());
    assertThatThrownBy(
            () ->
                new MixtureModel(
                    List.of(
                        new MixtureModel.Member("a", narrow), new MixtureModel.Member("b", other)),
                    settings,
                    now::get))
        .hasMessageContaining("feature dimension: a has 2, b has 7");
  }
}
