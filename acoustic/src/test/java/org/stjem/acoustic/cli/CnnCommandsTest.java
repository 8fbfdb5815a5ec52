package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.Engines;
import org.stjem.acoustic.ebm.SeededRandom;
import org.stjem.acoustic.ebm.Tensor;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** Commands on convolutional networks, on a small synthetic table. */
class CnnCommandsTest {
  private static final int UTTERANCES = 6;
  private static final int FRAMES = 40;
  private static final int PDFS = 4;
  private static final int DIM = 13;
  private static final String LAYERS = "--hidden-layers=16";

  @TempDir private Path folder;
  private String feats;
  private String ali;

  /** More of them would wait for each other at each of the many small convolutions. */
  @BeforeAll
  static void useOneThread() {
    Engines.device("cpu");
    JniUtils.setNumThreads(1);
  }

  /** A pdf is a bump of three bins, which are others by one in every second utterance. */
  @BeforeEach
  void tables() {
    feats = "ark:" + folder.resolve("feats.ark");
    ali = "ark:" + folder.resolve("ali.ark");
    SeededRandom random = new SeededRandom(1, 0);
    try (TableWriter<FloatMatrix> featsOut = Tables.writeFloatMatrices(feats);
        TableWriter<int[]> aliOut = Tables.writeIntVectors(ali)) {
      for (int u = 0; u < UTTERANCES; u++) {
        FloatMatrix matrix = new FloatMatrix(FRAMES, DIM);
        int[] pdfs = new int[FRAMES];
        for (int t = 0; t < FRAMES; t++) {
          pdfs[t] = (t / 5 + u) % PDFS;
          for (int d = 0; d < DIM; d++) {
            boolean bump = Math.abs(d - 3 * pdfs[t] - u % 2 - 1) < 2;
            matrix.set(t, d, (float) (random.nextGaussian() + (bump ? 3 : 0)));
          }
        }
        featsOut.write("u" + u, matrix);
        aliOut.write("u" + u, pdfs);
      }
      featsOut.commit();
      aliOut.commit();
    }
  }

  private CommandResult train(String model, String... options) {
    List<String> all = new ArrayList<>(List.of("train", "--num-pdfs=" + PDFS));
    all.addAll(List.of("--minibatch-size=10", "--warmup-steps=5", "--learn-rate=0.003"));
    all.addAll(List.of("--buffer-size=20", "--sgld-steps=3", "--device=cpu", "--num-threads=1"));
    all.addAll(List.of(options));
    all.addAll(List.of(feats, ali, folder.resolve(model).toString()));
    return CommandResult.of(all.toArray(new String[0]));
  }

  private CommandResult trainCnn(String model, String... options) {
    List<String> all = new ArrayList<>(List.of("--network=cnn", "--filters=4,6", LAYERS));
    all.addAll(List.of(options));
    return train(model, all.toArray(new String[0]));
  }

  private static CommandResult run(Object... arguments) {
    String[] line = new String[arguments.length];
    for (int i = 0; i < line.length; i++) {
      line[i] = arguments[i].toString();
    }
    CommandResult result = CommandResult.of(line);
    assertThat(result.status()).as(result.messages()).isZero();
    return result;
  }

  private Map<String, FloatMatrix> table(String name) {
    Map<String, FloatMatrix> rows = new LinkedHashMap<>();
    try (var reader = Tables.readFloatMatrices("ark:" + folder.resolve(name))) {
      while (reader.next()) {
        rows.put(reader.key(), reader.value());
      }
    }
    return rows;
  }

  @Test
  void train_makesAModelThatRecognisesTheFramesInBothEngines_andTellsNoiseFromThem()
      throws IOException {
    CommandResult result =
        trainCnn("m", "--num-epochs=5", "--held-out-feats=" + feats, "--held-out-ali=" + ali);
    assertThat(result.status()).as(result.messages()).isZero();
    Path model = folder.resolve("m");
    ModelDescription description = ModelFolder.describe(model);
    assertThat(description.architecture()).isEqualTo("cnn");
    assertThat(description.filters()).containsExactly(4, 6);
    assertThat(description.hiddenLayers()).containsExactly(16);
    assertThat(description.training())
        .containsEntry("network", "cnn")
        .containsEntry("filters", "[4, 6]");
    assertThat(run("model-info", model).output())
        .contains("architecture: \"cnn 9x13-4c-6c-16-4 silu\"")
        .contains("row_bits: ROW_BITS_SAME");

    run("forward", "--output=logits", model, feats, "ark:" + folder.resolve("onnx"));
    run(
        "forward",
        "--engine=pytorch",
        "--output=logits",
        model,
        feats,
        "ark:" + folder.resolve("pytorch"));
    Map<String, FloatMatrix> pytorch = table("pytorch");
    int right = 0;
    for (Map.Entry<String, FloatMatrix> rows : table("onnx").entrySet()) {
      assertThat(rows.getValue().data())
          .containsExactly(pytorch.get(rows.getKey()).data(), within(1e-4f));
      int utterance = rows.getKey().charAt(1) - '0';
      for (int t = 0; t < FRAMES; t++) {
        float[] row = rows.getValue().row(t);
        int best = 0;
        for (int c = 1; c < PDFS; c++) {
          best = row[c] > row[best] ? c : best;
        }
        right += best == (t / 5 + utterance) % PDFS ? 1 : 0;
      }
    }
    assertThat(right).isGreaterThan(UTTERANCES * FRAMES * 4 / 5);

    assertThat(run("ood", "--device=cpu", model, feats, "noise").output())
        .containsPattern("noise +240( +[01]\\.\\d{3}){3}");
  }

  @Test
  void train_givenAgain_knowsTheNetwork() {
    String[] options = {"--num-epochs=1", "--objective=baseline"};
    trainCnn("m", options);
    assertThat(trainCnn("m", options).lastLine()).contains("m is done: this training has ended");
    assertThat(
            train("m", options[0], options[1], "--network=cnn", "--filters=4,8", LAYERS).lastLine())
        .contains("with other options: --filters was [4, 6], now [4, 8].");
    assertThat(train("m", options[0], options[1], LAYERS).lastLine())
        .contains("--filters was [4, 6], now not given")
        .contains("--network was cnn, now not given");
  }

  /** A journal of a time when there were perceptrons only does not name the network. */
  @Test
  void train_ofAPerceptron_notesWhatItAlwaysDid() throws IOException {
    CommandResult result =
        train("m", "--num-epochs=1", "--objective=baseline", "--hidden-layers=8");
    assertThat(result.status()).as(result.messages()).isZero();
    assertThat(ModelFolder.describe(folder.resolve("m")).training())
        .doesNotContainKeys("network", "filters");
    Path description = folder.resolve("m/model.json");
    String text = Files.readString(description);
    Files.writeString(description, text.replaceFirst("(?s),\\s*\"filters\": \\[\\]", ""));
    assertThat(Files.readString(description)).doesNotContain("filters");
    assertThat(run("model-info", folder.resolve("m")).output())
        .contains("architecture: \"mlp 9x13-8-4 silu\"");
  }

  /** The dropout stands between the layers, and the model's weights are called as without it. */
  @Test
  void train_withDropout_makesAModelThatLoads() {
    for (String network : List.of("--network=cnn", "--network=mlp")) {
      CommandResult result =
          train(network, network, "--dropout=0.2", "--hidden-layers=8,8", "--num-epochs=1");
      assertThat(result.status()).as(result.messages()).isZero();
      Path model = folder.resolve(network);
      assertThat(run("model-info", model).output())
          .contains("architecture: \"" + network.substring(10));
      run("forward", "--engine=pytorch", model, feats, "ark:" + folder.resolve("rows"));
    }
  }

  @Test
  void train_fromAModel_takesItsNetwork() {
    trainCnn("m", "--num-epochs=2", "--objective=baseline", "--left-context=1");
    String init = "--init=" + folder.resolve("m");
    CommandResult further =
        train("n", "--num-epochs=1", "--objective=baseline", "--learn-rate=1e-9", init);
    assertThat(further.status()).as(further.messages()).isZero();
    ModelDescription m = ModelFolder.describe(folder.resolve("m"));
    ModelDescription n = ModelFolder.describe(folder.resolve("n"));
    assertThat(n.architecture()).isEqualTo("cnn");
    assertThat(n.filters()).isEqualTo(m.filters());
    assertThat(n.leftContext()).isEqualTo(1);
    assertThat(n.training()).containsEntry("network", "cnn").containsEntry("filters", "[4, 6]");
    Map<String, Tensor> before = ModelFolder.weights(folder.resolve("m"), m);
    Map<String, Tensor> after = ModelFolder.weights(folder.resolve("n"), n);
    before.forEach(
        (name, tensor) ->
            assertThat(after.get(name).values()).containsExactly(tensor.values(), within(1e-6f)));

    assertThat(train("o", init, "--network=mlp").lastLine())
        .contains("network cnn there, mlp here; filters [4, 6] there, [] here");
    assertThat(train("o", init, "--filters=4,5").lastLine())
        .endsWith("filters [4, 6] there, [4, 5] here");
  }

  @Test
  void train_ofNoSuchNetwork_isRefusedInASentence() {
    Map<String[], String> sentences =
        Map.of(
            new String[] {"--network=lstm"},
            "--network=lstm: there are mlp and cnn",
            new String[] {"--filters=4"},
            "--filters is of no use without --network=cnn",
            new String[] {"--network=cnn", "--filters=4,0"},
            "--filters=4,0: there must be 1 to 20 numbers from 1 to 4096",
            new String[] {"--network=cnn", "--activation=tanh"},
            "no activation 'tanh'; there are silu and relu");
    sentences.forEach(
        (options, sentence) -> {
          CommandResult result = train("m", options);
          assertThat(result.status()).isEqualTo(1);
          assertThat(result.lastLine()).endsWith(sentence);
          assertThat(folder.resolve("m/model.json")).doesNotExist();
        });
  }
}
