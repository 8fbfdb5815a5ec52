package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.Trainer;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.ebm.TrainingListener;
import org.stjem.acoustic.ebm.TrainingStatus;
import org.stjem.acoustic.eval.Result;

class ImageTrainingTest {
  private static final CifarData DATA =
      new CifarData("tiny", TestImages.random(12, 2, 1), TestImages.random(4, 2, 2));

  private static final TrainerOptions OPTIONS =
      new TrainerOptions(
          Objective.ST_JEM, 1, 4, 1e-3, 0, 0, 2, 2, new Sgld(2, 1, 0.01), 4, 0.05, 1, 7);

  private static final ImageRecipe RECIPE =
      new ImageRecipe(OPTIONS, 10, 1, 4, 2, 0.03, Map.of(), "cpu", "test", 1, 1, false);

  @TempDir private Path folder;

  private static final class Kill extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Killer implements TrainingListener {
    @Override
    public void interval(TrainingStatus status) {}

    @Override
    public void checkpointWritten(long step) {
      throw new Kill();
    }
  }

  @Test
  void run_afterAKill_givesTheFilesOfAnUnbrokenRun() throws IOException {
    Path unbroken = folder.resolve("unbroken");
    new ImageTraining(RECIPE, unbroken).run(DATA);

    Path broken = Files.createDirectories(folder.resolve("broken"));
    CifarImages train = DATA.train().split(2, 4, OPTIONS.seed()).train();
    ImageModelDescription description =
        new ImageModelDescription(
            1, "wide-resnet", 10, 1, List.of("0", "1"), 8, "st-jem", Map.of(), 7, "test");
    try (EnergyNetwork network = ImageModelFolder.newNetwork(description, Device.cpu());
        Trainer trainer =
            new Trainer(
                network,
                new AugmentedImages(train, 0.03),
                OPTIONS,
                new Killer(),
                InstantSource.system())) {
      assertThat(trainer.totalSteps()).isEqualTo(2);
      assertThatThrownBy(() -> trainer.run(broken.resolve("checkpoint.safetensors"), 1, 1))
          .isInstanceOf(Kill.class);
    }
    new ImageTraining(RECIPE, broken).run(DATA);

    for (String file : List.of("weights.safetensors", "model.json", "result.json")) {
      assertThat(broken.resolve(file)).hasSameBinaryContentAs(unbroken.resolve(file));
    }
    assertThat(broken.resolve("checkpoint.safetensors")).doesNotExist();
    assertThat(Files.readAllLines(unbroken.resolve("train.jsonl")))
        .hasSize(4)
        .anyMatch(line -> line.contains("heldOut"));
    assertThat(unbroken.resolve("reliability.png")).isNotEmptyFile();
  }

  @Test
  void run_writesAResultThatTheReportReads() throws IOException {
    TrainerOptions options =
        new TrainerOptions(
            Objective.RES_JEM, 1, 4, 1e-3, 0, 0, 2, 1, new Sgld(2, 1, 0.01), 4, 0.05, 1, 7);
    ImageRecipe recipe =
        new ImageRecipe(options, 10, 1, 0, 0, 0.03, Map.of(), "cpu", "test", 1, 1, false);
    new ImageTraining(recipe, folder).run(DATA);
    List<Result> results = Result.read(folder.resolve("result.json"));
    assertThat(results).hasSize(1);
    Result result = results.get(0);
    assertThat(result.testSet()).isEqualTo("tiny");
    assertThat(result.objective()).isEqualTo("res-jem");
    assertThat(result.model()).isEqualTo("WRN-10-1");
    assertThat(result.seed()).isEqualTo(7);
    assertThat(result.accuracy()).isBetween(0.0, 100.0);
    assertThat(result.report().frames()).isEqualTo(4);
  }
}
