package org.stjem.acoustic.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.LogSumExp;
import org.stjem.acoustic.ebm.ScoreField;
import org.stjem.acoustic.ebm.WeightedScores;
import org.stjem.acoustic.export.SmallModels;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.frontend.kaldi.EntryException;
import org.stjem.frontend.kaldi.FloatMatrix;

class SequenceModelTest {
  private static final int DIM = 5;
  private static final int LEFT = 3;
  private static final int RIGHT = 2;
  private static final int PDFS = 4;

  @TempDir private Path folder;
  private SequenceModel model;

  @BeforeEach
  void load() throws IOException {
    SmallModels.save(folder, LEFT, RIGHT, DIM, List.of(9, 7), PDFS, 3);
    model = SequenceModel.load(folder, "cpu");
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static int[] labels(int frames, long seed) {
    return new Random(seed).ints(frames, -1, PDFS).toArray();
  }

  private static double[] scores(ScoreField field, float[] x, int count) {
    double[] scores = new double[count];
    field.gradient(x, scores);
    return scores;
  }

  /** Edges too: the model itself repeats the first and the last frame. */
  @Test
  void score_isTheSumOverTheFramesOfTheForwardPass() {
    FloatMatrix features = SmallModels.features(12, DIM, 1);
    int[] labels = labels(12, 2);
    double conditional = 0;
    double unconditional = 0;
    try (AcousticModel forward = ModelFolder.load(folder)) {
      FloatMatrix logits = forward.logits(features);
      for (int t = 0; t < 12; t++) {
        double density = LogSumExp.of(logits.row(t), 0, PDFS);
        unconditional += density;
        conditional += labels[t] < 0 ? density : logits.get(t, labels[t]);
      }
    }
    SequenceShape shape = model.shape(List.of(12));
    float[] x = model.normalised(features);
    assertThat(scores(model.score(shape), x, 1)[0]).isCloseTo(unconditional, within(1e-4));
    assertThat(scores(model.score(shape, labels), x, 1)[0]).isCloseTo(conditional, within(1e-4));
    assertThat(model.features(x, 0, 12).data()).containsExactly(features.data(), within(1e-5f));
  }

  @Test
  void gradient_isThatOfFiniteDifferences_forSequencesOfAnyLengthInOneBlock() {
    SequenceShape shape = model.shape(List.of(9, 6, 14));
    float[] x = new float[shape.size()];
    Random random = new Random(5);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    ScoreField network = model.score(shape, labels(29, 6));
    float[] given = x.clone();
    Arrays.fill(given, 0.3f);
    ScoreField field =
        new WeightedScores(
            List.of(
                new WeightedScores.Term(0.7, network),
                new WeightedScores.Term(0.4, new Anchor(given, shape.ends()))));
    float[] gradient = field.gradient(x, new double[3]);
    float step = 0.01f;
    for (int i = 0; i < x.length; i++) {
      float kept = x[i];
      x[i] = kept + step;
      double above = Arrays.stream(scores(field, x, 3)).sum();
      x[i] = kept - step;
      double below = Arrays.stream(scores(field, x, 3)).sum();
      x[i] = kept;
      assertThat((above - below) / (2 * step)).isCloseTo(gradient[i], within(2e-3));
    }
  }

  /** As of a model that looks at one frame only. */
  @Test
  void gradient_withoutContext_isThatOfTheNetwork(@TempDir Path other) throws IOException {
    SmallModels.save(other, 0, 0, DIM, List.of(6), PDFS, 3);
    try (SequenceModel frames = SequenceModel.load(other, "cpu")) {
      float[] x = frames.normalised(SmallModels.features(1, DIM, 4));
      ScoreField field = frames.score(frames.shape(List.of(1)));
      float[] gradient = field.gradient(x, new double[1]);
      for (int i = 0; i < DIM; i++) {
        float[] moved = x.clone();
        moved[i] += 0.01f;
        double above = scores(field, moved, 1)[0];
        moved[i] -= 0.02f;
        assertThat((above - scores(field, moved, 1)[0]) / 0.02)
            .isCloseTo(gradient[i], within(2e-3));
      }
    }
  }

  @Test
  void block_givesEachSequenceWhatItHasAlone() {
    FloatMatrix one = SmallModels.features(8, DIM, 1);
    FloatMatrix other = SmallModels.features(11, DIM, 2);
    float[] both = new float[19 * DIM];
    System.arraycopy(model.normalised(one), 0, both, 0, 8 * DIM);
    System.arraycopy(model.normalised(other), 0, both, 8 * DIM, 11 * DIM);
    SequenceShape shape = model.shape(List.of(8, 11));
    double[] together = new double[2];
    float[] gradient = model.score(shape).gradient(both, together);
    double[] alone = new double[1];
    float[] ofOther =
        model.score(model.shape(List.of(11))).gradient(model.normalised(other), alone);
    assertThat(together[1]).isCloseTo(alone[0], within(1e-4));
    assertThat(Arrays.copyOfRange(gradient, 8 * DIM, 19 * DIM))
        .containsExactly(ofOther, within(1e-5f));
    assertThat(shape.ends()).containsExactly(8 * DIM, 19 * DIM);
    assertThat(shape.start(1)).isEqualTo(8 * DIM);
  }

  @Test
  void whatDoesNotFit_isRefused() {
    assertThatThrownBy(() -> model.checkLabels(new int[5]))
        .isInstanceOf(EntryException.class)
        .hasMessage("a sequence of 5 frames is shorter than the model's window of 6");
    assertThatThrownBy(() -> model.checkLabels(new int[] {0, 1, 2, 3, 4, 0}))
        .hasMessage("frame 4 is aligned to pdf-id 4, there are 0 … 3");
    FloatMatrix features = SmallModels.features(6, DIM, 1);
    features.set(3, 2, Float.NaN);
    assertThatThrownBy(() -> model.normalised(features))
        .isInstanceOf(EntryException.class)
        .hasMessage("frame 3 holds NaN in dimension 2");
    assertThatThrownBy(() -> model.normalised(new FloatMatrix(6, 4)))
        .hasMessage("features have dimension 4, the model expects 5");
  }

  @Test
  void smoothing_isSymmetricAndKeepsSequencesApart() {
    SequenceShape shape = model.shape(List.of(4, 3));
    Smoothing smoothing = new Smoothing(shape, 1, 0.5);
    float[][] rows = new float[shape.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[shape.size()];
      rows[i][i] = 1;
      smoothing.apply(rows[i]);
    }
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows.length; j++) {
        assertThat(rows[i][j]).isCloseTo(rows[j][i], within(1e-6f));
        boolean sameSequence = (i < 4 * DIM) == (j < 4 * DIM);
        assertThat(rows[i][j] > 0).isEqualTo(sameSequence && Math.abs(i % DIM - j % DIM) <= 2);
      }
    }
    float[] unchanged = {1, 2, 3, 4, 5, 6, 7};
    new Smoothing(new SequenceShape(List.of(7), 1), 0, 0).apply(unchanged);
    assertThat(unchanged).containsExactly(1, 2, 3, 4, 5, 6, 7);
  }
}
