package org.stjem.acoustic.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.ebm.TestDevice;
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
    ModelFolder.save(folder, description(), ModelWeights.fresh(description()));
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
    try (AcousticModel model = ModelFolder.load(folder)) {
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
    try (AcousticModel model = ModelFolder.load(folder)) {
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
    try (AcousticModel model = ModelFolder.load(folder)) {
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

  /** The model folder knows the weights by these names. */
  @Test
  void newNetwork_withDropout_namesItsWeightsAsOneWithout() {
    try (EnergyNetwork plain = TorchModels.newNetwork(description(), TestDevice.get());
        EnergyNetwork dropping = TorchModels.newNetwork(description(), TestDevice.get(), 0.2)) {
      assertThat(dropping.weights().keySet())
          .containsExactly(
              "01Linear_weight",
              "01Linear_bias",
              "03Linear_weight",
              "03Linear_bias",
              "05Linear_weight",
              "05Linear_bias")
          .isEqualTo(plain.weights().keySet());
    }
  }

  /** Widths that fill whole vectors of the CPU and widths that do not. */
  @ParameterizedTest
  @CsvSource({"ONNX,1", "ONNX,3", "PYTORCH,1"})
  void logits_haveTheSameBitsWhateverIsComputedWithThem(InferenceEngine engine, int threads)
      throws IOException {
    // Whatever other tests left.
    JniUtils.setNumThreads(1);
    for (List<Integer> layers :
        List.of(
            List.of(33, 7), List.of(500, 33, 521), List.of(512, 512, 520), List.of(1024, 999))) {
      ModelDescription description =
          description(layers.subList(0, layers.size() - 1), layers.get(layers.size() - 1));
      ModelFolder.save(folder, description, ModelWeights.fresh(description));
      try (AcousticModel model =
          ModelFolder.load(
              folder, new Placement(engine, "cpu", threads), ModelFolder.NO_CALIBRATION)) {
        Computation.RowBits promise = model.computation().rowBits();
        if (engine == InferenceEngine.ONNX) {
          assertThat(promise).as("layers %s", layers).isEqualTo(Computation.RowBits.SAME);
        }
        FloatMatrix padded = features(400, 1);
        FloatMatrix whole = model.logitsOfPadded(padded);
        for (int rows = 1; rows <= 130; rows++) {
          for (int first : new int[] {0, 101, 263}) {
            float[] chunk = model.logitsOfPadded(padded.rows(first, first + 4 + rows + 2)).data();
            float[] expected = whole.rows(first, first + rows).data();
            if (promise == Computation.RowBits.SAME) {
              assertThat(Arrays.mismatch(chunk, expected))
                  .as("%d rows from %d on, layers %s", rows, first, layers)
                  .isEqualTo(-1);
            } else {
              assertThat(largestDifference(chunk, expected)).isLessThan(1e-5f);
            }
          }
        }
      }
    }
  }

  private static float largestDifference(float[] some, float[] others) {
    assertThat(some).hasSameSizeAs(others);
    float largest = 0;
    for (int i = 0; i < some.length; i++) {
      largest = Math.max(largest, Math.abs(some[i] - others[i]));
    }
    return largest;
  }

  @Test
  void logits_ofSeveralThreadsAtOnce_haveTheBitsOfOne() throws Exception {
    ModelDescription description = description(List.of(300), 521);
    ModelFolder.save(folder, description, ModelWeights.fresh(description));
    try (AcousticModel model = ModelFolder.load(folder)) {
      FloatMatrix padded = features(306, 2);
      float[] whole = model.logitsOfPadded(padded).data();
      IntStream.range(0, 200)
          .parallel()
          .forEach(
              i -> {
                int rows = 1 + i % 67;
                float[] chunk = model.logitsOfPadded(padded.rows(i, i + rows + 6)).data();
                assertThat(
                        Arrays.mismatch(chunk, 0, chunk.length, whole, i * 521, (i + rows) * 521))
                    .isEqualTo(-1);
              });
    }
  }

  @Test
  void engines_giveTheSameLogitsButForRounding() {
    FloatMatrix features = features(70, 5);
    Placement pytorch = new Placement(InferenceEngine.PYTORCH, "cpu", 1);
    try (AcousticModel onnx = ModelFolder.load(folder);
        AcousticModel torch = ModelFolder.load(folder, pytorch, ModelFolder.NO_CALIBRATION)) {
      assertThat(onnx.computation().engine()).startsWith("ONNX Runtime").endsWith(", cpu");
      assertThat(torch.computation().engine()).startsWith("PyTorch").endsWith(", cpu()");
      assertThat(onnx.computation().precision()).isEqualTo("float32");
      assertThat(onnx.logits(features).data())
          .usingComparatorWithPrecision(1e-5f)
          .containsExactly(torch.logits(features).data());
    }
  }

  @Test
  void weights_areFoundByName_whateverTheirOrderInTheFile() throws IOException {
    ModelDescription description = description(List.of(8, 8, 8), PDFS);
    Map<String, Tensor> weights = ModelWeights.fresh(description);
    ModelFolder.save(folder, description, weights);
    FloatMatrix features = features(9, 6);
    float[] expected;
    try (AcousticModel model = ModelFolder.load(folder)) {
      expected = model.logits(features).data();
    }
    Map<String, Tensor> reversed = new TreeMap<>(Comparator.reverseOrder());
    reversed.putAll(weights);
    ModelFolder.save(folder, description, reversed);
    try (AcousticModel model = ModelFolder.load(folder)) {
      assertThat(model.logits(features).data()).isEqualTo(expected);
    }
  }

  @Test
  void freshWeights_areThoseOfTheTensorLibrary() {
    Map<String, Tensor> ours = ModelWeights.fresh(description());
    try (EnergyNetwork network = TorchModels.newNetwork(description(), TestDevice.get())) {
      Map<String, Tensor> theirs = network.weights();
      assertThat(ours.keySet()).containsExactlyElementsOf(theirs.keySet());
      theirs.forEach(
          (name, tensor) -> {
            assertThat(ours.get(name).shape()).isEqualTo(tensor.shape());
            assertThat(ours.get(name).values()).isEqualTo(tensor.values());
          });
    }
  }

  private static int check(FloatMatrix rows, FloatMatrix whole, int first) {
    for (int i = 0; i < rows.data().length; i++) {
      assertThat(rows.data()[i]).isEqualTo(whole.data()[first * PDFS + i]);
    }
    return rows.rows();
  }

  @Test
  void check_ofANetworkWhoseRowsDependOnTheBatch_findsIt() {
    assertThat(RowBitsCheck.of(sumNetwork(0))).isEqualTo(Computation.RowBits.SAME);
    assertThat(RowBitsCheck.of(sumNetwork(1e-9f))).isEqualTo(Computation.RowBits.ROUNDED);
  }

  /** Adds up a row, and something for each row of the batch. */
  private static LogitNetwork sumNetwork(float perRow) {
    return new LogitNetwork() {
      @Override
      public int rowSize() {
        return 3;
      }

      @Override
      public int numPdfs() {
        return 1;
      }

      @Override
      public String engine() {
        return "test";
      }

      @Override
      public void logits(ByteBuffer windows, int rows, Consumer<FloatBuffer> reader) {
        FloatBuffer x = windows.order(ByteOrder.nativeOrder()).asFloatBuffer();
        FloatBuffer sums = FloatBuffer.allocate(rows);
        for (int row = 0; row < rows; row++) {
          sums.put(1e-8f * (x.get(3 * row) + x.get(3 * row + 1)) + rows * perRow);
        }
        reader.accept(sums.flip());
      }

      @Override
      public void close() {}
    };
  }

  /** A scalar in the graph whose memory a Java buffer owns would make this gradient garbage. */
  @Test
  void gradient_survivesACollectionBetweenForwardAndBackwardPass() {
    try (EnergyNetwork network = TorchModels.newNetwork(description(), TestDevice.get())) {
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
    try (AcousticModel model = ModelFolder.load(folder)) {
      assertThatThrownBy(() -> model.logits(new FloatMatrix(4, 13)))
          .isInstanceOf(StjemException.class)
          .hasMessage("features have dimension 13, the model expects 3");
    }
  }

  @Test
  void load_ofADamagedFolder_namesTheFile() throws IOException {
    assertThatThrownBy(() -> ModelFolder.load(folder.resolve("nothing")))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("is not a model folder");
    Path weights = folder.resolve("weights.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 10));
    assertThatThrownBy(() -> ModelFolder.load(folder))
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
