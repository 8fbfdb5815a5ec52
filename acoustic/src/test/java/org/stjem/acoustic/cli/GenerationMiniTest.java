package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.Tables;

/** Speech of a model of the bundled corpus, judged by another network that took no part. */
class GenerationMiniTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final String TRANSITIONS =
      "--transition-model=" + MINI.resolve("exp/tri1/final.mdl");

  @TempDir private Path folder;

  private static void run(String module, String... arguments) {
    CommandResult result =
        module.equals("frontend")
            ? CommandResult.of(module, org.stjem.frontend.cli.Main.COMMANDS, arguments)
            : CommandResult.of(arguments);
    assertThat(result.status()).as(result.messages()).isZero();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private void train(String model, String... options) {
    List<String> line = new ArrayList<>(List.of("train", TRANSITIONS, "--num-epochs=2"));
    line.addAll(List.of("--device=cpu", "--num-threads=1", "--learn-rate=0.003"));
    line.addAll(List.of("--feature-normalisation=none", "--sample-every=8"));
    line.addAll(List.of(options));
    line.add("ark:" + path("train.ark"));
    line.add("ark:gunzip -c " + MINI.resolve("ali/train.ali.gz") + " |");
    line.add(path(model));
    run("acoustic", line.toArray(new String[0]));
  }

  private void features(String set, int every) throws IOException {
    List<String> waves = Files.readAllLines(MINI.resolve("data/" + set + "/wav.scp"));
    List<String> absolute = new ArrayList<>();
    for (int i = 0; i < waves.size(); i += every) {
      String[] words = waves.get(i).split(" ");
      absolute.add(
          Arrays.stream(words)
              .map(word -> word.contains("/") ? MINI.resolve(word).toString() : word)
              .collect(Collectors.joining(" ")));
    }
    Files.write(folder.resolve(set + ".scp"), absolute);
    run(
        "frontend",
        "fbank",
        "--num-mel-bins=20",
        "--dither=0",
        "scp:" + path(set + ".scp"),
        "ark:" + path(set + ".ark"));
  }

  /** Better than always naming the most frequent label, which is more than chance. */
  @Test
  void generate_fromLabels_isNamedByAnIndependentModel() throws IOException {
    features("train", 1);
    train("generator", "--objective=st-jem", "--hidden-layers=64,64");
    train("judge", "--objective=baseline", "--seed=7", "--hidden-layers=96");
    run(
        "acoustic",
        "generate",
        "--device=cpu",
        "--num-threads=1",
        TRANSITIONS,
        "--steps=40",
        "--smooth-bins=1",
        "--labels=ark:gunzip -c " + MINI.resolve("ali/test.ali.gz") + " | head -n 4 |",
        path("generator"),
        path("out"));
    Path out = folder.resolve("out");
    run(
        "acoustic",
        "forward",
        "--output=logits",
        path("judge"),
        "ark:" + out.resolve("feats.ark"),
        "ark:" + path("logits.ark"));
    int right = 0;
    int frames = 0;
    int[] counts = new int[152];
    try (var logits = Tables.readFloatMatrices("ark:" + path("logits.ark"));
        var labels = Tables.readIntVectors("ark:" + out.resolve("labels.ark"))) {
      while (logits.next() && labels.next()) {
        FloatMatrix rows = logits.value();
        for (int t = 0; t < rows.rows(); t++) {
          int best = 0;
          for (int c = 1; c < rows.cols(); c++) {
            best = rows.get(t, c) > rows.get(t, best) ? c : best;
          }
          right += best == labels.value()[t] ? 1 : 0;
          counts[labels.value()[t]]++;
          frames++;
        }
      }
    }
    assertThat(frames).isGreaterThan(400);
    assertThat(right).isGreaterThan(Arrays.stream(counts).max().orElseThrow());
  }
}
