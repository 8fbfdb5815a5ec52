package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.acoustic.net.NetworkImport;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

class ExportCommandTest {
  private static final int DIM = 3;
  private static final int PDFS = 11;
  private static final int LEFT = 4;
  private static final int RIGHT = 2;
  private static final int[] LENGTHS = {1, 3, 50};

  @TempDir private Path folder;
  private Path onnx;
  private String features;
  private String messages;

  @BeforeEach
  void makeModels() throws IOException {
    onnx = folder.resolve("mixture.onnx");
    save("a", LEFT, 0, 5, 1);
    save("b", 1, RIGHT, 9, 2);
    save("c", 0, 0, 4, 3);
    PosteriorScaling.ofTemperature(2, Map.of()).write(ModelFolder.calibration(folder.resolve("b")));
    features = "ark:" + folder.resolve("feats.ark");
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      for (int frames : LENGTHS) {
        writer.write("u" + frames, features(frames));
      }
      writer.commit();
    }
  }

  private void save(String name, int left, int right, int hidden, long seed) throws IOException {
    Random random = new Random(seed);
    float[] mean = new float[DIM];
    float[] stddev = new float[DIM];
    for (int d = 0; d < DIM; d++) {
      mean[d] = random.nextFloat();
      stddev[d] = 0.1f + random.nextFloat();
    }
    double[] counts = random.doubles(PDFS, 1, 100).toArray();
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "st-jem",
            "mlp",
            List.of(hidden),
            "silu",
            DIM,
            left,
            right,
            PDFS,
            10,
            "none",
            Map.of(),
            mean,
            stddev,
            counts,
            Map.of(),
            seed,
            "unknown");
    ModelFolder.save(folder.resolve(name), description, ModelWeights.fresh(description));
  }

  private static FloatMatrix features(int frames) {
    FloatMatrix features = new FloatMatrix(frames, DIM);
    Random random = new Random(frames);
    for (int i = 0; i < features.data().length; i++) {
      features.data()[i] = (float) random.nextGaussian();
    }
    return features;
  }

  private int run(String command, List<String> options, String... rest) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(options);
    all.addAll(List.of(rest));
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      return Cli.run("combine", Main.COMMANDS, all.toArray(new String[0]));
    } finally {
      System.setErr(err);
      messages = bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private String model(String name) {
    return folder.resolve(name).toString();
  }

  /** Exports with the options and compares with what 'combine forward' gives with them. */
  private void check(List<String> options, String... models) throws OrtException {
    for (String input : List.of("frames", "windows")) {
      List<String> arguments = new ArrayList<>(List.of(models));
      arguments.add(onnx.toString());
      List<String> all = new ArrayList<>(options);
      all.add("--input=" + input);
      all.add("--log-posteriors");
      assertThat(run("export", all, arguments.toArray(new String[0]))).as(messages).isZero();
      Map<String, float[]> loglikes = forward("loglikes", options, models);
      Map<String, float[]> logits = forward("logits", options, models);
      Map<String, float[]> posteriors = forward("log-posteriors", options, models);
      Map<String, float[]> densities = densities();
      try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
        for (int frames : LENGTHS) {
          Map<String, float[]> scores = scores(session, input, features(frames));
          assertThat(scores.get("logits")).containsExactly(logits.get("u" + frames), within(1e-4f));
          assertThat(scores.get("loglikes"))
              .containsExactly(loglikes.get("u" + frames), within(1e-4f));
          assertThat(scores.get("log_posteriors"))
              .containsExactly(posteriors.get("u" + frames), within(1e-4f));
          assertThat(scores.get("log_px"))
              .containsExactly(densities.get("u" + frames), within(1e-4f));
        }
      }
    }
  }

  private Map<String, float[]> forward(String output, List<String> options, String... models) {
    List<String> all = new ArrayList<>(options);
    all.add("--output=" + output);
    all.add("--feats=" + features);
    all.add("--log-density-wspecifier=ark:" + folder.resolve("density.ark"));
    List<String> arguments = new ArrayList<>(List.of(models));
    String out = "ark:" + folder.resolve("out.ark");
    arguments.add(out);
    assertThat(run("forward", all, arguments.toArray(new String[0]))).as(messages).isZero();
    Map<String, float[]> entries = new LinkedHashMap<>();
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(out)) {
      while (table.next()) {
        entries.put(table.key(), table.value().data());
      }
    }
    return entries;
  }

  private Map<String, float[]> densities() {
    Map<String, float[]> entries = new LinkedHashMap<>();
    try (SequentialTableReader<float[]> table =
        Tables.readFloatVectors("ark:" + folder.resolve("density.ark"))) {
      while (table.next()) {
        entries.put(table.key(), table.value());
      }
    }
    return entries;
  }

  private static Map<String, float[]> scores(OrtSession session, String input, FloatMatrix features)
      throws OrtException {
    int rows = features.rows();
    float[] padded = new float[(LEFT + rows + RIGHT) * DIM];
    for (int t = 0; t < LEFT + rows + RIGHT; t++) {
      int source = Math.min(Math.max(t - LEFT, 0), rows - 1);
      System.arraycopy(features.data(), source * DIM, padded, t * DIM, DIM);
    }
    int window = (LEFT + 1 + RIGHT) * DIM;
    float[] windows = new float[rows * window];
    for (int t = 0; t < rows; t++) {
      System.arraycopy(padded, t * DIM, windows, t * window, window);
    }
    boolean frames = input.equals("frames");
    long[] shape = frames ? new long[] {padded.length / DIM, DIM} : new long[] {rows, window};
    Map<String, float[]> scores = new LinkedHashMap<>();
    try (OnnxTensor x =
            OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(),
                FloatBuffer.wrap(frames ? padded : windows),
                shape);
        OrtSession.Result result = session.run(Map.of(input, x))) {
      for (Map.Entry<String, OnnxValue> output : result) {
        FloatBuffer values = ((OnnxTensor) output.getValue()).getFloatBuffer();
        float[] copy = new float[values.remaining()];
        values.get(copy);
        scores.put(output.getKey(), copy);
      }
    }
    return scores;
  }

  @Test
  void mixtures_giveWhatForwardGives() throws Exception {
    Path counts = Files.writeString(folder.resolve("counts"), " [ 9 8 7 6 5 4 3 2 1 0 1 ]\n");
    Path scaling = folder.resolve("scaling");
    Random random = new Random(5);
    PosteriorScaling.ofVectors(
            random.doubles(PDFS, 0.5, 2).toArray(), random.doubles(PDFS, -1, 1).toArray(), Map.of())
        .write(scaling);
    check(List.of(), model("a"), model("b"), model("c"));
    check(List.of("--weights=3,1,2", "--log-z=5,-2,0.5"), model("a"), model("b"), model("c"));
    check(List.of("--weights=1,0,2", "--log-z=5,90,0.5"), model("c"), model("a"), model("b"));
    check(
        List.of(
            "--log-z=1,2",
            "--density-scale=0.3",
            "--calibration=none," + scaling,
            "--mixture-calibration=" + scaling,
            "--class-frame-counts=" + counts,
            "--prior-scale=0.5",
            "--prior-floor=0.05"),
        model("a"),
        model("b"));
  }

  @Test
  void mixture_isItselfAModelThatCanBeImportedAndCombined() throws Exception {
    List<String> options = List.of("--weights=3,1", "--input=windows");
    assertThat(run("export", options, model("a"), model("b"), onnx.toString())).isZero();
    Path imported = imported();
    assertThat(ModelFolder.describe(imported).objective()).startsWith("combination of st-jem ");
    Map<String, float[]> expected =
        forward("loglikes", List.of("--weights=3,1"), model("a"), model("b"));
    Map<String, float[]> actual = forward("loglikes", List.of(), imported.toString());
    expected.forEach((key, row) -> assertThat(actual.get(key)).containsExactly(row, within(1e-4f)));
    check(List.of("--log-z=1,2"), imported.toString(), model("c"));
  }

  @Test
  void whatCannotBeExpressed_isRefusedInASentence() throws IOException {
    Map<List<String>, String> refusals =
        Map.of(
            List.of("--method=posterior-mean", model("a"), model("b")), "cannot be exported",
            List.of("--pool-frames=5", model("a"), model("b")), "--pool-frames=5 must be 1",
            List.of("--pool-frames=0", model("a"), model("b")), "--pool-frames=0 must be 1",
            List.of(model("a"), "ark:b.ark"), "ark:b.ark is no model folder",
            List.of(model("a"), "grpc://localhost:1"), "members on servers cannot be exported",
            List.of("--weights=1", model("a"), model("b")), "--weights has 1 values",
            List.of("--density-scale=-1", model("a"), model("b")), "density scale is -1",
            List.of("--class-frame-counts=" + counts(), model("a")), "the class counts are of 2");
    for (Map.Entry<List<String>, String> refusal : refusals.entrySet()) {
      assertThat(run("export", refusal.getKey(), onnx.toString())).isOne();
      assertThat(messages)
          .contains(refusal.getValue())
          .doesNotContain("internal error")
          .doesNotContain("\tat ");
      assertThat(onnx).doesNotExist();
    }
    save("d", 0, 0, 4, 3);
    Path description = folder.resolve("d/model.json");
    Files.writeString(description, Files.readString(description).replace("\"none\"", "\"mean\""));
    assertThat(run("export", List.of(), model("a"), model("d"), onnx.toString())).isOne();
    assertThat(messages).contains("models differ in feature normalisation");
    String nowhere = folder.resolve("nowhere/x.onnx").toString();
    assertThat(run("export", List.of(), model("a"), model("b"), nowhere)).isOne();
    assertThat(messages).contains("cannot write " + nowhere);
  }

  private String counts() throws IOException {
    return Files.writeString(folder.resolve("two"), " [ 1 2 ]\n").toString();
  }

  @Test
  void estimateLogZ_ofAnOnnxNetwork_saysThatItNeedsWeights() throws Exception {
    assertThat(run("export", List.of("--input=windows"), model("a"), model("b"), onnx.toString()))
        .isZero();
    Path imported = imported();
    assertThat(run("estimate-log-z", List.of(), imported.toString())).isOne();
    assertThat(messages).contains(imported + " holds a network as model.onnx");
  }

  @Test
  void onnxItself_acceptsTheFile() throws Exception {
    String python = "/usr/bin/python3";
    assumeTrue(
        Files.exists(Path.of(python)) && exit(python, "-c", "import onnx") == 0,
        "skipped: " + python + " has no module onnx (Debian: python3-onnx)");
    for (String input : List.of("frames", "windows")) {
      assertThat(
              run("export", List.of("--input=" + input), model("a"), model("b"), onnx.toString()))
          .isZero();
      String script =
          "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)";
      assertThat(exit(python, "-c", script, onnx.toString())).isZero();
    }
  }

  private Path imported() throws IOException {
    Path imported = folder.resolve("imported");
    NetworkImport.Options nothing =
        new NetworkImport.Options(
            null,
            null,
            null,
            null,
            null,
            10,
            "none",
            Map.of(),
            null,
            null,
            new double[0],
            Map.of());
    NetworkImport.run(onnx, nothing, imported);
    return imported;
  }

  private static int exit(String... command) throws Exception {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
