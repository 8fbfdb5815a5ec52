package org.stjem.imagebench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.acoustic.eval.Result;
import org.stjem.imagebench.TestImages;

/** Table 2 on a few made-up pictures: broken off, taken up again, and its tables. */
class CifarRecipesIT {
  @TempDir private Path folder;

  private List<String> arguments(int epochs) {
    return List.of(
        "--size=cpu",
        "--cifar10=" + folder.resolve("pictures"),
        "--out=" + folder.resolve("out"),
        "--rows=baseline res-jem-unlabelled",
        "--epochs=" + epochs,
        "--jobs=1",
        "--training=--num-held-out=4 --labels-per-class=2 --unlabelled-rows=2"
            + " --checkpoint-interval=1");
  }

  @Test
  void table2_brokenOffAndRepeated_goesOnAndReports() throws Exception {
    TestImages.writeFolder(folder.resolve("pictures"), 6);
    Path second = folder.resolve("out/cifar-10/res-jem-unlabelled-1");
    Path log = folder.resolve("broken");
    Process broken =
        CifarRecipes.start("table2", arguments(60), ProcessBuilder.Redirect.to(log.toFile()));
    while (broken.isAlive() && !Files.exists(second.resolve("checkpoint.safetensors"))) {
      Thread.sleep(10);
    }
    List<ProcessHandle> all = broken.descendants().toList();
    broken.destroy();
    assertThat(broken.waitFor()).as(Files.readString(log)).isNotZero();
    assertThat(all).as(Files.readString(log)).isNotEmpty();
    for (ProcessHandle process : all) {
      process.onExit().join();
    }
    assertThat(second.resolve("result.json")).doesNotExist();

    CifarRecipes.Outcome again = CifarRecipes.run("table2", arguments(60));
    assertThat(again.status()).as(again.output()).isZero();
    assertThat(again.output())
        .contains("1 of 2, cifar-10/baseline-1 is there: accuracy ")
        .contains("2 of 2, cifar-10/res-jem-unlabelled-1: training")
        .contains("cifar-10/res-jem-unlabelled-1: accuracy ")
        .contains("| Test set | Objective | CIFAR-10 | CIFAR-10, paper (WRN-28-10) |")
        .containsPattern("\\| Baseline \\| \\d+\\.\\d\\d \\| 18.30 \\|")
        .contains("Image accuracy [%]");
    assertThat(Files.readString(folder.resolve("out/log/cifar-10-res-jem-unlabelled-1")))
        .contains("going on from step");
    List<Result> results = Result.read(folder.resolve("out/results.json"));
    assertThat(results).filteredOn(result -> result.report() != null).hasSize(2);
    assertThat(folder.resolve("out/results.md")).isNotEmptyFile();
    assertThat(folder.resolve("out/report.html")).isNotEmptyFile();

    CifarRecipes.Outcome other = CifarRecipes.run("table2", arguments(50));
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.output())
        .contains("baseline-1 was trained with --num-epochs=60, not 50; give another --out");
  }
}
