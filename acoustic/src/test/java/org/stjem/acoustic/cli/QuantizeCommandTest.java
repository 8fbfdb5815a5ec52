package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.export.SmallModels;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.Computation;
import org.stjem.acoustic.net.InferenceEngine;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Models of eight bits. */
class QuantizeCommandTest {
  private static final int DIM = 5;

  @TempDir private Path folder;

  private static ModelDescription description(List<Integer> hidden, String activation, int pdfs) {
    double[] counts = new double[pdfs];
    Arrays.setAll(counts, pdf -> pdf + 1);
    return new ModelDescription(
        ModelFolder.formatVersion(),
        "st-jem",
        "mlp",
        hidden,
        activation,
        DIM,
        2,
        2,
        pdfs,
        10,
        "none",
        Map.of(),
        new float[] {1, 0, -1, 0.5f, 3},
        new float[] {1, 2, 0.5f, 1, 4},
        counts,
        Map.of(),
        7,
        "unknown");
  }

  private Path save(ModelDescription description) throws IOException {
    Path model = folder.resolve("model");
    ModelFolder.save(model, description, ModelWeights.fresh(description));
    return model;
  }

  private Path quantised(Path model, String... options) {
    Path output = folder.resolve("int8");
    CommandResult result = quantize(model, output, options);
    assertThat(result.status()).as(result.messages()).isZero();
    return output;
  }

  private static CommandResult quantize(Path model, Path output, String... options) {
    String[] line = new String[options.length + 3];
    line[0] = "quantize";
    System.arraycopy(options, 0, line, 1, options.length);
    line[options.length + 1] = model.toString();
    line[options.length + 2] = output.toString();
    return CommandResult.of(line);
  }

  private static FloatMatrix features(int frames) {
    return features(frames, DIM);
  }

  private static FloatMatrix features(int frames, int dim) {
    Random random = new Random(frames);
    FloatMatrix features = new FloatMatrix(frames, dim);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = (float) (2 * random.nextGaussian());
    }
    return features;
  }

  @ParameterizedTest
  @ValueSource(strings = {"silu", "relu"})
  void logits_areCloseToThoseOfFloat32_andKeepTheirBitsInAnyBatch(String activation)
      throws IOException {
    Path model = save(description(List.of(67, 33), activation, 41));
    Path output = quantised(model);
    FloatMatrix padded = features(304);
    try (AcousticModel exact = ModelFolder.load(model);
        AcousticModel eight = ModelFolder.load(output)) {
      assertThat(eight.computation().precision()).isEqualTo("int8");
      assertThat(eight.computation().rowBits()).isEqualTo(Computation.RowBits.SAME);
      FloatMatrix expected = exact.logitsOfPadded(padded);
      // Weights of 7 bits alone make 1 to 2 %; and fresh weights give rows of SiLU whose largest
      // value is about 1, of which a step of 0.28 / 16 is 2 %.
      assertThat(error(eight.logitsOfPadded(padded), expected)).isBetween(1e-4, 0.03);
      assertBitsStay(eight, padded);
    }
  }

  /** As a share of the expected values. */
  private static double error(FloatMatrix values, FloatMatrix expected) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < values.data().length; i++) {
      error += Math.pow(values.data()[i] - expected.data()[i], 2);
      power += Math.pow(expected.data()[i], 2);
    }
    return Math.sqrt(error / power);
  }

  private static void assertBitsStay(AcousticModel model, FloatMatrix padded) {
    FloatMatrix whole = model.logitsOfPadded(padded);
    for (int rows = 1; rows <= 130; rows++) {
      float[] some = model.logitsOfPadded(padded.rows(50, 50 + rows + 4)).data();
      assertThat(Arrays.mismatch(some, whole.rows(50, 50 + rows).data()))
          .as("%d rows", rows)
          .isEqualTo(-1);
    }
  }

  private String table(String name, FloatMatrix... utterances) {
    String table = "ark:" + folder.resolve(name);
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(table)) {
      for (int i = 0; i < utterances.length; i++) {
        writer.write("u" + i, utterances[i]);
      }
      writer.commit();
    }
    return table;
  }

  /** Fresh weights and SiLU: most of the error is that of the activations, see above. */
  @ParameterizedTest
  @CsvSource({"silu, 0.9", "relu, 0.75"})
  void rounding_withRegardToFeatures_isCloser_andTheSameEachTime(String activation, double share)
      throws IOException {
    Path model = save(description(List.of(67, 33), activation, 41));
    Path nearest = quantised(model);
    String feats = table("feats.ark", features(500), features(700), features(40, 9));
    String[] options = {
      "--feats=" + feats, "--max-frames=900", "--on-feature-mismatch=ignore",
    };
    Path compensated = folder.resolve("compensated");
    CommandResult result = quantize(model, compensated, options);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages())
        .contains("Done 2 utterances, failed for 1")
        .doesNotContain("are few");
    FloatMatrix padded = features(304);
    try (AcousticModel exact = ModelFolder.load(model);
        AcousticModel near = ModelFolder.load(nearest);
        AcousticModel eight = ModelFolder.load(compensated)) {
      FloatMatrix expected = exact.logitsOfPadded(padded);
      assertThat(error(eight.logitsOfPadded(padded), expected))
          .isLessThan(share * error(near.logitsOfPadded(padded), expected));
      assertBitsStay(eight, padded);
    }
    Path again = folder.resolve("again");
    assertThat(quantize(model, again, options).status()).isZero();
    assertThat(quantize(model, folder.resolve("few"), "--feats=" + feats, "--max-frames=99"))
        .satisfies(few -> assertThat(few.status()).isZero())
        .satisfies(
            few ->
                assertThat(few.messages())
                    .contains("99 frames are few for a layer of 67 inputs; give 670 or more"));
    assertThat(again.resolve("model.onnx"))
        .hasSameBinaryContentAs(compensated.resolve("model.onnx"));
  }

  /** The input of the first linear layer is that of an activation then, and never a window. */
  @Test
  void logits_ofConvolutions_areClose_andCloserWithRegardToFeatures() throws IOException {
    Path model = folder.resolve("model");
    SmallModels.saveCnn(model, 2, 2, DIM, List.of(6, 8), List.of(33), 41, 1);
    String feats = table("feats.ark", features(500), features(700));
    Path compensated = folder.resolve("compensated");
    CommandResult result =
        quantize(model, compensated, "--feats=" + feats, "--on-feature-mismatch=ignore");
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages()).doesNotContain("are few");
    FloatMatrix padded = features(304);
    try (AcousticModel exact = ModelFolder.load(model);
        AcousticModel near = ModelFolder.load(quantised(model));
        AcousticModel eight = ModelFolder.load(compensated)) {
      assertThat(near.computation().precision()).isEqualTo("int8");
      FloatMatrix expected = exact.logitsOfPadded(padded);
      double error = error(near.logitsOfPadded(padded), expected);
      assertThat(error).isBetween(1e-4, 0.03);
      assertThat(error(eight.logitsOfPadded(padded), expected)).isLessThan(error);
      assertBitsStay(near, padded);
    }
    assertThat(quantize(model, folder.resolve("x"), "--float-layers=2").lastLine())
        .endsWith("there is no layer 2 in " + model + "; 0 to 1");
  }

  /**
   * Every product is the largest there is, and neighbours have one sign: kernels that add pairs in
   * 16 bits would saturate with weights of 8 bits.
   */
  @Test
  void largestProducts_doNotSaturate() throws IOException {
    ModelDescription description = description(List.of(64), "relu", 16);
    Map<String, Tensor> weights = ModelWeights.fresh(description);
    for (Map.Entry<String, Tensor> entry : weights.entrySet()) {
      Arrays.fill(entry.getValue().values(), entry.getKey().endsWith("bias") ? 0 : 0.63f);
    }
    Path model = folder.resolve("model");
    ModelFolder.save(model, description, weights);
    FloatMatrix loud = new FloatMatrix(9, DIM);
    for (int i = 0; i < loud.data().length; i++) {
      int dim = i % DIM;
      loud.data()[i] = description.inputMean()[dim] + 7 * description.inputStddev()[dim];
    }
    try (AcousticModel exact = ModelFolder.load(model);
        AcousticModel eight = ModelFolder.load(quantised(model))) {
      float expected = exact.logits(loud).get(0, 0);
      assertThat(expected).isGreaterThan(1000);
      for (float logit : eight.logits(loud).data()) {
        assertThat(logit / expected).isBetween(0.9999f, 1.0001f);
      }
    }
  }

  @Test
  void layersInFloat_areAsExactAsTheModel() throws IOException {
    Path model = save(description(List.of(20), "silu", 6));
    try (AcousticModel exact = ModelFolder.load(model);
        AcousticModel same = ModelFolder.load(quantised(model, "--float-layers=0,1"))) {
      assertThat(same.logits(features(20)).data()).isEqualTo(exact.logits(features(20)).data());
    }
  }

  @Test
  void folder_hasAllButTheWeights_andAnotherFingerprint() throws IOException {
    Path model = save(description(List.of(20), "silu", 6));
    assertThat(CommandResult.of("set-priors", "--prior-scale=0.5", model.toString()).status())
        .isZero();
    Path output = quantised(model);
    assertThat(output.resolve("weights.safetensors")).doesNotExist();
    assertThat(output.resolve("priors.json")).hasSameTextualContentAs(model.resolve("priors.json"));
    assertThat(ModelFolder.describe(output))
        .usingRecursiveComparison()
        .ignoringFields("precision", "checksum")
        .isEqualTo(ModelFolder.describe(model));
    assertThat(LoadedModel.fingerprint(output)).isNotEqualTo(LoadedModel.fingerprint(model));
    assertThat(CommandResult.of("model-info", output.toString()).output())
        .contains("precision: \"int8\"")
        .contains("fingerprint: \"" + LoadedModel.fingerprint(output) + "\"")
        .contains("prior_scale: 0.5");
  }

  @Test
  void whatIsNoGood_isRefusedInASentence() throws IOException {
    Path model = save(description(List.of(20), "silu", 6));
    Path output = folder.resolve("int8");
    assertThat(quantize(model, output, "--float-layers=2").lastLine())
        .endsWith("there is no layer 2 in " + model + "; 0 to 1");
    assertThat(quantize(model, model).lastLine())
        .endsWith(model + " is not empty; name another folder, or remove it");
    assertThat(quantize(model, output, "--feats=ark:" + folder.resolve("none.ark")).lastLine())
        .contains("none.ark");
    assertThat(quantize(model, output, "--feats=" + table("wide.ark", features(9, 6))).lastLine())
        .endsWith(
            "no utterance could be used, 1 failed; utterance u0: features have dimension 6, the"
                + " model expects 5");
    assertThat(quantize(model, output, "--max-frames=0").lastLine())
        .contains("--max-frames is 0, it must be from 1 to");
    assertThat(output).doesNotExist();

    quantised(model);
    String noWeights = output + " holds a network as model.onnx, which gives scores but neither";
    assertThat(quantize(output, folder.resolve("again")).lastLine()).contains(noWeights);
    Placement pytorch = new Placement(InferenceEngine.PYTORCH, "cpu", 1);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> ModelFolder.load(output, pytorch, ModelFolder.NO_CALIBRATION))
        .hasMessageContaining(noWeights);

    ModelDescription description = description(List.of(20), "silu", 6);
    Map<String, Tensor> weights = ModelWeights.fresh(description);
    weights.get("03Linear_weight").values()[17] = Float.NaN;
    Path broken = folder.resolve("broken");
    ModelFolder.save(broken, description, weights);
    CommandResult result = quantize(broken, folder.resolve("none"));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine())
        .contains("value 17 of tensor '03Linear_weight' is NaN, weights must be finite");
    assertThat(Files.exists(folder.resolve("none"))).isFalse();
  }
}
