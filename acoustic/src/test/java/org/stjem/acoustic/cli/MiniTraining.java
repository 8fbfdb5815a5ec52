package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Trainings on the bundled corpus in processes of their own, with 20-dimensional features. */
final class MiniTraining {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");

  private final Path folder;
  private final String features;

  /** Makes the features; they and the messages of all processes go to {@code folder}. */
  MiniTraining(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.features = "ark:" + folder.resolve("feats.ark");
    Process fbank =
        start(
            JavaProcess.line(
                JavaProcess.SHORT_LIVED,
                "frontend",
                "fbank",
                "--num-mel-bins=20",
                "--dither=0",
                "scp:data/train/wav.scp",
                features));
    assertThat(fbank.waitFor()).as(log()).isZero();
  }

  /** Starts a training into {@code model}, on the CPU and with one thread. */
  Process train(List<String> jvmOptions, Path model, String... options) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add("train");
    arguments.add("--transition-model=" + MINI.resolve("exp/tri1/final.mdl"));
    arguments.addAll(List.of("--num-threads=1", "--device=cpu"));
    arguments.addAll(List.of(options));
    arguments.add(features);
    arguments.add("ark:gunzip -c " + MINI.resolve("ali/train.ali.gz") + " |");
    arguments.add(model.toString());
    return start(JavaProcess.line(jvmOptions, "acoustic", arguments.toArray(new String[0])));
  }

  private Process start(List<String> line) throws IOException {
    return new ProcessBuilder(line)
        .directory(MINI.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  /** What all processes have said. */
  String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }
}
