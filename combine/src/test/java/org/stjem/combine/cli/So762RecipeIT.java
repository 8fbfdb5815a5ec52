package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dry run of the recipe of three domains on the real corpus, where there are it and what
 * decodes it: {@code STJEM_TEST_DATA} is the folder that holds {@code so762} and {@code rooms}.
 */
@Timeout(1800)
class So762RecipeIT {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));

  @TempDir private Path folder;

  private static Path corpora() throws Exception {
    String data = System.getenv("STJEM_TEST_DATA");
    assumeTrue(data != null, "STJEM_TEST_DATA is not set: no speech to test with");
    assumeTrue(Files.isDirectory(Path.of(data, "so762")), "there is no so762 in " + data);
    Process opusdec = new ProcessBuilder("sh", "-c", "command -v opusdec").start();
    assumeTrue(opusdec.waitFor() == 0, "there is no opusdec");
    return Path.of(data);
  }

  @Test
  void dryRun_goesThroughToTheComparisonOverSeeds() throws Exception {
    Path corpora = corpora();
    Path results = folder.resolve("results");
    List<String> line = new ArrayList<>();
    line.add(ROOT.resolve("scripts/recipes/so762").toString());
    line.addAll(
        List.of(
            "--so762=" + corpora.resolve("so762"),
            "--rooms=" + corpora.resolve("rooms"),
            "--dir=" + results,
            "--seeds=1 2",
            "--objectives=baseline baseline-decay st-jem",
            "--combined=st-jem",
            "--jobs=2",
            "--dry-run"));
    Process process =
        new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();

    assertThat(Files.readString(results.resolve("results.md")))
        .contains(
            "Word error rates of st-jem against baseline in the own domain, mean over seeds 1 2: ",
            "The language model of the graph knows the sentences of test",
            "baseline-decay=baseline --weight-decay=0.1",
            "| baseline | adults model |",
            "measured rooms",
            "| st-jem | 1 | ")
        .containsPattern("\\|  \\| Eq. 26 \\|( \\d+\\.\\d\\d ± \\d+\\.\\d\\d \\|){11}")
        .containsPattern(
            "\\|  \\| oracle per utterance \\|( \\d+\\.\\d\\d ± \\d+\\.\\d\\d \\|){11}")
        .containsPattern("\\| baseline-decay \\| st-jem \\| [+-]\\d+\\.\\d\\d \\|.* of 2 \\|")
        .containsPattern("\\| adults model \\| log Z matched \\| [+-]\\d+\\.\\d\\d \\|.* of 2 \\|")
        .containsPattern("\\| st-jem \\| \\d+ \\| \\d+\\.\\d \\| \\d+ \\| \\d+\\.\\d \\|");
    assertThat(results.resolve("models/children-baseline-decay-2/model.json")).isRegularFile();
    assertThat(results.resolve("ood/st-jem-reverberant.json")).isNotEmptyFile();
  }
}
