package org.stjem.imagebench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that the recipes would run. */
class CifarRecipesTest {
  @TempDir private Path folder;

  private Path batches;
  private Path archive;

  @BeforeEach
  void makeData() throws IOException {
    folder = folder.toRealPath();
    batches = Files.createDirectory(folder.resolve("batches"));
    Files.createFile(batches.resolve("data_batch_1.bin"));
    archive = Files.createFile(folder.resolve("cifar-100-binary.tar.gz"));
  }

  private CifarRecipes.Outcome dryRun(String recipe, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("--dry-run", "--out=" + folder.resolve("out")));
    all.addAll(List.of(arguments));
    return CifarRecipes.run(recipe, all);
  }

  private static String command(CifarRecipes.Outcome outcome, int line) {
    return outcome.lines().get(line).replaceFirst(".*/scripts/stjem ", "");
  }

  @Test
  void table2_onACpu_trainsItsFourRows() throws Exception {
    CifarRecipes.Outcome outcome =
        dryRun("table2", "--size=cpu", "--cifar10=" + batches, "--epochs=7", "--seeds=1 2");
    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.lines()).hasSize(8);
    assertThat(command(outcome, 0))
        .isEqualTo(
            "image-bench train --objective=baseline --depth=10 --width=2 --labels-per-class=400"
                + " --num-epochs=7 --seed=1 --num-threads=1 "
                + batches
                + " "
                + folder.resolve("out/cifar-10/baseline-1"));
    assertThat(command(outcome, 7))
        .isEqualTo(
            "image-bench train --objective=res-jem --depth=10 --width=2 --labels-per-class=400"
                + " --num-epochs=7 --seed=2 --num-threads=1 --unlabelled=true "
                + batches
                + " "
                + folder.resolve("out/cifar-10/res-jem-unlabelled-2"));
  }

  @Test
  void table1_atFullSize_importsAndTrainsOnAGpu() throws Exception {
    CifarRecipes.Outcome outcome =
        dryRun("table1", "--cifar10=" + batches, "--cifar100=" + archive, "--rows=jem st-jem");
    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.lines()).hasSize(5);
    Path imported = folder.resolve("out/data/cifar-100");
    assertThat(command(outcome, 0)).isEqualTo("image-bench import " + archive + " " + imported);
    assertThat(command(outcome, 2))
        .isEqualTo(
            "image-bench train --objective=jem --depth=28 --width=10 --num-epochs=200 --seed=1"
                + " --learn-rate=0.0001 --warmup-steps=1000 --num-held-out=5000 --device=gpu0"
                + " --on-divergence=rollback "
                + imported
                + " "
                + folder.resolve("out/cifar-100/jem-1"));
  }

  @Test
  void table3_hasAllVariations() throws Exception {
    CifarRecipes.Outcome outcome = dryRun("table3", "--cifar100=" + batches);
    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.lines()).hasSize(7).allMatch(line -> line.contains("--objective=st-jem"));
    assertThat(outcome.lines().get(3)).contains(" --sgld-samples=32 --sgld-final-steps=40 ");
    assertThat(outcome.lines().get(5)).contains("--sgld-final-steps=220 --gradient-penalty=");
    assertThat(outcome.lines().get(6)).contains("--sgld-conditional=true --sample-weight=1 ");
  }

  @Test
  void faults_areOneSentence() throws Exception {
    assertFault(dryRun("table1"), "--cifar10=PATH or --cifar100=PATH is needed");
    assertFault(dryRun("table1", "--cifar10=missing"), "--cifar10: missing does not exist");
    assertFault(dryRun("table1", "--rows=gan", "--cifar10=" + batches), "no row 'gan'; there are:");
    assertFault(dryRun("table3", "--epochs=0", "--cifar100=" + batches), "--epochs is '0'");
    assertFault(dryRun("table3", "--colour=red"), "no option '--colour=red'");
  }

  private static void assertFault(CifarRecipes.Outcome outcome, String message) {
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.lines()).hasSize(1);
    assertThat(outcome.output()).startsWith("ERROR (table").contains(message);
  }
}
