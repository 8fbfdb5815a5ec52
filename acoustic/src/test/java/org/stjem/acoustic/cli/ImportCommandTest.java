package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.export.OnnxExport;
import org.stjem.acoustic.export.OnnxSession;
import org.stjem.acoustic.export.SmallModels;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.Placement;
import org.stjem.acoustic.onnx.GraphInput;
import org.stjem.acoustic.onnx.OnnxFile;
import org.stjem.acoustic.onnx.OnnxGraph;
import org.stjem.acoustic.serving.AcousticModelServer;
import org.stjem.acoustic.serving.LoadedModel;
import org.stjem.acoustic.serving.ModelSource;
import org.stjem.acoustic.serving.ServerOptions;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

class ImportCommandTest {
  private static final int DIM = 2;
  private static final int PDFS = 4;

  /** Of a window of three frames. */
  private static final String[] CONTEXT = {"--left-context=1", "--feature-dim=2"};

  @TempDir private Path folder;
  private Path onnx;
  private Path model;
  private String features;

  @BeforeEach
  void makeFeatures() throws IOException {
    onnx = folder.resolve("net.onnx");
    model = folder.resolve("exp/model");
    features = "ark:" + folder.resolve("feats.ark");
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      writer.write("u", SmallModels.features(5, DIM, 1));
      writer.commit();
    }
  }

  private CommandResult run(String command, Object... arguments) {
    List<String> all = new ArrayList<>(List.of(command));
    for (Object argument : arguments) {
      all.addAll(argument instanceof String[] several ? List.of(several) : List.of("" + argument));
    }
    return CommandResult.of(all.toArray(new String[0]));
  }

  private CommandResult runImport(Object... options) {
    return run("import", "--onnx=" + onnx, options, model);
  }

  private static CommandResult run(String command, String first, Object[] options, Path last) {
    List<String> all = new ArrayList<>(List.of(command, first));
    for (Object option : options) {
      all.addAll(option instanceof String[] several ? List.of(several) : List.of("" + option));
    }
    all.add(last.toString());
    return CommandResult.of(all.toArray(new String[0]));
  }

  private void done(CommandResult result) {
    assertThat(result.status()).as(result.messages()).isZero();
  }

  /** One sentence that names the file, exit status 1, and nothing left behind. */
  private void refused(String sentence, Object... options) throws IOException {
    List<Path> before = models();
    CommandResult result = runImport(options);
    assertThat(result.messages()).contains(sentence);
    assertThat(result.lastLine())
        .startsWith("ERROR (stjem acoustic import) ")
        .contains(onnx.toString())
        .contains(sentence);
    assertThat(result.messages()).doesNotContain("internal error").doesNotContain("\tat ");
    assertThat(result.status()).isOne();
    assertThat(models()).isEqualTo(before);
  }

  private List<Path> models() throws IOException {
    if (!Files.exists(model.getParent())) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(model.getParent())) {
      return files.filter(file -> !file.equals(model.getParent())).sorted().toList();
    }
  }

  /** A linear network of windows. */
  private static OnnxGraph linear(Object... shape) {
    OnnxGraph graph = new OnnxGraph("test");
    graph.input("x", shape);
    return graph;
  }

  private static float[] weights(int size) {
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      weights[i] = (i * 7 % 11 - 5) / 10f;
    }
    return weights;
  }

  private static ModelProto linear() {
    OnnxGraph graph = linear("rows", 6);
    graph.named("y", "MatMul", Map.of(), "x", weight(graph));
    graph.output("y", "rows", PDFS);
    return graph.model(Map.of());
  }

  private static String weight(OnnxGraph graph) {
    return graph.constant(new Tensor(new long[] {6, PDFS}, weights(6 * PDFS)));
  }

  private void write(ModelProto network) throws IOException {
    OnnxFile.write(onnx, network);
  }

  private void write(Consumer<GraphProto.Builder> change) throws IOException {
    ModelProto.Builder changed = linear().toBuilder();
    change.accept(changed.getGraphBuilder());
    write(changed.build());
  }

  private String counts() throws IOException {
    return "--class-frame-counts=" + Files.writeString(folder.resolve("counts"), " [ 1 2 3 4 ]\n");
  }

  private float[] forward(String... options) {
    String out = "ark:" + folder.resolve("out.ark");
    done(run("forward", options, model, features, out));
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(out)) {
      assertThat(table.next()).isTrue();
      return table.value().data();
    }
  }

  @Test
  void foreignNetwork_isScoredWithLikeAnyOther() throws IOException {
    write(linear());
    Path mean = Files.writeString(folder.resolve("mean"), " [ 3 2 ]\n");
    Path stddev = Files.writeString(folder.resolve("stddev"), " [ 2 4 ]\n");
    Path config = Files.writeString(folder.resolve("conf"), "--num-mel-bins=2\n");
    CommandResult result =
        runImport(
            CONTEXT,
            counts(),
            "--input-mean=" + mean,
            "--input-stddev=" + stddev,
            "--feature-config=" + config,
            "--feature-normalisation=per-speaker mean",
            "--frame-shift=12.5");
    done(result);
    assertThat(result.messages()).contains("ONNX Runtime").contains("float32: rows");
    assertThat(model.resolve("model.onnx")).hasSameBinaryContentAs(onnx);
    ModelDescription it = ModelFolder.describe(model);
    assertThat(it.objective()).isEqualTo("unknown");
    assertThat(it.architecture()).isEqualTo("onnx");
    assertThat(it.rightContext()).isOne();
    assertThat(it.numPdfs()).isEqualTo(PDFS);
    assertThat(it.featureOptions()).isEqualTo(Map.of("num-mel-bins", "2"));
    assertThat(it.featureNormalisation()).isEqualTo("per-speaker mean");
    assertThat(it.frameShiftMs()).isEqualTo(12.5);
    assertThat(it.training()).containsEntry("left-context", "1");
    float[] logits = forward("--output=logits");
    FloatMatrix x = SmallModels.padded(SmallModels.features(5, DIM, 1), 1, 1);
    float[] w = weights(6 * PDFS);
    for (int t = 0; t < 5; t++) {
      double sum = 0;
      for (int i = 0; i < 6; i++) {
        double normalised = (x.get(t + i / 2, i % 2) - (3 - i % 2)) / (2 + 2 * (i % 2));
        sum += normalised * w[i * PDFS];
      }
      assertThat(logits[t * PDFS]).isCloseTo((float) sum, within(1e-5f));
    }
    assertThat(forward()[1]).isCloseTo(logits[1] - (float) Math.log(0.2), within(1e-5f));
    CommandResult info = run("model-info", model);
    done(info);
    assertThat(info.output())
        .contains("has_priors: true")
        .contains("architecture: \"onnx 3x2-4\"")
        .contains("precision: \"float32\"");
  }

  @Test
  void modelWithoutCounts_givesLogitsUntilItIsToldThem() throws IOException {
    write(linear());
    done(runImport(CONTEXT));
    String out = "ark:" + folder.resolve("out.ark");
    CommandResult refused = run("forward", model, features, out);
    assertThat(refused.status()).isOne();
    assertThat(refused.lastLine()).contains(model.toString()).contains("knows no priors");
    assertThat(folder.resolve("out.ark")).doesNotExist();
    float[] logits = forward("--output=logits");
    assertThat(forward("--output=log-posteriors")).hasSameSizeAs(logits);
    assertThat(run("model-info", model).output()).doesNotContain("has_priors");
    assertThat(run("set-priors", "--prior-scale=0.5", model).lastLine())
        .contains(model + " knows no priors");
    float[] scores = forward(counts());
    assertThat(scores[0]).isCloseTo(logits[0] - (float) Math.log(0.1), within(1e-5f));
    done(run("set-priors", counts(), model));
    assertThat(forward()).isEqualTo(scores);
    assertThat(run("model-info", model).output()).contains("has_priors: true");
  }

  @Test
  void windowsOfFrames_andOneOutputOfSeveral() throws IOException {
    OnnxGraph graph = linear("rows", 3, 2);
    String flat = graph.node("Flatten", Map.of("axis", 1L), "x");
    graph.named("scores", "MatMul", Map.of(), flat, weight(graph));
    graph.named("embedding", "Relu", Map.of(), flat);
    graph.output("embedding", "rows", 6);
    graph.output("scores", "rows", PDFS);
    write(graph.model(Map.of()));
    refused("none of its outputs [embedding, scores] is called logits", "--right-context=1");
    refused("output 'embedding' has 6 pdfs", CONTEXT, "--num-pdfs=4", "--output-name=embedding");
    refused("none of its outputs [embedding, scores] is called z", CONTEXT, "--output-name=z");
    done(runImport("--right-context=1", "--output-name=scores"));
    float[] inFrames = forward("--output=logits");
    Path first = model;
    model = folder.resolve("exp/flat");
    write(linear());
    done(runImport(CONTEXT));
    assertThat(forward("--output=logits")).containsExactly(inFrames, within(1e-6f));
    // What is one ONNX file can be part of another.
    Path again = folder.resolve("again.onnx");
    OnnxExport.write(first, "auto", OnnxExport.Options.DEFAULT, again);
    assertThat(OnnxFile.model(again).getGraph().getOutputList())
        .extracting(output -> output.getName())
        .containsExactly("logits", "log_px");
  }

  @Test
  void sizesThatTheFileLeavesOpen_areAskedFor() throws IOException {
    write(linear());
    refused("give --left-context and --right-context");
    refused("give --left-context and --right-context", "--feature-dim=2");
    refused("give --left-context and --right-context", "--left-context=1");
    refused("6 values, which cannot be divided by 4", "--feature-dim=4", "--left-context=1");
    refused("cannot be divided by 5", "--left-context=2", "--right-context=2");
    refused("are not 3 frames of dimension 3", CONTEXT, "--right-context=1", "--feature-dim=3");
    refused("shorter than the context", "--feature-dim=2", "--left-context=3");
    refused("a context of -1 frames", "--left-context=-1", "--right-context=1");
    refused("--feature-dim is 0", "--feature-dim=0", "--left-context=1");
    refused("not the 5 of --num-pdfs", CONTEXT, "--num-pdfs=5");
    refused(
        "--input-mean has 4 values", CONTEXT, counts().replace("class-frame-counts", "input-mean"));
    Path zero = Files.writeString(folder.resolve("zero"), " [ 1 0 ]\n");
    refused("value 0.0, must be positive", CONTEXT, "--input-stddev=" + zero);
    refused("--class-frame-counts has 2 classes", CONTEXT, "--class-frame-counts=" + zero);
    Path none = Files.writeString(folder.resolve("none"), " [ 0 0 0 0 ]\n");
    refused("all 4 class counts are zero", CONTEXT, "--class-frame-counts=" + none);
    OnnxGraph open = linear("rows", "size");
    open.named("y", "MatMul", Map.of(), "x", weight(open));
    open.output("y", "rows", "pdfs");
    write(open.model(Map.of()));
    refused("give --feature-dim", "--left-context=1", "--right-context=1", "--num-pdfs=4");
    refused("leaves the number of pdfs open", CONTEXT, "--right-context=1");
    refused(
        "output 'y' has the shape [-1, 4], not [rows, 5]",
        CONTEXT,
        "--right-context=1",
        "--num-pdfs=5");
    done(runImport(CONTEXT, "--right-context=1", counts()));
  }

  @Test
  void ownExport_bringsEverythingAlong() throws IOException {
    Path own = folder.resolve("own");
    ModelDescription description = SmallModels.save(own, 2, 1, DIM, List.of(7), PDFS, 3);
    done(run("set-priors", "--prior-scale=0.5", own));
    SmallModels.vectors(PDFS, 1).write(ModelFolder.calibration(own));
    OnnxExport.write(own, "auto", new OnnxExport.Options(GraphInput.WINDOWS, false), onnx);
    refused("--left-context is of no use", "--left-context=2");
    done(runImport());
    assertThat(ModelFolder.describe(model))
        .usingRecursiveComparison()
        .ignoringFields(
            "architecture",
            "hiddenLayers",
            "activation",
            "inputMean",
            "inputStddev",
            "output",
            "checksum")
        .isEqualTo(description);
    float[] imported = forward();
    float[] logits = forward("--output=logits", "--calibration=none");
    model = own;
    assertThat(imported).containsExactly(forward(), within(1e-5f));
    assertThat(logits)
        .containsExactly(forward("--output=logits", "--calibration=none"), within(1e-5f));
    model = folder.resolve("exp/other");
    OnnxExport.write(own, "auto", OnnxExport.Options.DEFAULT, onnx);
    refused("export the model with --input=windows");
    // What a file says of its model is not believed, either.
    OnnxExport.write(own, "auto", new OnnxExport.Options(GraphInput.WINDOWS, false), onnx);
    ModelProto proto = OnnxFile.model(onnx);
    Map<String, String> lies =
        Map.of(
            "stjem.format", "2",
            "stjem.input", "audio",
            "stjem.model", "{",
            "stjem.priors", "[]",
            "stjem.calibration", "{\"formatVersion\":1,\"factors\":[-1],\"offsets\":[]}");
    for (Map.Entry<String, String> lie : lies.entrySet()) {
      ModelProto.Builder changed = proto.toBuilder();
      for (StringStringEntryProto.Builder entry : changed.getMetadataPropsBuilderList()) {
        if (entry.getKey().equals(lie.getKey())) {
          entry.setValue(lie.getValue());
        }
      }
      write(changed.build());
      refused(lie.getKey());
    }
    ModelProto.Builder other = proto.toBuilder();
    other
        .getMetadataPropsBuilder(2)
        .setValue(
            proto
                .getMetadataProps(2)
                .getValue()
                .replace("\"leftContext\": 2", "\"leftContext\": 1"));
    write(other.build());
    refused("its input has the shape [-1, 8], not [rows, 6]");
  }

  @Test
  void precision_isToldFromTheGraph() throws Exception {
    OnnxGraph graph = linear("rows", 6);
    byte[] bytes = new byte[6 * PDFS];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 5 - 60);
    }
    String quantised = graph.constant(bytes, true, 6, PDFS);
    String wide = graph.node("DequantizeLinear", quantised, graph.scalar(0.01f));
    graph.named("logits", "MatMul", Map.of(), "x", wide);
    graph.output("logits", "rows", PDFS);
    write(graph.model(Map.of()));
    assertThat(runImport(CONTEXT).messages()).contains(", int8: rows");
    assertThat(ModelFolder.describe(model).precision()).isEqualTo("int8");
    assertThat(run("model-info", model).output()).contains("precision: \"int8\"");
    // It is exported as it is, and reckons the same as part of another graph.
    Path again = folder.resolve("again.onnx");
    OnnxExport.write(model, "auto", OnnxExport.Options.DEFAULT, again);
    try (OnnxSession session = new OnnxSession(again)) {
      FloatMatrix x = SmallModels.padded(SmallModels.features(5, DIM, 1), 1, 1);
      assertThat(session.run(x).get("logits").data())
          .containsExactly(forward("--output=logits"), within(1e-5f));
    }

    model = folder.resolve("exp/half");
    OnnxGraph halves = linear("rows", 6);
    String narrow = halves.node("Cast", Map.of("to", 10L), "x");
    String product = halves.node("MatMul", narrow, "half");
    halves.named("logits", "Cast", Map.of("to", 1L), product);
    halves.output("logits", "rows", PDFS);
    ModelProto.Builder proto = halves.model(Map.of()).toBuilder();
    proto.getGraphBuilder().addInitializer(halves((short) 0x3C00));
    write(proto.build());
    assertThat(runImport(CONTEXT).messages()).contains(", float16: rows");

    model = folder.resolve("exp/infinite");
    proto.getGraphBuilder().setInitializer(0, halves((short) 0x7C00));
    write(proto.build());
    refused("value 0 of tensor 'half' is not finite", CONTEXT);
  }

  private static TensorProto halves(short value) {
    ByteBuffer halves = ByteBuffer.allocate(2 * 6 * PDFS).order(ByteOrder.LITTLE_ENDIAN);
    while (halves.hasRemaining()) {
      halves.putShort(value);
    }
    return TensorProto.newBuilder()
        .setName("half")
        .setDataType(TensorProto.DataType.FLOAT16.getNumber())
        .addDims(6)
        .addDims(PDFS)
        .setRawData(ByteString.copyFrom(halves.array()))
        .build();
  }

  @Test
  void whatIsNoNetworkAtAll_isRefused() throws IOException {
    byte[] whole = linear().toByteArray();
    for (int length : new int[] {0, 1, 10, whole.length / 2, whole.length - 1}) {
      Files.write(onnx, java.util.Arrays.copyOf(whole, length));
      refused("no ONNX model", CONTEXT);
    }
    Files.write(onnx, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13});
    refused("no ONNX model", CONTEXT);
    Path own = folder.resolve("own");
    SmallModels.save(own, 1, 1, DIM, List.of(7), PDFS, 3);
    Files.copy(
        own.resolve("weights.safetensors"),
        onnx,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    refused("no ONNX model", CONTEXT);
    Files.delete(onnx);
    refused("is not a file", CONTEXT);
    Files.createDirectory(onnx);
    refused("is not a file", CONTEXT);
  }

  @Test
  void fifo_isNotWaitedFor() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", onnx.toString()).start().waitFor()).isZero();
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60), () -> refused("is not a file", CONTEXT));
    write(onnx.resolveSibling("other.onnx"), linear());
    onnx = onnx.resolveSibling("other.onnx");
    done(runImport(CONTEXT));
    Files.delete(model.resolve("model.onnx"));
    assertThat(
            new ProcessBuilder("mkfifo", model.resolve("model.onnx").toString()).start().waitFor())
        .isZero();
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          assertThat(run("model-info", model).lastLine()).contains("model.onnx is not a file");
          assertThat(run("forward", "--output=logits", model, features, "ark:/dev/null").lastLine())
              .contains("model.onnx is not a file");
        });
  }

  private static void write(Path file, ModelProto network) throws IOException {
    OnnxFile.write(file, network);
  }

  @Test
  void tensorsInOtherFiles_areRefused() throws IOException {
    for (String place : List.of("/etc/passwd", "../../secret", "weights.bin")) {
      write(
          graph ->
              graph
                  .getInitializerBuilder(0)
                  .clearRawData()
                  .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                  .addExternalData(
                      StringStringEntryProto.newBuilder().setKey("location").setValue(place)));
      refused("keeps tensor 'c0' in another file", CONTEXT);
    }
    write(
        graph ->
            graph
                .addNodeBuilder()
                .setOpType("Constant")
                .addOutput("k")
                .addAttributeBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .getTBuilder()
                .setName("t")
                .addExternalDataBuilder()
                .setKey("location")
                .setValue("/etc/passwd"));
    refused("keeps tensor 't' in another file", CONTEXT);
  }

  @Test
  void operatorsAndGraphsThatAreNotRun_areRefused() throws IOException {
    write(graph -> graph.getNodeBuilder(0).setOpType("Perceive"));
    refused("Perceive", CONTEXT);
    write(graph -> graph.getNodeBuilder(0).setDomain("com.example"));
    refused("com.example", CONTEXT);
    write(
        graph ->
            graph
                .addNodeBuilder()
                .setOpType("If")
                .addInput("x")
                .addOutput("k")
                .addAttributeBuilder()
                .setName("then_branch")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.newBuilder().setName("inner")));
    refused("a graph within its graph", CONTEXT);
    write(
        graph -> {
          graph.clearNode();
          graph.addNode(node("Add", "x", "b", "a"));
          graph.addNode(node("Relu", "a", "b"));
          graph.addNode(node("MatMul", "b", "c0", "y"));
        });
    refused("the graph is not acyclic", CONTEXT);
    write(linear().toBuilder().setIrVersion(99).build());
    refused("net.onnx: ONNX Runtime does not load it: Unsupported model IR version: 99", CONTEXT);
    write(
        graph ->
            graph.addSparseInitializerBuilder().getValuesBuilder().setName("s").setDataType(1));
    refused("sparse tensors", CONTEXT);
    ModelProto.Builder functions = linear().toBuilder();
    functions.addFunctionsBuilder().setName("f");
    write(functions.build());
    refused("functions of its own", CONTEXT);
    write(graph -> graph.clearOutput());
    refused("it has no outputs", CONTEXT);
  }

  private static NodeProto node(String operator, String... names) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator);
    for (int i = 0; i < names.length - 1; i++) {
      node.addInput(names[i]);
    }
    return node.addOutput(names[names.length - 1]).build();
  }

  @Test
  void inputsAndOutputsOfOtherKinds_areRefused() throws IOException {
    write(graph -> graph.addInput(graph.getInput(0).toBuilder().setName("state")));
    refused("its inputs are [x, state]", CONTEXT);
    write(graph -> graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(7));
    refused("input 'x' is no tensor of float32", CONTEXT);
    write(
        graph -> graph.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(11));
    refused("output 'y' is no tensor of float32", CONTEXT);
    for (Object[] shape : new Object[][] {{6}, {"rows", 1, 3, 2}}) {
      OnnxGraph graph = linear(shape);
      graph.named("y", "Relu", Map.of(), "x");
      graph.output("y", shape);
      write(graph.model(Map.of()));
      refused("can be imported", CONTEXT);
    }
    OnnxGraph fixed = linear(16, 6);
    fixed.named("y", "MatMul", Map.of(), "x", weight(fixed));
    fixed.output("y", 16, PDFS);
    write(fixed.model(Map.of()));
    refused("16 rows at a time; the first size must be free", CONTEXT);
    OnnxGraph sequence = linear("rows", 6);
    String product = sequence.node("MatMul", "x", weight(sequence));
    sequence.named("y", "Unsqueeze", Map.of(), product, sequence.constant(new long[] {0}));
    sequence.output("y", 1, "rows", PDFS);
    write(sequence.model(Map.of()));
    refused("not [rows, 4]", CONTEXT);
    OnnxGraph reduced = linear("rows", 6);
    String all = reduced.node("MatMul", "x", weight(reduced));
    reduced.named("y", "ReduceSum", Map.of("keepdims", 1L), all, reduced.constant(new long[] {0}));
    reduced.output("y", "rows", PDFS);
    write(reduced.model(Map.of()));
    refused("y", CONTEXT);
  }

  @Test
  void numbersThatAreNone_areRefused() throws IOException {
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      OnnxGraph graph = linear("rows", 6);
      String product = graph.node("MatMul", "x", weight(graph));
      graph.named("y", "Mul", Map.of(), product, graph.scalar(value));
      graph.output("y", "rows", PDFS);
      write(graph.model(Map.of()));
      refused("tensor 'c2' is not finite", CONTEXT);
    }
    write(
        graph -> {
          TensorProto.Builder scale = graph.getInitializerBuilder(0);
          scale.setDataType(TensorProto.DataType.DOUBLE.getNumber());
          byte[] bytes = new byte[8 * 6 * PDFS];
          ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(8, Double.NaN);
          scale.setRawData(ByteString.copyFrom(bytes));
        });
    refused("value 1 of tensor 'c0' is not finite", CONTEXT);
    // Finite weights whose products are not.
    OnnxGraph logarithm = linear("rows", 6);
    String product = logarithm.node("MatMul", "x", weight(logarithm));
    logarithm.named("y", "Log", Map.of(), product);
    logarithm.output("y", "rows", PDFS);
    write(logarithm.model(Map.of()));
    refused("logits are finite numbers", CONTEXT);
  }

  @Test
  void hugeShapes_areHeldAgainstTheirBytes() throws IOException {
    for (long[] dims : new long[][] {{6, 1L << 40}, {1L << 62, 1L << 62}, {-6, 4}, {6, 5}}) {
      write(
          graph ->
              graph.getInitializerBuilder(0).clearDims().addAllDims(List.of(dims[0], dims[1])));
      refused("tensor 'c0' has the shape", CONTEXT);
    }
    write(
        graph ->
            graph
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(1)
                .setDimValue(1L << 40));
    refused("net.onnx", "--left-context=1", "--right-context=1");
    refused("net.onnx", "--feature-dim=2", "--left-context=1");
    // A bomb: 64 GiB of zeros out of a few bytes.
    OnnxGraph bomb = linear("rows", 6);
    String product = bomb.node("MatMul", "x", weight(bomb));
    String zeros = bomb.node("ConstantOfShape", bomb.constant(new long[] {1L << 34}));
    String sum = bomb.node("ReduceSum", zeros);
    bomb.named("y", "Add", Map.of(), product, sum);
    bomb.output("y", "rows", PDFS);
    write(bomb.model(Map.of()));
    refused("net.onnx", CONTEXT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gru-of-vectors", "max-of-no-rows", "fused-conv-of-matrices"})
  void graphsThatTheRuntimeDoesNotSurvive_areTriedInAProcessOfTheirOwn(String name)
      throws IOException {
    try (InputStream in =
        getClass().getResourceAsStream("/org/stjem/acoustic/onnx/" + name + ".onnx")) {
      Files.write(onnx, in.readAllBytes());
    }
    refused("ONNX Runtime does not survive the network", CONTEXT);
  }

  /** Bytes of random places are changed; most such files are not read as far as the runtime. */
  @Test
  void damagedFile_isRefusedInASentenceOrLoads() throws IOException {
    byte[] whole = linear().toByteArray();
    Random random = new Random(4);
    for (int i = 0; i < 60; i++) {
      byte[] damaged = whole.clone();
      for (int changes = 1 + i % 3; changes > 0; changes--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(onnx, damaged);
      model = folder.resolve("exp/damaged" + i);
      CommandResult result = runImport(CONTEXT, "--num-pdfs=4");
      assertThat(result.messages()).doesNotContain("internal error").doesNotContain("\tat ");
      if (result.status() == 0) {
        assertThat(forward("--output=logits")).hasSize(5 * PDFS);
      } else {
        assertThat(result.lastLine()).startsWith("ERROR").contains(onnx.toString());
        assertThat(model).doesNotExist();
      }
    }
  }

  @Test
  void folderThatIsNotEmpty_staysAsItIs() throws IOException {
    write(linear());
    done(runImport(CONTEXT));
    CommandResult again = runImport(CONTEXT);
    assertThat(again.status()).isOne();
    assertThat(again.lastLine()).contains(model + " is not empty");
    Path file = Files.writeString(folder.resolve("file"), "x");
    model = file;
    assertThat(runImport(CONTEXT).lastLine()).contains("exists and is no folder");
    model = file.resolve("model");
    assertThat(runImport(CONTEXT).lastLine()).contains("cannot write " + model);
  }

  @Test
  void networkThatChanged_isNotLoaded() throws IOException {
    write(linear());
    done(runImport(CONTEXT, counts()));
    Path network = model.resolve("model.onnx");
    byte[] bytes = Files.readAllBytes(network);
    bytes[bytes.length / 2] ^= 1;
    Files.write(network, bytes);
    CommandResult result = run("model-info", model);
    assertThat(result.status()).isOne();
    assertThat(result.lastLine()).contains(network.toString());
    assertThat(run("forward", model, features, "ark:/dev/null").lastLine())
        .contains(network + " is not the file that was imported");
  }

  @Test
  void descriptionThatDisagrees_isRefused() throws IOException {
    write(linear());
    done(runImport(CONTEXT));
    Path description = model.resolve("model.json");
    String json = Files.readString(description);
    Map<String, String> faults =
        Map.of(
            "\"numPdfs\": 4|\"numPdfs\": 5", "output 'y' has the shape [-1, 4], not [rows, 5]",
            "\"numPdfs\": 4|\"numPdfs\": 2000000000", "numPdfs 2000000000 is not from 1 to",
            "\"leftContext\": 1|\"leftContext\": 0", "its input has the shape [-1, 6], not",
            "\"leftContext\": 1|\"leftContext\": 400000000", "a context of 400000000",
            "\"output\": \"y\"|\"output\": \"z\"", "none of its outputs [y] is called z");
    for (Map.Entry<String, String> fault : faults.entrySet()) {
      String[] change = fault.getKey().split("\\|");
      assertThat(json).contains(change[0]);
      Files.writeString(description, json.replace(change[0], change[1]));
      CommandResult result = run("forward", "--output=logits", model, features, "ark:/dev/null");
      assertThat(result.status()).isOne();
      assertThat(result.lastLine())
          .contains(model.toString())
          .contains(fault.getValue())
          .doesNotContain("internal error");
    }
  }

  @Test
  void folderWithWeightsAndNetwork_isRefused() throws IOException {
    SmallModels.save(model, 1, 1, DIM, List.of(7), PDFS, 3);
    Files.write(model.resolve("model.onnx"), linear().toByteArray());
    for (CommandResult result :
        List.of(
            run("forward", model, features, "ark:/dev/null"),
            run("model-info", model),
            run("forward", "--engine=pytorch", model, features, "ark:/dev/null"))) {
      assertThat(result.status()).isOne();
      assertThat(result.lastLine())
          .contains(model + " has both weights.safetensors and model.onnx");
    }
  }

  @Test
  void whatNeedsGradients_saysSo() throws IOException {
    write(linear());
    done(runImport(CONTEXT, counts()));
    String sentence = model + " holds a network as model.onnx";
    assertThat(run("forward", "--engine=pytorch", model, features, "ark:/dev/null").lastLine())
        .contains(sentence);
    CommandResult ood = run("ood", model, features, "noise");
    assertThat(ood.messages()).contains(sentence);
    assertThat(ood.status()).isOne();
  }

  @Test
  void importedModel_isServed_alsoWithoutPriors() throws IOException {
    write(linear());
    done(runImport(CONTEXT));
    ServerOptions options = new ServerOptions();
    options.port = 0;
    try (AcousticModelServer server =
        AcousticModelServer.start(
            List.of(new ModelSource("m", "1", model)), LoadedModel.to(Placement.CPU), options)) {
      String address = "--server=localhost:" + server.port();
      String out = "ark:" + folder.resolve("scores.ark");
      CommandResult loglikes = run("score", address, features, out);
      assertThat(loglikes.status()).isOne();
      assertThat(loglikes.messages()).contains("has no class priors; ask for logits");
      done(run("score", address, "--output=logits", features, out));
      try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(out)) {
        assertThat(table.next()).isTrue();
        assertThat(table.value().data()).isEqualTo(forward("--output=logits"));
      }
    }
  }

  @Test
  void importedModel_isCalibrated() throws IOException {
    write(linear());
    done(runImport(CONTEXT, counts()));
    Path ali = Files.writeString(folder.resolve("ali"), "u 0 1 2 3 0\n");
    done(run("calibrate", "--feats=" + features, model, "ark:" + ali));
    assertThat(ModelFolder.calibration(model)).exists();
    assertThat(forward("--output=logits"))
        .isNotEqualTo(forward("--output=logits", "--calibration=none"));
  }
}
