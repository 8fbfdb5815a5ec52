package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.net.AcousticModel;
import org.stjem.acoustic.net.ModelDescription;
import org.stjem.acoustic.net.ModelFolder;
import org.stjem.acoustic.net.ModelWeights;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.TableWriter;
import org.stjem.frontend.kaldi.Tables;

/** What scores does so in processes that have no tensor library at all. */
class ScoringOnlyTest {
  private static final int PDFS = 4;

  @TempDir private Path folder;
  private Path model;
  private FloatMatrix utterance;

  @BeforeEach
  void makeModelAndFeatures() throws IOException {
    model = folder.resolve("model");
    ModelDescription description =
        new ModelDescription(
            ModelFolder.formatVersion(),
            "st-jem",
            "mlp",
            List.of(5),
            "silu",
            2,
            1,
            1,
            PDFS,
            10,
            "none",
            Map.of(),
            new float[2],
            new float[] {1, 1},
            new double[] {10, 30, 60, 5},
            Map.of(),
            7,
            "unknown");
    ModelFolder.save(model, description, ModelWeights.fresh(description));
    utterance = new FloatMatrix(9, 2);
    for (int i = 0; i < utterance.data().length; i++) {
      utterance.data()[i] = 0.3f * (i % 5) - 1;
    }
    try (TableWriter<FloatMatrix> writer = Tables.writeFloatMatrices(file("feats.ark"))) {
      writer.write("u", utterance);
      writer.commit();
    }
    Files.writeString(folder.resolve("ali"), "u 0 1 2 3 0 1 2 3 0\n");
  }

  private String file(String name) {
    return "ark:" + folder.resolve(name);
  }

  /** Starts a command of the module without the libraries of DJL. */
  private Process start(String... arguments) throws IOException {
    List<String> line = new ArrayList<>(JavaProcess.line(JavaProcess.SHORT_LIVED, "acoustic"));
    int classPath = line.indexOf("-cp") + 1;
    line.set(
        classPath,
        Arrays.stream(line.get(classPath).split(File.pathSeparator))
            .filter(entry -> !entry.contains("djl") && !entry.contains("pytorch"))
            .collect(Collectors.joining(File.pathSeparator)));
    line.addAll(List.of(arguments));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("messages").toFile())
        .start();
  }

  private String run(int status, String... arguments) throws Exception {
    Process process = start(arguments);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String messages = Files.readString(folder.resolve("messages"));
    assertThat(process.exitValue()).as(messages).isEqualTo(status);
    return messages;
  }

  private float[] logits(String name) {
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(file(name))) {
      assertThat(table.next()).isTrue();
      return table.value().data();
    }
  }

  @Test
  void forward_model_info_calibrate_quantize_work() throws Exception {
    String scores = file("scores.ark");
    run(0, "forward", "--output=logits", model.toString(), file("feats.ark"), scores);
    try (AcousticModel here = ModelFolder.load(model)) {
      assertThat(logits("scores.ark")).isEqualTo(here.logits(utterance).data());
    }
    assertThat(run(0, "model-info", model.toString()))
        .contains("row_bits: ROW_BITS_SAME")
        .contains("engine: \"ONNX Runtime ")
        .contains("precision: \"float32\"");
    run(0, "calibrate", "--feats=" + file("feats.ark"), model.toString(), file("ali"));
    assertThat(ModelFolder.calibration(model)).exists();
    run(0, "quantize", model.toString(), folder.resolve("int8").toString());
    run(0, "forward", folder.resolve("int8").toString(), file("feats.ark"), scores);
  }

  @Test
  void serve_and_score_work() throws Exception {
    Path port = folder.resolve("port");
    Process server = start("serve", "--port=0", "--port-file=" + port, model.toString());
    try {
      for (int i = 0; i < 600 && server.isAlive() && !Files.exists(port); i++) {
        Thread.sleep(50);
      }
      assertThat(port).exists();
      String address = "--server=127.0.0.1:" + Files.readString(port).strip();
      String scores = file("scores.ark");
      // In this process: the messages of the other one go to the file.
      CommandResult result =
          CommandResult.of("score", address, "--output=logits", file("feats.ark"), scores);
      assertThat(result.status()).as(result.messages()).isZero();
      try (AcousticModel here = ModelFolder.load(model)) {
        assertThat(logits("scores.ark")).isEqualTo(here.logits(utterance).data());
      }
    } finally {
      server.destroy();
      server.waitFor(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void whatNeedsTheTensorLibrary_saysThatItIsMissing() throws Exception {
    String sentence = "this installation only scores: PyTorch";
    String scores = file("scores.ark");
    assertThat(run(1, "forward", "--engine=pytorch", model.toString(), file("feats.ark"), scores))
        .contains(sentence)
        .doesNotContain("\tat ");
    assertThat(
            run(
                1,
                "train",
                "--num-pdfs=4",
                file("feats.ark"),
                file("ali"),
                folder.resolve("new").toString()))
        .contains(sentence)
        .doesNotContain("\tat ");
  }
}
