package org.stjem.acoustic.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** A model folder written, read and run whole and in chunks. */
class FrameModelTest {
  private static final int DIM = 3;
  private static final int PDFS = 7;

  @TempDir private Path folder;

  private static ModelDescription description() {
    return description(List.of(8, 5), PDFS);
  }

  private static ModelDescription description(List<Integer> hiddenLayers, int pdfs) {
    double[] counts = new double[pdfs];
    Arrays.setAll(counts, pdf -> pdf + 1);
    return new ModelDescription(
        1,
        "st-jem",
        "mlp",
        hiddenLayers,
        "silu",
        DIM,
        4,
        2,
        pdfs,
        10,
        "none",
        Map.of("num-mel-bins", "3"),
        new float[] {1, -2, 0.5f},
        new float[] {2, 1, 0.25f},
        counts,
        Map.of(),
        3,
        "unknown");
  }

  @BeforeEach
  void save() throws IOException {
    try (EnergyNetwork network = ModelFolder.newNetwork(description(), Device.cpu())) {
      ModelFolder.save(folder, description(), network.weights());
    }
  }

  private static FloatMatrix features(int frames, long seed) {
    SeededRandom random = new SeededRandom(seed, 0);
    FloatMatrix features = new FloatMatrix(frames, DIM);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = (float) (3 * random.nextGaussian());
    }
    return features;
  }

  @Test
  void logits_areTheMlpOfNormalisedSplicedFrames() throws IOException {
    FloatMatrix features = features(5, 1);
    try (AcousticModel model = ModelFolder.load(folder, "cpu")) {
      FloatMatrix logits = model.logits(features);
      var weights =
          org.stjem.acoustic.ebm.SafeTensors.read(folder.resolve("weights.safetensors"))
              .tensors()
              .values()
              .toArray(new org.stjem.acoustic.ebm.Tensor[0]);
      ModelDescription d = description();
      for (int t = 0; t < 5; t++) {
        double[] x = new double[7 * DIM];
        for (int j = 0; j < x.length; j++) {
          int frame = Math.min(Math.max(t - 4 + j / DIM, 0), 4);
          int dim = j % DIM;
          x[j] = (features.get(frame, dim) - d.inputMean()[dim]) / d.inputStddev()[dim];
        }
        for (int layer = 0; layer < 3; layer++) {
          float[] w = weights[2 * layer].values();
          float[] b = weights[2 * layer + 1].values();
          double[] y = new double[b.length];
          for (int o = 0; o < y.length; o++) {
            y[o] = b[o];
            for (int i = 0; i < x.length; i++) {
              y[o] += w[o * x.length + i] * x[i];
            }
            y[o] = layer < 2 ? y[o] / (1 + Math.exp(-y[o])) : y[o];
          }
          x = y;
        }
        for (int pdf = 0; pdf < PDFS; pdf++) {
          assertThat((double) logits.get(t, pdf)).isCloseTo(x[pdf], within(1e-5));
        }
      }
    }
  }

  @Test
  void stream_givesTheRowsOfTheWholeUtteranceForAnyCuts() {
    try (AcousticModel model = ModelFolder.load(folder, "cpu")) {
      for (int frames : new int[] {1, 2, 7, 300}) {
        FloatMatrix features = features(frames, frames);
        FloatMatrix whole = model.logits(features);
        assertThat(whole.rows()).isEqualTo(frames);
        for (long seed = 0; seed < 5; seed++) {
          SeededRandom cuts = new SeededRandom(seed, 1);
          LogitStream stream = model.stream();
          int rows = 0;
          int at = 0;
          while (at < frames) {
            int to = Math.min(frames, at + cuts.nextInt(1 + (int) seed * 20));
            rows += check(stream.accept(features.rows(at, to)), whole, rows);
            at = seed == 0 ? to + 1 : to;
            if (seed == 0 && at <= frames) {
              rows += check(stream.accept(features.rows(at - 1, at)), whole, rows);
            }
          }
          rows += check(stream.finish(), whole, rows);
          assertThat(rows).isEqualTo(frames);
        }
      }
      assertThat(model.stream().finish().rows()).isZero();
    }
  }

  @Test
  void logitsOfPadded_severalStretches_equalEachAlone() {
    try (AcousticModel model = ModelFolder.load(folder, "cpu")) {
      List<FloatMatrix> stretches = new ArrayList<>();
      for (int rows : new int[] {1, 0, 200, 3, 260, 90}) {
        stretches.add(features(4 + rows + 2, rows));
      }
      List<FloatMatrix> together = model.logitsOfPadded(stretches);
      assertThat(together).hasSameSizeAs(stretches);
      for (int i = 0; i < stretches.size(); i++) {
        FloatMatrix alone = model.logitsOfPadded(stretches.get(i));
        assertThat(together.get(i).rows()).isEqualTo(alone.rows());
        check(together.get(i), alone, 0);
      }
    }
  }

  /** Widths that fill whole vectors of the CPU and widths that do not. */
  @Test
  void logits_haveTheSameBitsWhateverIsComputedWithThem() throws IOException {
    // Whatever other tests left.
    JniUtils.setNumThreads(1);
    for (List<Integer> layers : List.of(List.of(33, 7), List.of(300, 520), List.of(1024, 999))) {
      int pdfs = layers.get(1);
      ModelDescription description = description(layers.subList(0, 1), pdfs);
      try (EnergyNetwork network = ModelFolder.newNetwork(description, Device.cpu())) {
        ModelFolder.save(folder, description, network.weights());
      }
      try (AcousticModel model = ModelFolder.load(folder, "cpu")) {
        FloatMatrix whole = model.logits(features(700, 1));
        FloatMatrix padded = features(700, 1);
        for (int rows :
            new int[] {
              1, 2, 15, 16, 17, 31, 33, 48, 63, 64, 77, 80, 112, 129, 144, 175, 200, 239, 256, 400
            }) {
          for (int first : new int[] {4, 101, 290}) {
            float[] chunk = model.logitsOfPadded(padded.rows(first - 4, first + rows + 2)).data();
            assertThat(Arrays.equals(chunk, whole.rows(first, first + rows).data()))
                .as("%d rows from %d on, layers %s", rows, first, layers)
                .isTrue();
          }
        }
      }
    }
  }

  private static int check(FloatMatrix rows, FloatMatrix whole, int first) {
    for (int i = 0; i < rows.data().length; i++) {
      assertThat(rows.data()[i]).isEqualTo(whole.data()[first * PDFS + i]);
    }
    return rows.rows();
  }

  /** A scalar in the graph whose memory a Java buffer owns would make this gradient garbage. */
  @Test
  void gradient_survivesACollectionBetweenForwardAndBackwardPass() {
    try (EnergyNetwork network = ModelFolder.newNetwork(description(), Device.cpu())) {
      network.setTrainable(false);
      float[] x = new float[4 * network.rowSize()];
      java.util.Arrays.fill(x, 0.3f);
      float[] undisturbed = gradient(network, x, false);
      for (int i = 0; i < 3; i++) {
        assertThat(gradient(network, x, true)).isEqualTo(undisturbed);
      }
    }
  }

  private static float[] gradient(EnergyNetwork network, float[] x, boolean collect) {
    try (var scope = network.newManager()) {
      var input = network.rows(scope, x, 4);
      input.setRequiresGradient(true);
      try (var collector = ai.djl.engine.Engine.getEngine("PyTorch").newGradientCollector()) {
        var score = Objective.logSumExp(network.logits(input, false)).sum();
        if (collect) {
          System.gc();
          List<java.nio.ByteBuffer> scribbles = new java.util.ArrayList<>();
          for (int i = 0; i < 20000; i++) {
            scribbles.add(java.nio.ByteBuffer.allocateDirect(4).putFloat(0, 1e20f));
          }
          assertThat(scribbles).hasSize(20000);
        }
        collector.backward(score);
      }
      return input.getGradient().toFloatArray();
    }
  }

  @Test
  void describe_readsBackWhatWasWritten() {
    assertThat(ModelFolder.describe(folder)).usingRecursiveComparison().isEqualTo(description());
  }

  @Test
  void logits_ofAnotherDimension_isRefusedWithBothNumbers() {
    try (AcousticModel model = ModelFolder.load(folder, "cpu")) {
      assertThatThrownBy(() -> model.logits(new FloatMatrix(4, 13)))
          .isInstanceOf(StjemException.class)
          .hasMessage("features have dimension 13, the model expects 3");
    }
  }

  @Test
  void load_ofADamagedFolder_namesTheFile() throws IOException {
    assertThatThrownBy(() -> ModelFolder.load(folder.resolve("nothing"), "cpu"))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("is not a model folder");
    Path weights = folder.resolve("weights.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 10));
    assertThatThrownBy(() -> ModelFolder.load(folder, "cpu"))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("weights.safetensors")
        .hasMessageContaining("truncated");
  }

  @Test
  void priors_turnLogitsIntoScores() {
    Priors priors = Priors.ofCounts(new double[] {1, 3, 0});
    FloatMatrix logits = new FloatMatrix(1, 3, new float[] {0, 1, 2});
    FloatMatrix loglikes = priors.apply(logits, OutputKind.LOGLIKES, 1);
    assertThat(loglikes.get(0, 0)).isCloseTo((float) -Math.log(0.25), within(1e-6f));
    assertThat(loglikes.get(0, 1)).isCloseTo((float) (1 - Math.log(0.75)), within(1e-6f));
    assertThat(loglikes.get(0, 2)).isLessThan(-1e10f).isFinite();
    FloatMatrix posteriors = priors.apply(logits, OutputKind.LOG_POSTERIORS, 1);
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      sum += Math.exp(posteriors.get(0, c));
    }
    assertThat(sum).isCloseTo(1, within(1e-6));
    assertThat(Priors.logDensity(logits)[0])
        .isCloseTo((float) Math.log(1 + Math.E + Math.exp(2)), within(1e-6f));
    assertThatThrownBy(() -> Priors.ofCounts(new double[] {1, -1}))
        .hasMessage("class count of pdf 1 is -1.0");
  }
}
