package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.TestDevice;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.TorchModels;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** The commands {@code serve}, {@code score} and {@code model-info}, as processes. */
@Timeout(120)
class ServeCommandTest {
  private static final int DIM = 10;
  private static final int PDFS = 12;

  @TempDir private static Path folder;
  private static Path model;
  private static String features;

  @BeforeAll
  static void makeModelAndFeatures() throws IOException {
    Random random = new Random(3);
    double[] counts = random.doubles(PDFS, 1, 1000).toArray();
    float[] mean = new float[DIM];
    float[] stddev = new float[DIM];
    for (int i = 0; i < DIM; i++) {
      mean[i] = (float) random.nextGaussian();
      stddev[i] = 0.5f + random.nextFloat();
    }
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "baseline",
            "mlp",
            List.of(16),
            "silu",
            DIM,
            4,
            4,
            PDFS,
            10,
            "none",
            Map.of("num-mel-bins", "10"),
            mean,
            stddev,
            counts,
            Map.of(),
            5,
            "unknown");
    model = folder.resolve("tiny");
    try (EnergyNetwork network = TorchModels.newNetwork(description, TestDevice.get())) {
      ModelFolder.save(model, description, network.weights());
    }
    features = "ark:" + folder.resolve("feats.ark");
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(features)) {
      for (int i = 0; i < 20; i++) {
        FloatMatrix utterance = new FloatMatrix(i == 7 ? 0 : 1 + random.nextInt(300), DIM);
        for (int j = 0; j < utterance.data().length; j++) {
          utterance.data()[j] = (float) random.nextGaussian();
        }
        writer.write("utt" + i, utterance);
      }
      writer.commit();
    }
  }

  /** A command of the module in a virtual machine of its own. */
  private static ProcessBuilder process(List<String> jvmOptions, String... arguments) {
    List<String> options = new ArrayList<>(JavaProcess.SHORT_LIVED);
    options.addAll(jvmOptions);
    return new ProcessBuilder(JavaProcess.line(options, "acoustic", arguments));
  }

  private static String ark(String name) {
    return "ark:" + folder.resolve(name);
  }

  private static void assertSameTables(String actual, String expected, int entries) {
    try (SequentialTableReader<FloatMatrix> ours = Tables.readFloatMatrices(actual);
        SequentialTableReader<FloatMatrix> theirs = Tables.readFloatMatrices(expected)) {
      int count = 0;
      while (theirs.next()) {
        assertThat(ours.next()).isTrue();
        assertThat(ours.key()).isEqualTo(theirs.key());
        assertThat(ours.value().cols()).isEqualTo(theirs.value().cols());
        float[] values = ours.value().data();
        assertThat(values).as(ours.key()).isEqualTo(theirs.value().data());
        count++;
      }
      assertThat(ours.next()).isFalse();
      assertThat(count).isEqualTo(entries);
    }
  }

  @Test
  void score_equalsForward_andServeEndsCleanly() throws Exception {
    Path portFile = folder.resolve("port");
    Process server =
        process(
                List.of(),
                "serve",
                "--port=0",
                "--port-file=" + portFile,
                "--num-threads=2",
                model.toString())
            .start();
    try (BufferedReader messages = server.errorReader(StandardCharsets.UTF_8)) {
      String line = messages.readLine();
      while (line != null && !line.contains("is served on")) {
        line = messages.readLine();
      }
      String address = "127.0.0.1:" + Files.readString(portFile).strip();
      assertThat(line)
          .isEqualTo("LOG (stjem acoustic serve) model 'tiny' of 12 pdfs is served on " + address);

      for (String output : List.of("loglikes", "logits", "log-posteriors")) {
        String option = "--output=" + output;
        CommandResult forward =
            CommandResult.of(
                "forward", option, "--prior-scale=0.7", model.toString(), features, ark("f.ark"));
        assertThat(forward.status()).as(forward.messages()).isZero();
        CommandResult score =
            CommandResult.of(
                "score",
                option,
                "--prior-scale=0.7",
                "--server=" + address,
                features,
                ark("s.ark"));
        assertThat(score.status()).as(score.messages()).isZero();
        assertThat(score.messages()).contains("utterance utt7: no frames");
        assertThat(score.lastLine())
            .isEqualTo("LOG (stjem acoustic score) Done 19 utterances, failed for 1");
        assertSameTables(ark("s.ark"), ark("f.ark"), 19);
      }

      assertScoresThroughPipe(address);
      assertRefusesOthers(address);

      // Process.destroy would close the stream that is still to be read.
      server.toHandle().destroy();
      assertThat(server.waitFor()).isEqualTo(128 + 15);
      assertThat(messages.lines().reduce((first, last) -> last))
          .contains("LOG (stjem acoustic serve) all streams ended, stopped");
      assertThat(portFile).doesNotExist();
      CommandResult gone =
          CommandResult.of(
              "score", "--retries=0", "--server=" + address, features, ark("gone.ark"));
      assertThat(gone.status()).isEqualTo(1);
      assertThat(gone.lastLine())
          .startsWith("ERROR (stjem acoustic score) server " + address + ": UNAVAILABLE: ");
      assertThat(folder.resolve("gone.ark")).doesNotExist();
    } finally {
      server.destroyForcibly();
    }
  }

  /** Data only on standard output, and no tensor engine. */
  private static void assertScoresThroughPipe(String address) throws Exception {
    Path classes = folder.resolve("classes");
    Process score =
        process(
                List.of("-Xlog:class+load:file=" + classes),
                "score",
                "--server=" + address,
                "--output=log-posteriors",
                "--prior-scale=0.7",
                "--streams=3",
                "ark:-",
                "ark:-")
            .redirectInput(Path.of(features.substring("ark:".length())).toFile())
            .redirectOutput(folder.resolve("piped.ark").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(score.waitFor()).isZero();
    assertSameTables(ark("piped.ark"), ark("f.ark"), 19);
    assertThat(Files.readString(classes))
        .contains("org.stjem.acoustic.serving.TableScorer")
        .doesNotContain("ai.djl.");
  }

  private static void assertRefusesOthers(String address) throws IOException {
    Path config =
        Files.writeString(folder.resolve("fbank.conf"), "# ours\n--num_mel_bins=40 # more\n");
    CommandResult otherFeatures =
        CommandResult.of(
            "score", "--server=" + address, "--feature-config=" + config, features, ark("no.ark"));
    assertThat(otherFeatures.status()).isEqualTo(1);
    assertThat(otherFeatures.lastLine())
        .endsWith(
            "FAILED_PRECONDITION: model 'tiny' does not fit: feature option num-mel-bins is 40, the"
                + " model was trained with 10");
    Path mdl = Path.of(System.getProperty("stjem.root"), "scripts/mini/exp/tri1/final.mdl");
    CommandResult otherPdfs =
        CommandResult.of(
            "score", "--server=" + address, "--transition-model=" + mdl, features, ark("no.ark"));
    assertThat(otherPdfs.status()).isEqualTo(1);
    assertThat(otherPdfs.lastLine())
        .isEqualTo(
            "ERROR (stjem acoustic score) model 'tiny' of server "
                + address
                + " has 12 pdfs but "
                + mdl
                + " has 152");
    assertThat(folder.resolve("no.ark")).doesNotExist();
    CommandResult info = CommandResult.of("model-info", "--server=" + address);
    assertThat(info.output()).contains("name: \"tiny\"\n", "num_pdfs: 12\n", "seed: 5\n");
  }

  @Test
  void serve_portInUse_saysSoInOneSentence() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CommandResult result =
          CommandResult.of("serve", "--port=" + taken.getLocalPort(), model.toString());
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.lastLine())
          .isEqualTo(
              "ERROR (stjem acoustic serve) cannot listen on 127.0.0.1:"
                  + taken.getLocalPort()
                  + ": Address already in use");
    }
  }

  @Test
  void serve_portFileThatCannotBeWritten_saysSoAndTellsNobodyOfThePort() {
    Path missing = folder.resolve("missing");
    CommandResult noFolder =
        CommandResult.of("serve", "--port=0", "--port-file=" + missing.resolve("port"), "nothing");
    assertThat(noFolder.status()).isEqualTo(1);
    assertThat(noFolder.lastLine())
        .isEqualTo(
            "ERROR (stjem acoustic serve) --port-file: cannot write "
                + missing.resolve("port")
                + ": there is no folder "
                + missing);
    CommandResult full =
        CommandResult.of("serve", "--port=0", "--port-file=/dev/full", model.toString());
    assertThat(full.status()).isEqualTo(1);
    assertThat(full.lastLine())
        .isEqualTo(
            "ERROR (stjem acoustic serve) --port-file: cannot write /dev/full: No space left on"
                + " device");
    assertThat(full.messages()).doesNotContain("is served on");
  }

  @Test
  void serve_notAModelFolder_saysSo() {
    CommandResult result = CommandResult.of("serve", folder.resolve("nothing").toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine()).contains("nothing is not a model folder");
  }

  @Test
  void serve_badOptions_nameTheRange() {
    CommandResult result = CommandResult.of("serve", "--max-streams=0", model.toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine())
        .isEqualTo("ERROR (stjem acoustic serve) --max-streams is 0, it must be from 1 to 10000");
  }

  @Test
  void modelInfo_ofAFolder_printsItsFields() {
    CommandResult result = CommandResult.of("model-info", model.toString());
    assertThat(result.status()).isZero();
    assertThat(result.output())
        .contains(
            "name: \"tiny\"\n",
            "feature_dim: 10\n",
            "architecture: \"mlp 9x10-16-12 silu\"\n",
            "has_priors: true\n");
  }

  @Test
  void featureConfig_otherLines_areRefused() throws IOException {
    Path config = Files.writeString(folder.resolve("bad.conf"), "--dither=0\nnonsense\n");
    assertThatThrownBy(() -> FeatureConfig.read(config))
        .hasMessage(
            "--feature-config: " + config + " line 2: expected --name=value, found nonsense");
  }
}
