package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stjem.acoustic.calibration.PosteriorScaling;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.PriorSettings;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/**
 * Kaldi's own programs compute an exported model's rows and find its words. Needs {@code
 * KALDI_ROOT}, a Kaldi whose {@code src/nnet3bin} and {@code src/bin} are built.
 */
class KaldiNnet3IT {
  private static final Path TRI1 =
      Path.of(System.getProperty("stjem.root"), "scripts/mini/exp/tri1");
  private static final String TRANSITIONS = TRI1.resolve("final.mdl").toString();

  private static final int UTTERANCES = 15;

  @TempDir private Path folder;
  private Path programs;

  @BeforeEach
  void findKaldi() {
    String root = System.getenv("KALDI_ROOT");
    assumeTrue(root != null, "KALDI_ROOT is not set");
    programs = Path.of(root, "src");
    for (String program : List.of("nnet3bin/nnet3-latgen-faster", "bin/latgen-faster-mapped")) {
      assumeTrue(Files.exists(programs.resolve(program)), () -> "no " + program + " in " + root);
    }
  }

  @ParameterizedTest(name = "{3} {0}, calibrated {1}, binary {2}")
  @CsvSource({
    "silu,false,true,--network=mlp",
    "silu,true,false,--network=mlp",
    "relu,true,true,--network=mlp",
    "relu,false,true,--network=mlp",
    "silu,true,true,--network=cnn",
    "silu,false,false,--network=cnn --filters=8,12,16 --left-context=10 --right-context=10",
    "relu,false,true,--network=cnn --filters=6,8,8,8,8,8,8 --left-context=11 --right-context=3"
  })
  void rowsAndWords_equalOurs(String activation, boolean calibrated, boolean binary, String network)
      throws Exception {
    Path model = train(activation, network);
    if (calibrated) {
      calibrate(model);
    }
    switchAPdfOff(model);
    String features = someFeatures();
    for (String kind : List.of("logits", "loglikes", "log-posteriors")) {
      Path net = folder.resolve(kind + ".nnet3");
      ours("export", "--format=nnet3", "--binary=" + binary, "--output=" + kind, model, net);
      kaldi("nnet3bin/nnet3-compute", "--use-gpu=no", net, features, ark("kaldi"));
      ours("forward", "--output=" + kind, model, features, ark("ours"));
      compare();
    }
    Path complete = folder.resolve("final.mdl");
    ours(
        "export",
        "--format=nnet3",
        "--binary=" + binary,
        "--transition-model=" + TRANSITIONS,
        model,
        complete);
    kaldi(
        "nnet3bin/nnet3-compute",
        "--use-gpu=no",
        "--use-priors=true",
        complete,
        features,
        ark("kaldi"));
    ours("forward", model, features, ark("ours"));
    compare();
    List<String> search =
        List.of("--beam=13", "--lattice-beam=6", "--acoustic-scale=0.1", "--allow-partial=true");
    Path graph = TRI1.resolve("graph/HCLG.fst");
    Path words = folder.resolve("network.txt");
    kaldi("nnet3bin/nnet3-latgen-faster", search, complete, graph, features, lattices(), words);
    Path mapped = folder.resolve("mapped.txt");
    kaldi("bin/latgen-faster-mapped", search, TRANSITIONS, graph, ark("ours"), lattices(), mapped);
    assertThat(words).isNotEmptyFile().hasSameTextualContentAs(mapped);
  }

  private Path train(String activation, String network) throws Exception {
    Path model = folder.resolve("model");
    MiniTraining training = new MiniTraining(folder);
    List<String> options = new ArrayList<>(List.of(network.split(" ")));
    options.addAll(
        List.of(
            "--objective=baseline",
            "--activation=" + activation,
            "--num-epochs=2",
            "--hidden-layers=64,64"));
    Process process =
        training.train(JavaProcess.SHORT_LIVED, model, options.toArray(new String[0]));
    assertThat(process.waitFor()).as(training.log()).isZero();
    return model;
  }

  /** Features of a few utterances that the model was trained on. */
  private String someFeatures() {
    String some = ark("some");
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(ark("feats"));
        TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(some)) {
      for (int i = 0; i < UTTERANCES && reader.next(); i++) {
        writer.write(reader.key(), reader.value());
      }
      writer.commit();
    }
    return some;
  }

  private static void calibrate(Path model) throws IOException {
    int pdfs = ModelFolder.describe(model).numPdfs();
    double[] factors = new double[pdfs];
    double[] offsets = new double[pdfs];
    for (int pdf = 0; pdf < pdfs; pdf++) {
      factors[pdf] = 0.7 + 0.5 * pdf / pdfs;
      offsets[pdf] = 0.1 * (pdf % 5);
    }
    PosteriorScaling.ofVectors(factors, offsets, Map.of()).write(ModelFolder.calibration(model));
  }

  /** Priors of scale 0.7, one of them under the floor. */
  private static void switchAPdfOff(Path model) throws IOException {
    double[] counts = ModelFolder.describe(model).classCounts().clone();
    counts[counts.length / 2] = 0;
    ModelFolder.setPriors(model, new PriorSettings(counts, 1e-10, 0.7));
  }

  private String ark(String name) {
    return "ark:" + folder.resolve(name + ".ark");
  }

  private static String lattices() {
    return "ark:/dev/null";
  }

  private static void ours(Object... arguments) {
    CommandResult result =
        CommandResult.of(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    assertThat(result.status()).as(result.messages()).isZero();
  }

  private void kaldi(
      String program,
      List<String> options,
      Object model,
      Path graph,
      String input,
      String lattices,
      Path words)
      throws Exception {
    List<Object> arguments = new ArrayList<>(options);
    arguments.addAll(List.of(model, graph, input, lattices, "ark,t:" + words));
    kaldi(program, arguments.toArray());
  }

  private void kaldi(String program, Object... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(programs.resolve(program).toString()));
    Arrays.stream(arguments).map(Object::toString).forEach(line::add);
    Path messages = folder.resolve("messages");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(messages.toFile());
    builder.environment().put("OPENBLAS_NUM_THREADS", "1");
    assertThat(builder.start().waitFor()).as(Files.readString(messages)).isZero();
  }

  /** Rows are equal to 1e-4, and scores of pdfs that are switched off to the last bits. */
  private void compare() {
    Map<String, FloatMatrix> kaldi = read(ark("kaldi"));
    Map<String, FloatMatrix> ours = read(ark("ours"));
    assertThat(kaldi.keySet()).isEqualTo(ours.keySet());
    for (String key : ours.keySet()) {
      float[] theirs = kaldi.get(key).data();
      float[] own = ours.get(key).data();
      assertThat(theirs).hasSameSizeAs(own);
      for (int i = 0; i < own.length; i++) {
        float tolerance = Math.max(1e-4f, Math.abs(own[i]) * 1e-6f);
        assertThat(theirs[i]).isCloseTo(own[i], within(tolerance));
      }
    }
  }

  private static Map<String, FloatMatrix> read(String rspecifier) {
    Map<String, FloatMatrix> matrices = new LinkedHashMap<>();
    try (SequentialTableReader<FloatMatrix> reader = Tables.readFloatMatrices(rspecifier)) {
      while (reader.next()) {
        matrices.put(reader.key(), reader.value());
      }
    }
    return matrices;
  }
}
