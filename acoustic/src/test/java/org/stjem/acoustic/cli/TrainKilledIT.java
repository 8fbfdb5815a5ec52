package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Command train on the bundled corpus, ended by signals at random moments and started again. */
class TrainKilledIT {
  private static final int KILLS = 3;
  private static final int TERMINATIONS = 5;
  private static final int LONGEST_DELAY_MS = 1500;

  /** 128 + 15, what the virtual machine ends with at SIGTERM. */
  private static final int SIGTERM_STATUS = 143;

  @TempDir private Path folder;

  private MiniTraining mini;

  @BeforeEach
  void makeFeatures() throws Exception {
    mini = new MiniTraining(folder);
  }

  private Process train(Path model) throws IOException {
    return mini.train(
        JavaProcess.SHORT_LIVED,
        model,
        "--num-epochs=2",
        "--hidden-layers=64,64",
        "--warmup-steps=20",
        "--sgld-samples=4",
        "--sgld-steps=5",
        "--sample-every=3",
        "--buffer-size=500",
        "--log-interval=50",
        "--checkpoint-interval=7");
  }

  @Test
  void train_killedAtRandomMomentsAndResumed_givesTheWeightsOfAnUnbrokenRun() throws Exception {
    Path unbroken = folder.resolve("unbroken");
    assertThat(train(unbroken).waitFor()).as(mini.log()).isZero();

    Path broken = folder.resolve("broken");
    Path checkpoint = broken.resolve("checkpoint.safetensors");
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int kills = 0;
    for (int attempt = 0; attempt < KILLS; attempt++) {
      Process run = train(broken);
      while (run.isAlive() && !Files.exists(checkpoint)) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(LONGEST_DELAY_MS));
      if (!run.isAlive()) {
        break;
      }
      run.destroyForcibly().waitFor();
      kills++;
    }
    String story = "seed " + seed + ", " + kills + " kills\n" + mini.log();
    assertThat(train(broken).waitFor()).as(story).isZero();

    assertThat(kills).as(story).isPositive();
    assertThat(mini.log()).contains("going on from step");
    for (String file : List.of("weights.safetensors", "model.json")) {
      assertThat(broken.resolve(file)).as(story).hasSameBinaryContentAs(unbroken.resolve(file));
    }
    assertThat(steps(broken)).as(story).isEqualTo(steps(unbroken));
    try (Stream<Path> files = Files.list(broken)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .as(story)
          .containsExactlyInAnyOrder(
              "weights.safetensors", "model.json", "train.jsonl", "train.html");
    }
  }

  @Test
  void train_toldToEndAtRandomMoments_stopsWhereItGoesOn_andNeverCrashes() throws Exception {
    Path unbroken = folder.resolve("unbroken");
    assertThat(train(unbroken).waitFor()).as(mini.log()).isZero();

    Path broken = folder.resolve("broken");
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int stops = 0;
    for (int attempt = 0; attempt < TERMINATIONS; attempt++) {
      Process run = train(broken);
      while (run.isAlive() && !Files.exists(broken.resolve("train.jsonl"))) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(LONGEST_DELAY_MS));
      run.destroy();
      if (run.waitFor() == 0) {
        break;
      }
      assertThat(run.exitValue()).as("seed " + seed + "\n" + mini.log()).isEqualTo(SIGTERM_STATUS);
      stops++;
    }
    String story = "seed " + seed + ", " + stops + " stops\n" + mini.log();
    assertThat(train(broken).waitFor()).as(story).isZero();

    assertThat(stops).as(story).isPositive();
    assertThat(mini.log())
        .contains("LOG (stjem) the training was stopped after update ")
        .contains("; the same command goes on from " + broken.resolve("checkpoint.safetensors"))
        .doesNotContain("SIGSEGV", "ERROR", "\tat ");
    for (String file : List.of("weights.safetensors", "model.json")) {
      assertThat(broken.resolve(file)).as(story).hasSameBinaryContentAs(unbroken.resolve(file));
    }
  }

  /** The steps that the journal reports. */
  private static List<String> steps(Path model) throws IOException {
    return Files.readAllLines(model.resolve("train.jsonl")).stream()
        .filter(line -> line.startsWith("{\"step\":"))
        .map(line -> line.substring(0, line.indexOf(',')))
        .toList();
  }
}
