package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.frontend.kaldi.TransitionModel;

class ExportCommandTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final String TRANSITIONS = MINI.resolve("exp/tri1/final.mdl").toString();

  @TempDir private Path folder;

  private Path model(String normalisation, double... classCounts) throws IOException {
    return ExportedModels.save(
        folder.resolve("model"),
        ExportedModels.description("mlp", "silu", normalisation, classCounts));
  }

  /** A model with as many pdfs as the bundled system; the last has no frames. */
  private Path miniModel(String normalisation) throws IOException {
    double[] counts = new double[TransitionModel.read(TRANSITIONS).numPdfs()];
    Arrays.fill(counts, 10);
    counts[counts.length - 1] = 0;
    return model(normalisation, counts);
  }

  private static CommandResult export(String... arguments) {
    List<String> all = new ArrayList<>(List.of("export"));
    all.addAll(List.of(arguments));
    return CommandResult.of(all.toArray(new String[0]));
  }

  /** Exports a model as text. */
  private String text(Path model, String... options) throws IOException {
    Path out = folder.resolve("out.txt");
    List<String> arguments = new ArrayList<>(List.of("--format=nnet3", "--binary=false"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of(model.toString(), out.toString()));
    CommandResult result = export(arguments.toArray(new String[0]));
    assertThat(result.status()).as(result.messages()).isZero();
    return Files.readString(out);
  }

  private static List<String> nodes(String text) {
    return text.lines().filter(line -> line.contains("-node name=")).toList();
  }

  @Test
  void rawNetwork_inText() throws IOException {
    assertThat(text(model("none", 1, 1, 2)))
        .isEqualTo(
            """
            <Nnet3>\s
            input-node name=input dim=3
            component-node name=centred component=centred input=input
            component-node name=normalised component=normalised input=centred
            component-node name=affine1 component=affine1 input=Append(Offset(normalised, -1), normalised)
            component-node name=sigmoid1 component=sigmoid1 input=affine1
            component-node name=silu1 component=silu1 input=Append(affine1, sigmoid1)
            component-node name=logits component=logits input=silu1
            output-node name=output input=logits objective=linear

            <NumComponents> 6\s
            <ComponentName> centred <FixedBiasComponent> <Bias>  [ -1.0 0.5 -0.0 ]
            </FixedBiasComponent>\s
            <ComponentName> normalised <FixedScaleComponent> <Scales>  [ 0.5 4.0 1.0 ]
            </FixedScaleComponent>\s
            <ComponentName> affine1 <FixedAffineComponent> <LinearParams>  [
              0.125 0.25 0.375 0.5 0.625 0.75\s
              0.875 1.0 1.125 1.25 1.375 1.5 ]
            <BiasParams>  [ 0.125 0.25 ]
            </FixedAffineComponent>\s
            <ComponentName> sigmoid1 <SigmoidComponent> <Dim> 2 <ValueAvg>  [ ]
            <DerivAvg>  [ ]
            <Count> 0.0 <NumDimsSelfRepaired> 0.0 <NumDimsProcessed> 0.0 </SigmoidComponent>\s
            <ComponentName> silu1 <ElementwiseProductComponent> <InputDim> 4 <OutputDim> 2 </ElementwiseProductComponent>\s
            <ComponentName> logits <FixedAffineComponent> <LinearParams>  [
              0.125 0.25\s
              0.375 0.5\s
              0.625 0.75 ]
            <BiasParams>  [ 0.125 0.25 0.375 ]
            </FixedAffineComponent>\s
            </Nnet3>\s
            """);
  }

  /** Three bins and two frames: the stem sees both frames and makes two bins of them. */
  @Test
  void convolutions_inText() throws IOException {
    ModelDescription description =
        ExportedModels.description("cnn", "relu", "none", 1, 1).withFilters(List.of(2, 1));
    Map<String, Tensor> weights = new LinkedHashMap<>();
    put(weights, "01Conv2d", 2, 1, 2, 5);
    put(weights, "02Conv2d", 1, 2, 1, 3);
    put(weights, "03Conv2d", 1, 1, 1, 3);
    put(weights, "04Conv2d", 1, 1, 1, 3);
    put(weights, "05Linear", 2, 1);
    put(weights, "06Linear", 2, 2);
    Path model = folder.resolve("model");
    ModelFolder.save(model, description, weights);
    String text = text(model);
    assertThat(nodes(text))
        .containsExactly(
            "input-node name=input dim=3",
            "component-node name=centred component=centred input=input",
            "component-node name=normalised component=normalised input=centred",
            "component-node name=conv1 component=conv1 input=normalised",
            "component-node name=relu-conv1 component=relu-conv1 input=conv1",
            "component-node name=conv2 component=conv2 input=relu-conv1",
            "component-node name=relu-conv2 component=relu-conv2 input=conv2",
            "component-node name=conv3 component=conv3 input=relu-conv2",
            "component-node name=relu-conv3 component=relu-conv3 input=conv3",
            "component-node name=conv4 component=conv4 input=relu-conv3",
            "component-node name=relu-conv4 component=relu-conv4 input=Sum(conv4, conv2)",
            "component-node name=affine1 component=affine1 input=Offset(relu-conv4, -1)",
            "component-node name=relu1 component=relu1 input=affine1",
            "component-node name=logits component=logits input=relu1",
            "output-node name=output input=logits objective=linear");
    String learning =
        "<MaxMemoryMb> 200.0 <UseNaturalGradient> F <NumMinibatchesHistory> 4.0 <AlphaInOut> 4.0 4.0"
            + " <RankInOut> 1 1 </TimeHeightConvolutionComponent> ";
    assertThat(text)
        .contains(
            """
            <ComponentName> conv1 <TimeHeightConvolutionComponent> <LearningRate> 0.0 <Model> \
            <ConvolutionModel> <NumFiltersIn> 1 <NumFiltersOut> 2 <HeightIn> 3 <HeightOut> 2 \
            <HeightSubsampleOut> 2 <Offsets> [ 0,-2 0,-1 0,0 0,1 0,2 1,-2 1,-1 1,0 1,1 1,2 ]
            <RequiredTimeOffsets> [ 0 1 ]
            </ConvolutionModel> <LinearParams>  [
              0.125 0.25 0.375 0.5 0.625 0.75 0.875 1.0 1.125 1.25\s
              1.375 1.5 1.625 1.75 1.875 2.0 2.125 2.25 2.375 2.5 ]
            <BiasParams>  [ 0.125 0.25 ]
            """
                + learning)
        // Two inputs of each offset side by side; of one bin nothing is beside the input.
        .contains(
            """
            <HeightIn> 2 <HeightOut> 1 <HeightSubsampleOut> 2 <Offsets> [ 0,0 0,1 ]
            <RequiredTimeOffsets> [ 0 ]
            </ConvolutionModel> <LinearParams>  [
              0.25 0.625 0.375 0.75 ]
            """);
  }

  private static void put(Map<String, Tensor> weights, String name, long... shape) {
    int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    weights.put(name + "_weight", new Tensor(shape, ExportedModels.counting(size)));
    weights.put(name + "_bias", Tensor.of(ExportedModels.counting((int) shape[0])));
  }

  @Test
  void calibration_isComputedFromLogSoftmaxes_unlessItIsRefused() throws IOException {
    Path model = model("none", 1, 1, 2);
    PosteriorScaling.ofVectors(new double[] {1, 2, 3}, new double[] {0, 0.5, 1}, Map.of())
        .write(ModelFolder.calibration(model));
    String calibrated = text(model);
    assertThat(nodes(calibrated))
        .endsWith(
            "component-node name=scaled component=scaled input=logits",
            "component-node name=shifted component=shifted input=scaled",
            "component-node name=calibrated-log-posteriors component=calibrated-log-posteriors"
                + " input=shifted",
            "component-node name=log-posteriors component=log-posteriors input=logits",
            "output-node name=output input=Sum(calibrated-log-posteriors, Sum(logits, Scale(-1.0,"
                + " log-posteriors))) objective=linear");
    assertThat(calibrated)
        .contains("<Scales>  [ 1.0 2.0 3.0 ]", "<Bias>  [ 0.0 0.5 1.0 ]", "<LogSoftmaxComponent>");
    assertThat(nodes(text(model, "--output=log-posteriors")))
        .endsWith("output-node name=output input=calibrated-log-posteriors objective=linear");
    assertThat(nodes(text(model, "--calibration=none")))
        .endsWith("output-node name=output input=logits objective=linear");
  }

  @Test
  void loglikes_subtractThePriorsOfTheFolder() throws IOException {
    Path model = model("none", 1, 1, 2);
    ModelFolder.setPriors(model, new PriorSettings(new double[] {0, 1, 1}, 1e-10, 2));
    assertThat(text(model, "--output=loglikes"))
        .contains("component-node name=loglikes component=loglikes input=logits")
        .contains("<Bias>  [ -3.6893486E19 1.3862944 1.3862944 ]");
  }

  @Test
  void acousticModel_beginsWithTheTransitionModel_andSwitchesPdfsOffInTheNetwork()
      throws IOException {
    Path model = miniModel("none");
    String text = text(model, "--transition-model=" + TRANSITIONS);
    TransitionModel read = TransitionModel.read(folder.resolve("out.txt").toString());
    assertThat(read.numTransitionIds())
        .isEqualTo(TransitionModel.read(TRANSITIONS).numTransitionIds());
    assertThat(nodes(text))
        .endsWith(
            "component-node name=prior-bias component=prior-bias input=logits",
            "output-node name=output input=prior-bias objective=linear");
    String[] end = text.substring(text.indexOf("<LeftContext>")).strip().split("\\s+");
    assertThat(end).startsWith("<LeftContext>", "1", "<RightContext>", "0", "<Priors>", "[");
    assertThat(end).endsWith("1.0", "]");
    assertThat(Float.parseFloat(end[6]))
        .isCloseTo(1f / (read.numPdfs() - 1), withinPercentage(1e-4));
    Path binary = folder.resolve("final.mdl");
    assertThat(
            export(
                    "--format=nnet3",
                    "--transition-model=" + TRANSITIONS,
                    model.toString(),
                    binary.toString())
                .status())
        .isZero();
    byte[] bytes = Files.readAllBytes(binary);
    String latin = new String(bytes, StandardCharsets.ISO_8859_1);
    int network = latin.indexOf("<Nnet3> ");
    byte[] original = Files.readAllBytes(Path.of(TRANSITIONS));
    assertThat(Arrays.copyOf(bytes, network)).isEqualTo(Arrays.copyOf(original, network));
    assertThat(latin.substring(network)).contains("<Priors> FV \4");
  }

  @Test
  void export_startsNoTensorEngine() throws Exception {
    Path model = miniModel("none");
    Path loaded = folder.resolve("loaded.txt");
    Process process =
        new ProcessBuilder(
                JavaProcess.line(
                    List.of("-Xlog:class+load=info:file=" + loaded),
                    "acoustic",
                    "export",
                    "--format=nnet3",
                    model.toString(),
                    folder.resolve("net").toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("messages").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("messages"))).isZero();
    assertThat(Files.readString(loaded))
        .contains("org.stjem.acoustic.export.Nnet3Network ")
        .doesNotContain("ai.djl.engine.", "ai.djl.pytorch.");
  }

  @Test
  void modelsThatKaldiCannotExpress_getOneSentence() throws IOException {
    Path tanh =
        ExportedModels.save(
            folder.resolve("tanh"), ExportedModels.description("mlp", "tanh", "none", 1, 1));
    Path tree =
        ExportedModels.save(
            folder.resolve("tree"), ExportedModels.description("tree", "silu", "none", 1, 1));
    Path few = model("none", 1, 1, 2);
    refused("no activation 'tanh'; there are silu and relu", tanh);
    refused("no architecture 'tree'; there are mlp and cnn", tree);
    refused(
        "the model has 3 pdfs but " + TRANSITIONS + " has",
        few,
        "--transition-model=" + TRANSITIONS);
    refused("no format 'tflite'; there are onnx, nnet3, vosk", few, "--format=tflite");
    refused("--graph is of no use with --format=nnet3", few, "--graph=" + folder);
    refused("--input is of no use with --format=nnet3", few, "--input=windows");
    refused(
        "--output is of no use with --transition-model",
        few,
        "--output=logits",
        "--transition-model=" + TRANSITIONS);
    refused("no output kind 'x'", few, "--output=x");
    CommandResult onnx =
        export("--format=onnx", few.toString(), folder.resolve("m.onnx").toString());
    assertThat(onnx.status()).as(onnx.messages()).isZero();
    assertThat(folder.resolve("m.onnx")).isRegularFile();
    CommandResult unwritable =
        export("--format=nnet3", few.toString(), folder.resolve("no/where").toString());
    assertThat(unwritable.status()).isEqualTo(1);
    assertThat(unwritable.lastLine()).startsWith("ERROR").contains("cannot write", "no/where");
  }

  private void refused(String sentence, Path model, String... options) throws IOException {
    Path out = folder.resolve("refused");
    List<String> arguments = new ArrayList<>(List.of("--format=nnet3"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of(model.toString(), out.toString()));
    CommandResult result = export(arguments.toArray(new String[0]));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine()).startsWith("ERROR").contains(sentence);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().contains("refused"))).isEmpty();
    }
  }

  private Path graph() throws IOException {
    Path graph = Files.createDirectories(folder.resolve("graph/phones")).getParent();
    for (String name : List.of("HCLG.fst", "words.txt", "num_pdfs")) {
      Files.copy(MINI.resolve("exp/tri1/graph").resolve(name), graph.resolve(name));
    }
    Files.writeString(graph.resolve("phones/silence.csl"), "1:2:3\n");
    return graph;
  }

  @Test
  void voskFolder_isWrittenOnceAndHasWhatVoskLooksFor() throws IOException {
    Path model = miniModel("none");
    Path graph = graph();
    String[] arguments = {
      "--format=vosk",
      "--transition-model=" + TRANSITIONS,
      "--graph=" + graph,
      "--beam=13",
      model.toString(),
      folder.resolve("vosk").toString()
    };
    CommandResult result = export(arguments);
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages()).contains("No phones/word_boundary.int");
    Path vosk = folder.resolve("vosk");
    assertThat(vosk.resolve("graph/HCLG.fst")).hasSameBinaryContentAs(graph.resolve("HCLG.fst"));
    assertThat(vosk.resolve("am/global_cmvn.stats")).doesNotExist();
    assertThat(Files.readAllLines(vosk.resolve("conf/model.conf")))
        .contains(
            "--beam=13.0",
            "--acoustic-scale=0.1",
            "--frame-subsampling-factor=1",
            "--endpoint.silence-phones=1:2:3");
    assertThat(Files.readAllLines(vosk.resolve("conf/fbank.conf")))
        .contains("--num-mel-bins=3", "--dither=1.0", "--window-type=povey", "--snip-edges=true");
    assertThat(export(arguments).lastLine())
        .endsWith("vosk is not empty; name another folder, or remove it");
  }

  @Test
  void voskFolder_ofNormalisedFeatures_hasTheStatisticsAndAWarning() throws IOException {
    Path model = miniModel("online --speaker-frames=0");
    Files.writeString(model.resolve("global_cmvn.stats"), " [\n 3 4 5 2\n 5 9 16 0 ]\n");
    CommandResult result =
        export(
            "--format=vosk",
            "--transition-model=" + TRANSITIONS,
            "--graph=" + graph(),
            model.toString(),
            folder.resolve("vosk").toString());
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(result.messages()).contains("subtracts the same mean from every frame");
    assertThat(folder.resolve("vosk/am/global_cmvn.stats")).exists();
  }

  @Test
  void voskFolder_thatCannotBe_getsOneSentence() throws IOException {
    Path graph = graph();
    Path model = miniModel("none");
    String[] complete = {"--format=vosk", "--transition-model=" + TRANSITIONS, "--graph=" + graph};
    refused("--format=vosk needs --graph and --transition-model", model, "--format=vosk");
    refused("--binary is of no use with --format=vosk", model, with(complete, "--binary"));
    refused("silence phones are 'SIL'", model, with(complete, "--silence-phones=SIL"));
    refused("--acoustic-scale must be above 0", model, with(complete, "--acoustic-scale=0"));
    Files.delete(graph.resolve("phones/silence.csl"));
    refused("give --lang or --silence-phones", model, complete);
    Files.writeString(graph.resolve("num_pdfs"), "7\n");
    refused("but the graph " + graph + " has 7", model, complete);
    Files.delete(graph.resolve("words.txt"));
    refused("has no words.txt", model, complete);
    for (String normalisation :
        List.of("per-utterance mean", "unknown", "online --norm-vars=true")) {
      refused(
          "train one on features as 'make-fbank' made them", miniModel(normalisation), complete);
    }
    refused("global_cmvn.stats: there is no such file", miniModel("online"), complete);
  }

  private static String[] with(String[] options, String more) {
    String[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = more;
    return all;
  }
}
