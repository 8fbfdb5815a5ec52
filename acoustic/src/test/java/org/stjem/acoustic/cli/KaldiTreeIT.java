package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Kaldi's own programs make the same tree, model and alignments of the bundled corpus. Needs {@code
 * KALDI_ROOT}, a Kaldi whose {@code src/bin} and {@code src/gmmbin} are built.
 */
class KaldiTreeIT {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts/mini");
  private static final String TRI1 = MINI.resolve("exp/tri1/final.mdl").toString();
  private static final String ALIGNMENTS =
      "ark:gunzip -c " + MINI.resolve("ali/train.ali.gz") + "|";

  @TempDir private Path folder;
  private Path programs;
  private Path lang;
  private String features;

  @BeforeEach
  void prepare() throws IOException {
    String root = System.getenv("KALDI_ROOT");
    assumeTrue(root != null, "KALDI_ROOT is not set");
    programs = Path.of(root, "src");
    for (String program :
        List.of(
            "bin/acc-tree-stats",
            "bin/cluster-phones",
            "bin/compile-questions",
            "bin/build-tree",
            "bin/copy-transition-model",
            "bin/convert-ali",
            "gmmbin/gmm-init-model")) {
      assumeTrue(Files.exists(programs.resolve(program)), () -> "no " + program + " in " + root);
    }
    lang = folder.resolve("lang");
    frontend("prepare-lang", MINI.resolve("lm/lexicon.txt").toString(), lang.toString());
    Path data = Files.createDirectories(folder.resolve("data"));
    for (String name : List.of("wav.scp", "text", "utt2spk", "spk2utt")) {
      try (Stream<String> lines = Files.lines(MINI.resolve("data/train/" + name))) {
        Files.write(
            data.resolve(name),
            lines.map(line -> line.replace(" audio/", " " + MINI + "/audio/")).toList());
      }
    }
    frontend("make-fbank", data.toString());
    frontend(
        "add-deltas",
        "--delta-order=1",
        "scp:" + data.resolve("feats.scp"),
        "ark:" + file("feats"));
    features = "ark:" + file("feats");
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private static void frontend(String... arguments) {
    CommandResult result =
        CommandResult.of("frontend", org.stjem.frontend.cli.Main.COMMANDS, arguments);
    assertThat(result.status()).as(result.messages()).isZero();
  }

  private static void ours(List<String> arguments) {
    CommandResult result = CommandResult.of(arguments.toArray(new String[0]));
    assertThat(result.status()).as(result.messages()).isZero();
  }

  private void kaldi(String program, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(programs.resolve(program).toString()));
    command.addAll(arguments);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor()).as(Files.readString(log)).isZero();
  }

  private static List<String> joined(String[] options, String... more) {
    return Stream.concat(Arrays.stream(options), Arrays.stream(more)).toList();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "--context-width=3 --central-position=1, --max-leaves=200",
    "--context-width=3 --central-position=1, --max-leaves=1000 --thresh=100 --cluster-thresh=0",
    "--context-width=2 --central-position=0, --thresh=150 --round-num-leaves=false",
    "--context-width=1 --central-position=0, --max-leaves=90 --cluster-thresh=200",
    "--context-width=5 --central-position=2, --max-leaves=400"
  })
  void treeModelAndAlignments_haveKaldisBytes(String window, String growth) throws Exception {
    String[] context = window.split(" ");
    List<String> all = new ArrayList<>(List.of("build-tree", "--cepstra=false"));
    if (!growth.contains("--max-leaves")) {
      all.add("--max-leaves=0");
    }
    all.addAll(List.of(growth.split(" ")));
    all.addAll(List.of(context));
    all.addAll(
        List.of(
            "--write-stats=" + file("our.acc"),
            lang.toString(),
            TRI1,
            features,
            ALIGNMENTS,
            file("our.tree"),
            file("our.mdl")));
    ours(all);
    ours(
        List.of(
            "convert-ali",
            TRI1,
            file("our.mdl"),
            file("our.tree"),
            ALIGNMENTS,
            "ark:" + file("our.ali")));

    String independent = Files.readString(lang.resolve("phones/context_indep.csl")).strip();
    kaldi(
        "bin/acc-tree-stats",
        joined(context, "--ci-phones=" + independent, TRI1, features, ALIGNMENTS, file("acc")));
    assertThat(folder.resolve("our.acc")).hasSameBinaryContentAs(folder.resolve("acc"));
    kaldi(
        "bin/cluster-phones",
        joined(
            context, file("acc"), lang.resolve("phones/sets.int").toString(), file("questions")));
    Files.write(
        folder.resolve("questions"),
        Files.readAllBytes(lang.resolve("phones/extra_questions.int")),
        StandardOpenOption.APPEND);
    String topo = lang.resolve("topo").toString();
    kaldi("bin/compile-questions", joined(context, topo, file("questions"), file("qst")));
    kaldi(
        "bin/build-tree",
        Stream.concat(
                joined(context).stream(),
                joined(
                    growth.split(" "),
                    file("acc"),
                    lang.resolve("phones/roots.int").toString(),
                    file("qst"),
                    topo,
                    file("tree"))
                    .stream())
            .toList());
    assertThat(folder.resolve("our.tree")).hasSameBinaryContentAs(folder.resolve("tree"));
    kaldi("gmmbin/gmm-init-model", List.of(file("tree"), file("acc"), topo, file("gmm")));
    // Kaldi does not initialise what --binary=true says by default.
    kaldi("bin/copy-transition-model", List.of("--binary=true", file("gmm"), file("mdl")));
    assertThat(folder.resolve("our.mdl")).hasSameBinaryContentAs(folder.resolve("mdl"));
    kaldi(
        "bin/convert-ali",
        List.of(TRI1, file("mdl"), file("tree"), ALIGNMENTS, "ark:" + file("ali")));
    assertThat(folder.resolve("our.ali")).hasSameBinaryContentAs(folder.resolve("ali"));
  }
}
