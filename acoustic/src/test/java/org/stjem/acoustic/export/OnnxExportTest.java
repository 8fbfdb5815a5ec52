package org.stjem.acoustic.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.Computation;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.NetworkImport;
import org.stjem.acoustic.net.OnnxMetadata;
import org.stjem.acoustic.net.OutputKind;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.acoustic.net.Priors;
import org.stjem.acoustic.onnx.GraphInput;
import org.stjem.frontend.io.StjemException;
import org.stjem.frontend.kaldi.FloatMatrix;

class OnnxExportTest {
  private static final int PDFS = 23;
  private static final int DIM = 5;
  private static final int LEFT = 3;
  private static final int RIGHT = 1;
  private static final int[] LENGTHS = {1, 2, 4, 5, 67, 300};

  private static final NetworkImport.Options NOTHING =
      new NetworkImport.Options(
          null, null, null, null, null, 10, "none", Map.of(), null, null, new double[0], Map.of());

  @TempDir private Path folder;
  private Path model;
  private ModelDescription description;

  @BeforeEach
  void makeModel() throws IOException {
    model = folder.resolve("model");
    description = SmallModels.save(model, LEFT, RIGHT, DIM, List.of(40, 30), PDFS, 1);
    ModelFolder.setPriors(
        model, new PriorSettings(description.classCounts(), 0.01, 0.7)); // some are switched off
  }

  private Path export(GraphInput input) {
    return export(model, input);
  }

  private Path export(Path from, GraphInput input) {
    Path file = folder.resolve(from.getFileName() + "." + input + ".onnx");
    OnnxExport.write(from, ModelFolder.OWN_CALIBRATION, new OnnxExport.Options(input, true), file);
    return file;
  }

  private static FloatMatrix input(GraphInput input, FloatMatrix padded) {
    return input == GraphInput.FRAMES ? padded : SmallModels.windows(padded, LEFT + 1 + RIGHT);
  }

  /** Compares every output with what the model itself gives. */
  private static void check(Path from, Path file, GraphInput input, float tolerance)
      throws Exception {
    PriorSettings settings = ModelFolder.priors(from);
    try (AcousticModel own = ModelFolder.load(from);
        OnnxSession session = new OnnxSession(file)) {
      boolean sameBits = own.computation().rowBits() == Computation.RowBits.SAME;
      for (int frames : LENGTHS) {
        FloatMatrix features = SmallModels.features(frames, DIM, frames);
        Map<String, FloatMatrix> outputs =
            session.run(input(input, SmallModels.padded(features, LEFT, RIGHT)));
        FloatMatrix logits = own.logits(features);
        // Where a row's bits depend on the batch, those of other batches differ.
        float exact = sameBits ? tolerance : Math.max(tolerance, 1e-5f);
        assertClose(outputs.get("logits"), logits, exact);
        if (settings.areKnown()) {
          FloatMatrix loglikes =
              settings.priors().apply(logits, OutputKind.LOGLIKES, settings.scale());
          assertClose(outputs.get("loglikes"), loglikes, exact);
        } else {
          assertThat(outputs).doesNotContainKey("loglikes");
        }
        assertClose(outputs.get("log_posteriors"), Priors.logPosteriors(logits), 1e-4f);
        assertThat(outputs.get("log_px").data())
            .containsExactly(Priors.logDensity(logits), within(1e-4f));
      }
    }
  }

  private static void assertClose(FloatMatrix actual, FloatMatrix expected, float tolerance) {
    assertThat(actual.rows()).isEqualTo(expected.rows());
    assertThat(actual.cols()).isEqualTo(expected.cols());
    if (tolerance == 0) {
      assertThat(actual.data()).isEqualTo(expected.data());
    } else {
      assertThat(actual.data()).containsExactly(expected.data(), within(tolerance));
    }
  }

  @Test
  void write_withoutCalibration_givesTheBitsOfForward() throws Exception {
    for (GraphInput input : GraphInput.values()) {
      check(model, export(input), input, 0);
    }
  }

  @Test
  void write_ofConvolutions_givesTheBitsOfForward_alsoOfAnImport() throws Exception {
    Path cnn = folder.resolve("cnn");
    SmallModels.saveCnn(cnn, LEFT, RIGHT, DIM, List.of(4, 6, 5), List.of(20), PDFS, 1);
    for (GraphInput input : GraphInput.values()) {
      check(cnn, export(cnn, input), input, 0);
    }
    try (OnnxSession session = new OnnxSession(export(cnn, GraphInput.FRAMES))) {
      assertThat(session.run(new FloatMatrix(LEFT + RIGHT, DIM)).get("logits").rows()).isZero();
    }
    Path again = folder.resolve("again");
    NetworkImport.run(export(cnn, GraphInput.WINDOWS), NOTHING, again);
    assertThat(ModelFolder.describe(again).filters()).isEmpty();
    check(again, export(again, GraphInput.FRAMES), GraphInput.FRAMES, 1e-4f);
  }

  @Test
  void write_ofFramesThatAreFewerThanTheContext_givesNoRows() throws Exception {
    try (OnnxSession session = new OnnxSession(export(GraphInput.FRAMES))) {
      assertThat(session.run(new FloatMatrix(LEFT + RIGHT, DIM)).get("logits").rows()).isZero();
      assertThat(session.run(new FloatMatrix(2, DIM)).get("log_px").rows()).isZero();
    }
  }

  @Test
  void write_withCalibration_staysWithinRounding() throws Exception {
    for (PosteriorScaling scaling :
        List.of(
            SmallModels.vectors(PDFS, 3), PosteriorScaling.ofTemperature(2.5, Map.of("a", "b")))) {
      scaling.write(ModelFolder.calibration(model));
      for (GraphInput input : GraphInput.values()) {
        check(model, export(input), input, 1e-4f);
      }
    }
  }

  @Test
  void write_keepsAllThatTheFolderSays() throws Exception {
    PosteriorScaling scaling = SmallModels.vectors(PDFS, 3);
    scaling.write(ModelFolder.calibration(model));
    Path file = export(GraphInput.FRAMES);
    try (OnnxSession session = new OnnxSession(file)) {
      assertThat(session.metadata())
          .containsOnlyKeys(
              "stjem.format", "stjem.input", "stjem.model", "stjem.priors", "stjem.calibration");
      OnnxMetadata read = OnnxMetadata.read(file, session.metadata()).orElseThrow();
      assertThat(read.input()).isEqualTo(GraphInput.FRAMES);
      assertThat(read.description()).usingRecursiveComparison().isEqualTo(description);
      assertThat(read.priors()).usingRecursiveComparison().isEqualTo(ModelFolder.priors(model));
      assertThat(read.calibration().orElseThrow()).usingRecursiveComparison().isEqualTo(scaling);
    }
  }

  @Test
  void write_ofAnImportedExport_givesTheSameAgain() throws Exception {
    PosteriorScaling scaling = SmallModels.vectors(PDFS, 3);
    scaling.write(ModelFolder.calibration(model));
    Path again = folder.resolve("again");
    Computation computation = NetworkImport.run(export(GraphInput.WINDOWS), NOTHING, again);
    assertThat(computation.precision()).isEqualTo("float32");
    try (AcousticModel first = ModelFolder.load(model);
        AcousticModel second = ModelFolder.load(again)) {
      FloatMatrix features = SmallModels.features(70, DIM, 9);
      boolean sameBits = first.computation().rowBits() == Computation.RowBits.SAME;
      assertClose(second.logits(features), first.logits(features), sameBits ? 0 : 1e-5f);
      assertThat(second.priorSettings())
          .usingRecursiveComparison()
          .isEqualTo(first.priorSettings());
    }
    for (GraphInput input : GraphInput.values()) {
      check(again, export(again, input), input, 1e-4f);
    }
  }

  @Test
  void write_withAForeignCalibrationOrPath_isASentence() throws Exception {
    Path file = folder.resolve("x.onnx");
    Path scaling = folder.resolve("scaling");
    SmallModels.vectors(3, 1).write(scaling);
    assertThatThrownBy(
            () -> OnnxExport.write(model, scaling.toString(), OnnxExport.Options.DEFAULT, file))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("calibration is of 3 pdfs");
    assertThatThrownBy(
            () ->
                OnnxExport.write(
                    model,
                    ModelFolder.NO_CALIBRATION,
                    OnnxExport.Options.DEFAULT,
                    folder.resolve("none/x.onnx")))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("none/x.onnx");
    assertThatThrownBy(() -> OnnxExport.write(folder, "auto", OnnxExport.Options.DEFAULT, file))
        .isInstanceOf(StjemException.class)
        .hasMessageContaining("is not a model folder");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(model, scaling);
    }
  }

  @Test
  void write_makesWhatOnnxItselfAccepts() throws Exception {
    String python = "/usr/bin/python3";
    assumeTrue(
        Files.exists(Path.of(python)) && exit(python, "-c", "import onnx") == 0,
        "skipped: " + python + " has no module onnx (Debian: python3-onnx)");
    SmallModels.vectors(PDFS, 3).write(ModelFolder.calibration(model));
    Path again = folder.resolve("again");
    NetworkImport.run(export(GraphInput.WINDOWS), NOTHING, again);
    for (GraphInput input : GraphInput.values()) {
      for (Path from : List.of(model, again)) {
        String script =
            "import onnx, sys; m = onnx.load(sys.argv[1]); onnx.checker.check_model(m, True);"
                + " assert m.ir_version == 8 and m.opset_import[0].version == 17";
        assertThat(exit(python, "-c", script, export(from, input).toString())).isZero();
      }
    }
  }

  private static int exit(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      System.err.println(output);
    }
    return status;
  }
}
