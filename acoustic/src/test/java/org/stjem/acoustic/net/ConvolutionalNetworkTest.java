package org.stjem.acoustic.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.export.SmallModels;
import org.stjem.acoustic.layers.Convolution;
import org.stjem.acoustic.layers.ConvolutionLayout;
import org.stjem.acoustic.layers.ResidualStage;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

/** Convolutional networks in both engines beside their definition, computed in double precision. */
class ConvolutionalNetworkTest {
  private static final int PDFS = 7;

  @TempDir private Path folder;

  /** Windows of one frame, of two, of nine, and those that are halved; few bins and many. */
  @ParameterizedTest
  @CsvSource({
    "4, 4, 8, '3,4,5', 1",
    "4, 4, 8, '3,4,5', 2",
    "10, 10, 7, '2,3,3', 3",
    "12, 3, 20, '3,2,4,2', 5",
    "0, 0, 3, '2,2', 7",
    "1, 0, 1, '3', 9",
  })
  void logits_ofBothEngines_areTheDefinition(
      int left, int right, int dim, String filters, long seed) throws IOException {
    List<Integer> counts = Arrays.stream(filters.split(",")).map(Integer::valueOf).toList();
    ModelDescription description =
        SmallModels.saveCnn(folder, left, right, dim, counts, List.of(6), PDFS, seed);
    FloatMatrix features = SmallModels.features(5, dim, seed);
    double[][] expected =
        Reference.logits(
            description,
            ModelFolder.weights(folder, description),
            SmallModels.windows(
                SmallModels.padded(features, left, right), description.windowFrames()));
    for (InferenceEngine engine : List.of(InferenceEngine.ONNX, InferenceEngine.PYTORCH)) {
      try (AcousticModel model = load(engine, 1)) {
        FloatMatrix logits = model.logits(features);
        for (int t = 0; t < features.rows(); t++) {
          for (int pdf = 0; pdf < PDFS; pdf++) {
            assertThat((double) logits.get(t, pdf))
                .as("%s, frame %d, pdf %d", engine, t, pdf)
                .isCloseTo(expected[t][pdf], within(2e-5));
          }
        }
      }
    }
  }

  private AcousticModel load(InferenceEngine engine, int threads) {
    return ModelFolder.load(
        folder, new Placement(engine, "cpu", threads), ModelFolder.NO_CALIBRATION);
  }

  /** The sizes of the command line's defaults. */
  @ParameterizedTest
  @CsvSource({"1, 4", "3, 4", "1, 10"})
  void onnx_givesRowsTheSameBitsInAnyBatch(int threads, int context) throws IOException {
    SmallModels.saveCnn(folder, context, context, 80, List.of(16, 32, 64), List.of(64), 33, 1);
    try (AcousticModel model = load(InferenceEngine.ONNX, threads)) {
      assertThat(model.computation().rowBits()).isEqualTo(Computation.RowBits.SAME);
      FloatMatrix padded = SmallModels.features(300 + 2 * context, 80, 1);
      float[] whole = model.logitsOfPadded(padded).data();
      for (int rows : new int[] {1, 2, 3, 8, 17, 100, 257}) {
        float[] some = model.logitsOfPadded(padded.rows(20, 20 + rows + 2 * context)).data();
        assertThat(some).isEqualTo(Arrays.copyOfRange(whole, 20 * 33, (20 + rows) * 33));
      }
    }
  }

  /** Central differences of s(x) and of one logit, in a network of SiLU. */
  @Test
  void gradientInTheInput_isThatOfFiniteDifferences() throws IOException {
    ModelDescription description =
        SmallModels.saveCnn(folder, 6, 4, 9, List.of(3, 4, 5), List.of(6), PDFS, 1);
    try (EnergyNetwork network = TorchModels.loadNetwork(folder, "cpu")) {
      int size = network.rowSize();
      float[] x = new float[2 * size];
      SeededRandom random = new SeededRandom(4, 0);
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      Map<String, Tensor> weights = ModelFolder.weights(folder, description);
      for (int label : new int[] {-1, 3}) {
        float[] gradient = network.scoreGradient(x, new int[] {label, label});
        for (int i = 0; i < x.length; i += 5) {
          double slope = Reference.slope(description, weights, x, i, label);
          assertThat((double) gradient[i]).as("value %d", i).isCloseTo(slope, within(1e-5));
        }
      }
    }
  }

  /** A sampler must not climb another score when other rows are beside a row. */
  @Test
  void gradientOfARow_doesNotDependOnTheOthers() throws IOException {
    SmallModels.saveCnn(folder, 4, 4, 20, List.of(4, 8), List.of(6), PDFS, 1);
    try (EnergyNetwork network = TorchModels.loadNetwork(folder, "cpu")) {
      float[] x = new float[3 * network.rowSize()];
      SeededRandom random = new SeededRandom(4, 0);
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      float[] together = network.scoreGradient(x, new int[] {-1, -1, -1});
      float[] alone = network.scoreGradient(Arrays.copyOf(x, network.rowSize()), new int[] {-1});
      assertThat(Arrays.copyOf(together, alone.length)).containsExactly(alone, within(1e-6f));
    }
  }

  @ParameterizedTest
  @EnumSource
  void freshWeights_areThoseOfANewNetwork_andItsUnitsTheIdentity(Activation activation) {
    ModelDescription description =
        SmallModels.description(
            "cnn", List.of(16, 32, 64), 4, 4, 80, List.of(512), 520, activation.seed);
    Map<String, Tensor> fresh = ModelWeights.fresh(description);
    try (EnergyNetwork network = TorchModels.newNetwork(description, TestDevice.get())) {
      Map<String, Tensor> weights = network.weights();
      assertThat(fresh.keySet()).containsExactlyElementsOf(weights.keySet());
      weights.forEach(
          (name, tensor) -> {
            assertThat(fresh.get(name).shape()).isEqualTo(tensor.shape());
            assertThat(fresh.get(name).values()).isEqualTo(tensor.values());
          });
      assertThat(fresh.get("04Conv2d_weight").values()).containsOnly(0);
      assertThat(fresh.get("07Conv2d_weight").values()).containsOnly(0);
      // Logits of unit variance would have a third of it in their last layer.
      float[] x = new float[200 * network.rowSize()];
      SeededRandom random = new SeededRandom(4, 0);
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      double square = 0;
      float[] logits = network.logits(x, 200);
      for (float logit : logits) {
        square += logit * logit / logits.length;
      }
      assertThat(square).isBetween(0.05, 0.3);
    }
  }

  private enum Activation {
    SILU(1),
    RELU(2);

    private final long seed;

    Activation(long seed) {
      this.seed = seed;
    }
  }

  @Test
  void load_ofAFolderWithOtherFilters_isASentence() throws IOException {
    SmallModels.saveCnn(folder, 4, 4, 8, List.of(3, 4), List.of(6), PDFS, 1);
    Path file = folder.resolve("model.json");
    String text = Files.readString(file);
    for (String filters : List.of("[3, 5]", "[3]", "[]", "[3, 0]", "[3, null]", "[99999]", "7")) {
      Files.writeString(
          file, text.replaceFirst("(?s)\"filters\": \\[.*?\\]", "\"filters\": " + filters));
      for (InferenceEngine engine : List.of(InferenceEngine.ONNX, InferenceEngine.PYTORCH)) {
        assertThatThrownBy(() -> load(engine, 1))
            .as(filters)
            .isInstanceOf(StjemException.class)
            .hasMessageContaining(folder.toString());
      }
    }
  }

  /** The definition of the network. */
  private static final class Reference {
    private static final double STEP = 1e-4;

    private final boolean relu;
    private final Iterator<Tensor> tensors;

    private Reference(ModelDescription description, Map<String, Tensor> weights) {
      this.relu = description.activation().equals("relu");
      this.tensors = weights.values().iterator();
    }

    /** Logits of windows that are not normalised yet. */
    static double[][] logits(
        ModelDescription it, Map<String, Tensor> weights, FloatMatrix windows) {
      double[][] logits = new double[windows.rows()][];
      for (int row = 0; row < logits.length; row++) {
        double[] x = new double[windows.cols()];
        for (int i = 0; i < x.length; i++) {
          int d = i % it.featureDim();
          x[i] = (windows.get(row, i) - it.inputMean()[d]) / it.inputStddev()[d];
        }
        logits[row] = new Reference(it, weights).row(it, x);
      }
      return logits;
    }

    /** ∂/∂x_i of the score of the row that holds it. */
    static double slope(
        ModelDescription it, Map<String, Tensor> weights, float[] rows, int i, int label) {
      int size = it.windowFrames() * it.featureDim();
      double[] x = new double[size];
      for (int j = 0; j < size; j++) {
        x[j] = rows[i / size * size + j];
      }
      x[i % size] += STEP;
      double above = score(new Reference(it, weights).row(it, x), label);
      x[i % size] -= 2 * STEP;
      return (above - score(new Reference(it, weights).row(it, x), label)) / (2 * STEP);
    }

    private static double score(double[] logits, int label) {
      return label >= 0 ? logits[label] : Math.log(Arrays.stream(logits).map(Math::exp).sum());
    }

    private double[] row(ModelDescription it, double[] x) {
      ConvolutionLayout layout =
          ConvolutionLayout.of(it.windowFrames(), it.featureDim(), it.filters());
      double[][][] map = convolved(planes(x, layout.stem()), layout.stem());
      for (ResidualStage stage : layout.stages()) {
        double[][][] reduced = convolved(activated(map), stage.reduction());
        double[][][] first = convolved(activated(reduced), stage.first());
        map = convolved(activated(first), stage.second());
        int crop = (reduced[0].length - map[0].length) / 2;
        for (int c = 0; c < map.length; c++) {
          for (int t = 0; t < map[c].length; t++) {
            for (int b = 0; b < map[c][t].length; b++) {
              map[c][t][b] += reduced[c][t + crop][b];
            }
          }
        }
      }
      double[] values =
          Arrays.stream(map).flatMap(Arrays::stream).flatMapToDouble(Arrays::stream).toArray();
      while (tensors.hasNext()) {
        values = linear(Arrays.stream(values).map(this::activated).toArray());
      }
      return values;
    }

    private static double[][][] planes(double[] x, Convolution stem) {
      double[][][] planes = new double[1][stem.frames()][];
      for (int t = 0; t < stem.frames(); t++) {
        planes[0][t] = Arrays.copyOfRange(x, t * stem.bins(), (t + 1) * stem.bins());
      }
      return planes;
    }

    private double activated(double x) {
      return relu ? Math.max(x, 0) : x / (1 + Math.exp(-x));
    }

    private double[][][] activated(double[][][] map) {
      return Arrays.stream(map)
          .map(
              plane ->
                  Arrays.stream(plane)
                      .map(line -> Arrays.stream(line).map(this::activated).toArray())
                      .toArray(double[][]::new))
          .toArray(double[][][]::new);
    }

    private double[][][] convolved(double[][][] x, Convolution it) {
      float[] weight = tensors.next().values();
      float[] bias = tensors.next().values();
      double[][][] y = new double[it.filters()][it.outputFrames()][it.outputBins()];
      for (int f = 0; f < y.length; f++) {
        for (int t = 0; t < y[f].length; t++) {
          for (int b = 0; b < y[f][t].length; b++) {
            double sum = bias[f];
            int w = f * x.length * it.kernelFrames() * it.kernelBins();
            for (double[][] plane : x) {
              for (int i = 0; i < it.kernelFrames(); i++) {
                for (int j = 0; j < it.kernelBins(); j++) {
                  int bin = b * it.strideBins() + j - it.kernelBins() / 2;
                  double value =
                      bin < 0 || bin >= it.bins() ? 0 : plane[t * it.strideFrames() + i][bin];
                  sum += weight[w++] * value;
                }
              }
            }
            y[f][t][b] = sum;
          }
        }
      }
      return y;
    }

    private double[] linear(double[] x) {
      float[] weight = tensors.next().values();
      float[] bias = tensors.next().values();
      double[] y = new double[bias.length];
      for (int o = 0; o < y.length; o++) {
        y[o] = bias[o];
        for (int i = 0; i < x.length; i++) {
          y[o] += weight[o * x.length + i] * x[i];
        }
      }
      return y;
    }
  }
}
