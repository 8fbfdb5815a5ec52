package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dry run of a recipe with two domains, as a user starts it, on the bundled corpus and a
 * reverberated copy of it. The test set stands for the missing dev set.
 */
@Timeout(900)
class TwoDomainRecipesIT {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path MINI = ROOT.resolve("scripts/mini");

  @TempDir private Path folder;

  /** What a script printed and returned. */
  private record Outcome(int status, String output) {}

  private static Outcome run(String script, List<String> arguments) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(ROOT.resolve("scripts").resolve(script).toString());
    line.addAll(arguments);
    Process process =
        new ProcessBuilder(line).directory(MINI.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private String alignments(String set) throws IOException {
    Path own = Files.createDirectory(folder.resolve("ali-" + set));
    Files.copy(MINI.resolve("ali/" + set + ".ali.gz"), own.resolve("ali.1.gz"));
    return own.toString();
  }

  private String reverberated(String set, int seed) throws Exception {
    String target = folder.resolve("data/" + set).toString();
    String source = MINI.resolve("data/" + set).toString();
    Outcome made =
        run("stjem", List.of("frontend", "reverberate", "--seed=" + seed, source, target));
    assertThat(made.status()).as(made.output()).isZero();
    return target;
  }

  private static String trainDevTest(String train, String test) {
    return String.join(",", train, test, test);
  }

  @Test
  void dryRun_goesThroughToItsTables_andIsNotDoneAgain() throws Exception {
    String clean =
        trainDevTest(MINI.resolve("data/train").toString(), MINI.resolve("data/test").toString());
    String reverberant = trainDevTest(reverberated("train", 1), reverberated("test", 2));
    String alignments = trainDevTest(alignments("train"), alignments("test"));
    Path results = folder.resolve("results");
    List<String> arguments =
        List.of(
            "--model=exp/tri1",
            "--graph=exp/tri1/graph",
            "--wsj=" + clean,
            "--wsj-ali=" + alignments,
            "--reverb=" + reverberant,
            "--reverb-ali=" + alignments,
            "--dir=" + results,
            "--seeds=1",
            "--objectives=baseline st-jem",
            "--combined-fully=st-jem",
            "--jobs=2");
    List<String> dry = new ArrayList<>(arguments);
    dry.add("--dry-run");

    Outcome first = run("recipes/wsj-reverb", dry);
    assertThat(first.status()).as(first.output()).isZero();
    String tables = Files.readString(results.resolve("results.md"));
    assertThat(tables)
        .contains("| baseline | wsj model |", "| st-jem | wsj model |")
        .containsPattern("\\|  \\| Eq. 26 \\|( \\d+\\.\\d\\d \\|){6}")
        .containsPattern("\\|  \\| oracle per utterance \\|( \\d+\\.\\d\\d \\|){6}")
        .contains("wsj model, temperature by top label")
        .contains("5 dB noise")
        .contains("\"dry-run\": \"yes\"");
    assertThat(results.resolve("report.html")).isNotEmptyFile();
    assertThat(results.resolve("wer-test-telephone.html")).isNotEmptyFile();

    var trained = Files.getLastModifiedTime(results.resolve("models/wsj-st-jem-1/model.json"));
    Outcome again = run("recipes/wsj-reverb", dry);
    assertThat(again.status()).as(again.output()).isZero();
    assertThat(Files.getLastModifiedTime(results.resolve("models/wsj-st-jem-1/model.json")))
        .isEqualTo(trained);

    Outcome real = run("recipes/wsj-reverb", arguments);
    assertThat(real.status()).isEqualTo(1);
    assertThat(real.output()).contains("has the results of a dry run; give another --dir");
  }
}
