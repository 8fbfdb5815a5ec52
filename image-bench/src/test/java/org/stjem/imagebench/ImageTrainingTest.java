package org.stjem.imagebench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.acoustic.ebm.AddedTerms;
import org.stjem.acoustic.ebm.ChainStart;
import org.stjem.acoustic.ebm.ChainTarget;
import org.stjem.acoustic.ebm.EnergyNetwork;
import org.stjem.acoustic.ebm.Objective;
import org.stjem.acoustic.ebm.OnDivergence;
import org.stjem.acoustic.ebm.Sampling;
import org.stjem.acoustic.ebm.Schedule;
import org.stjem.acoustic.ebm.Sgld;
import org.stjem.acoustic.ebm.Trainer;
import org.stjem.acoustic.ebm.TrainerOptions;
import org.stjem.acoustic.ebm.TrainingData;
import org.stjem.acoustic.ebm.TrainingListener;
import org.stjem.acoustic.ebm.TrainingStatus;
import org.stjem.acoustic.eval.Result;
import org.stjem.acoustic.monitor.Keep;
import org.stjem.acoustic.monitor.RunSettings;

class ImageTrainingTest {
  private static final CifarData DATA =
      new CifarData("tiny", TestImages.random(12, 2, 1), TestImages.random(4, 2, 2));

  private static TrainerOptions options(Objective objective, AddedTerms terms, double averaging) {
    Sampling sampling =
        new Sampling(
            2,
            2,
            new Sgld(2, 1, 0.01),
            2,
            ChainTarget.UNCONDITIONAL,
            ChainStart.UNIFORM,
            1,
            4,
            0.05,
            false);
    return new TrainerOptions(
        objective, terms, new Schedule(1, 4, 1e-3, 0, 0.1, averaging), sampling, 7);
  }

  private static final AddedTerms TERMS = new AddedTerms(0, 0, 0, 0, 0.1, 0, 1, 1);

  private static final RunSettings RUN = new RunSettings(1, 1, false, OnDivergence.STOP, Keep.LAST);

  private static ImageRecipe recipe(
      TrainerOptions options, boolean batchNorm, int labelsPerClass, int heldOut) {
    return new ImageRecipe(
        options,
        10,
        1,
        batchNorm,
        labelsPerClass,
        heldOut,
        0.03,
        Map.of(),
        "cpu",
        "test",
        RUN,
        null);
  }

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

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void run_afterAKill_givesTheFilesOfAnUnbrokenRun(boolean batchNorm) throws IOException {
    TrainerOptions options = options(Objective.ST_JEM, TERMS, batchNorm ? 0.9 : 0);
    ImageRecipe recipe = recipe(options, batchNorm, 4, 2);
    Path unbroken = folder.resolve("unbroken");
    new ImageTraining(recipe, unbroken).run(DATA, null);

    Path broken = Files.createDirectories(folder.resolve("broken"));
    CifarImages train = DATA.train().split(2, 4, options.seed()).train();
    ImageModelDescription description =
        new ImageModelDescription(
            1,
            "wide-resnet",
            10,
            1,
            batchNorm,
            List.of("0", "1"),
            8,
            "st-jem",
            Map.of(),
            7,
            "test");
    try (EnergyNetwork network = ImageModelFolder.newNetwork(description, TestDevice.get());
        Trainer trainer =
            new Trainer(
                network,
                TrainingData.of(new AugmentedImages(train, 0.03)),
                options,
                new Killer(),
                InstantSource.system())) {
      assertThat(trainer.totalSteps()).isEqualTo(2);
      assertThatThrownBy(
              () -> trainer.run(broken.resolve("checkpoint.safetensors"), 1, 1, OnDivergence.STOP))
          .isInstanceOf(Kill.class);
    }
    new ImageTraining(recipe, broken).run(DATA, null);

    for (String file : List.of("weights.safetensors", "model.json", "result.json")) {
      assertThat(broken.resolve(file)).hasSameBinaryContentAs(unbroken.resolve(file));
    }
    assertThat(broken.resolve("checkpoint.safetensors")).doesNotExist();
    assertThat(Files.readAllLines(unbroken.resolve("train.jsonl")))
        .hasSize(4)
        .anyMatch(line -> line.contains("heldOut"));
    assertThat(unbroken.resolve("reliability.svg")).isNotEmptyFile();
  }

  @Test
  void run_writesAResultThatTheReportReads() throws IOException {
    TrainerOptions options = options(Objective.RES_JEM, AddedTerms.NONE, 0);
    new ImageTraining(recipe(options, false, 0, 0), folder).run(DATA, null);
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

  @Test
  void load_ofADescriptionFromBeforeBatchNorm_hasNone() throws IOException {
    TrainerOptions options = options(Objective.BASELINE, AddedTerms.NONE, 0);
    new ImageTraining(recipe(options, false, 0, 0), folder).run(DATA, null);
    Path file = folder.resolve("model.json");
    Files.write(
        file,
        Files.readAllLines(file).stream().filter(line -> !line.contains("batchNorm")).toList());
    assertThat(ImageModelFolder.describe(folder).batchNorm()).isFalse();
    try (EnergyNetwork network = ImageModelFolder.load(folder, "cpu")) {
      assertThat(ImageCalibration.measure(network, DATA.test()).accuracy())
          .isEqualTo(Result.read(folder.resolve("result.json")).get(0).accuracy());
    }
  }

  @Test
  void run_usesUnlabelledPicturesAndNegatives() throws IOException {
    TrainerOptions options =
        options(Objective.ST_JEM, new AddedTerms(0.1, 0.5, 3, 0, 0, 2, 1, 1), 0);
    new ImageTraining(recipe(options, false, 4, 2), folder).run(DATA, TestImages.random(3, 2, 4));
    assertThat(Files.readAllLines(folder.resolve("train.jsonl")))
        .filteredOn(line -> line.contains("\"totalSteps\""))
        .isNotEmpty()
        .allMatch(line -> line.matches(".*\"unlabelledExcess\":[0-9.].*"))
        .allMatch(line -> line.matches(".*\"negativeScore\":[-0-9.].*"));
  }
}
