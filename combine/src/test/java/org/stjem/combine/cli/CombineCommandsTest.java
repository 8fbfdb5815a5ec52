package org.stjem.combine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.cli.Cli;
import org.stjem.frontend.io.AtomicFile;
import org.stjem.frontend.io.ByteNames;
import org.stjem.frontend.io.TextFile;
import org.stjem.frontend.kaldi.FloatMatrix;
import org.stjem.frontend.kaldi.SequentialTableReader;
import org.stjem.frontend.kaldi.Tables;

class CombineCommandsTest {
  private static final String A = "u1  [\n 0 1\n 2 3 ]\nu2  [\n 1 1 ]\nu3  [\n 0 0 ]\n";

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream stdout = System.out;
  private final PrintStream stderr = System.err;

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(stdout);
    System.setErr(stderr);
  }

  private static int run(String... arguments) {
    return Cli.run("combine", Main.COMMANDS, arguments);
  }

  private String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String file(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    return folder.resolve(name).toString();
  }

  private Map<String, float[]> output() {
    Map<String, float[]> entries = new LinkedHashMap<>();
    try (SequentialTableReader<FloatMatrix> table = Tables.readFloatMatrices(outputSpecifier())) {
      while (table.next()) {
        entries.put(table.key(), table.value().data());
      }
    }
    return entries;
  }

  private String outputSpecifier() {
    return "ark:" + folder.resolve("out.ark");
  }

  @Test
  void forward_copiesOfOneModelAreThatModel() throws IOException {
    String a = "ark:" + file("a", A);
    assertThat(run("forward", a, a, "--output=logits", a, outputSpecifier())).isZero();
    assertThat(output().keySet()).containsExactly("u1", "u2", "u3");
    assertThat(output().get("u1")).containsExactly(new float[] {0, 1, 2, 3}, within(1e-6f));
    assertThat(errors()).contains("Done 3 utterances, failed for 0");
  }

  @Test
  void forward_oneInputIsItself() throws IOException {
    String a = "ark:" + file("a", A);
    assertThat(run("forward", "--output=logits", a, outputSpecifier())).isZero();
    assertThat(output().get("u1")).containsExactly(new float[] {0, 1, 2, 3}, within(1e-6f));
  }

  @Test
  void forward_weightsLogZAndPriors() throws IOException {
    String a = "ark:" + file("a", "u1  [\n 0 1 ]\n");
    String b = "ark:" + file("b", "u1  [\n 2 -1 ]\n");
    String counts = file("counts", " [ 30 10 ]\n");
    int status =
        run(
            "forward",
            "--weights=3,1",
            "--log-z=0.5,-0.25",
            "--class-frame-counts=" + counts,
            "--prior-scale=0.5",
            a,
            b,
            outputSpecifier());
    assertThat(status).isZero();
    double first = 0.75 * Math.exp(-0.5) + 0.25 * Math.exp(2.25);
    double second = 0.75 * Math.exp(0.5) + 0.25 * Math.exp(-0.75);
    assertThat(output().get("u1"))
        .containsExactly(
            new float[] {
              (float) (Math.log(first) - 0.5 * Math.log(0.75)),
              (float) (Math.log(second) - 0.5 * Math.log(0.25))
            },
            within(1e-6f));
  }

  @Test
  void forward_logPosteriorsSumToOne() throws IOException {
    String a = "ark:" + file("a", A);
    String b = "ark:" + file("b", A.replace('1', '7').replace("u7", "u1"));
    assertThat(run("forward", "--output=log-posteriors", a, b, outputSpecifier())).isZero();
    float[] row = output().get("u1");
    assertThat(Math.exp(row[0]) + Math.exp(row[1])).isCloseTo(1, within(1e-6));
  }

  @Test
  void forward_missingAndUnequalUtterancesAreSkipped() throws IOException {
    String a = "ark:" + file("a", A);
    String b = "ark:" + file("b", "u1  [\n 0 1 ]\nu3  [\n 0 0 ]\nu4  [\n 0 0 ]\n");
    assertThat(run("forward", "--output=logits", a, b, outputSpecifier())).isZero();
    assertThat(output().keySet()).containsExactly("u3");
    assertThat(errors())
        .contains("utterance u1 is skipped")
        .contains("has 2 frames")
        .contains("utterance u2 is skipped")
        .contains("Done 1 utterances, failed for 2");
  }

  @Test
  void forward_scriptFilesMayBeInAnyOrder() throws IOException {
    String a = "ark:" + file("a", A);
    String one = file("one", " [\n 5 5 ]\n");
    String two = file("two", " [\n 0 0\n 1 1 ]\n");
    String script = "scp:" + file("b.scp", "u3 " + one + "\nu2 " + one + "\nu1 " + two + "\n");
    assertThat(run("forward", "--output=logits", a, script, outputSpecifier())).isZero();
    assertThat(output()).hasSize(3);
  }

  @Test
  void keysAndFileNamesInLatin1_comeOutAsTheyWentIn() throws IOException {
    Path data = Files.createDirectory(ByteNames.resolve(folder, "d\udce9"));
    AtomicFile.writeString(data.resolve("a"), A.replace("u3", "\udcfc1"));
    AtomicFile.writeString(data.resolve("ali"), "u1 0 1\nu2 1\n\udcfc1 0\n");
    String name = ByteNames.of(data);
    String a = "ark:" + name + "/a";
    String out = "ark,t:" + name + "/out";
    assertThat(run("forward", "--output=logits", a, a, out)).isZero();
    assertThat(TextFile.lines(data.resolve("out"))).contains("\udcfc1  [");
    assertThat(run("fit", a, a, "ark:" + name + "/ali")).as(errors()).isZero();
    assertThat(errors()).doesNotContain("skipped").contains("/d\\xe9/ali");

    String b = "ark:" + file("b", "u1  [\n 0 1\n 2 3 ]\nu2  [\n 1 1 ]\n");
    assertThat(run("forward", "--output=logits", a, b, out)).isZero();
    assertThat(errors()).contains("utterance \\xfc1 is skipped");
  }

  @Test
  void forward_modelsOverDifferentPdfsAreRefused() throws IOException {
    String a = "ark:" + file("a", A);
    String b = "ark:" + file("b", "u1  [\n 0 1 2\n 0 1 2 ]\n");
    assertThat(run("forward", "--output=logits", a, b, outputSpecifier())).isEqualTo(1);
    assertThat(errors()).contains(b + " has 3 columns, not the 2 pdfs");
    assertThat(folder.resolve("out.ark")).doesNotExist();
  }

  @Test
  void forward_nothingDoneIsAFailureAndLeavesNoFile() throws IOException {
    String a = "ark:" + file("a", A);
    String b = "ark:" + file("b", "x  [\n 0 1 ]\n");
    assertThat(run("forward", "--output=logits", a, b, outputSpecifier())).isEqualTo(1);
    assertThat(errors())
        .contains("Done 0 utterances, failed for 3")
        .endsWith("\nERROR (stjem combine forward) no utterance was combined, failed for 3\n");
    assertThat(folder.resolve("out.ark")).doesNotExist();
  }

  @Test
  void forward_badArgumentsGetOneSentence() throws IOException {
    String a = "ark:" + file("a", A);
    assertThat(run("forward", a, a, outputSpecifier())).isEqualTo(1);
    assertThat(run("forward", "--weights=1", a, a, outputSpecifier())).isEqualTo(1);
    assertThat(run("forward", "--log-z=1,2,3", a, a, outputSpecifier())).isEqualTo(1);
    assertThat(run("forward", "--weights=1,-2", a, a, outputSpecifier())).isEqualTo(1);
    assertThat(run("forward", "--feats=" + a, a, a, outputSpecifier())).isEqualTo(1);
    assertThat(run("forward", a, "none", outputSpecifier())).isEqualTo(1);
    assertThat(run("forward", outputSpecifier())).isEqualTo(1);
    assertThat(errors())
        .contains("needs --class-frame-counts")
        .contains("--weights has 1 values for 2 inputs")
        .contains("--log-z has 3 values for 2 inputs")
        .contains("weight 2 is -2.0")
        .contains("--feats is of no use")
        .contains("none is neither a model folder nor an rspecifier")
        .contains("MODEL-OR-LOGITS")
        .doesNotContain("\tat ");
    assertThat(folder.resolve("out.ark")).doesNotExist();
  }

  @Test
  void matchLogZ_printsWhatForwardTakes() throws IOException {
    String a = "ark:" + file("a", "u1  [\n 0 0 ]\nu2  [\n 3 3\n 6 6 ]\n");
    String b = "ark:" + file("b", "u1  [\n -1 -1 ]\n");
    assertThat(run("match-log-z", a, b)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("3.6931,-0.3069\n");
  }

  @Test
  void matchLogZ_withoutFramesIsAFailure() throws IOException {
    assertThat(run("match-log-z", "ark:" + file("a", ""))).isEqualTo(1);
    assertThat(errors()).contains("holds no frames");
  }

  @Test
  void forward_sharesDomainsAndDensities() throws IOException {
    String a = "ark:" + file("a", "u1  [\n 0 1\n 4 4 ]\n");
    String b = "ark:" + file("b", "u1  [\n 2 -1\n 0 0 ]\n");
    int status =
        run(
            "forward",
            "--output=logits",
            "--responsibilities=ark,t:" + folder.resolve("r"),
            "--domain-posteriors=ark,t:" + folder.resolve("d"),
            "--log-density-wspecifier=ark,t:" + folder.resolve("s"),
            a,
            b,
            outputSpecifier());
    assertThat(status).isZero();
    double first = (1 + Math.E) / (1 + Math.E + Math.exp(2) + Math.exp(-1));
    double meanA = (Math.log(1 + Math.E) + 4 + Math.log(2)) / 2;
    double meanB = (Math.log(Math.exp(2) + Math.exp(-1)) + Math.log(2)) / 2;
    double[] shares = numbers("r");
    assertThat(shares[0]).isCloseTo(first, within(1e-5));
    assertThat(shares[2]).isCloseTo(Math.exp(4) / (1 + Math.exp(4)), within(1e-5));
    assertThat(numbers("d")[0]).isCloseTo(1 / (1 + Math.exp(meanB - meanA)), within(1e-5));
    float[] joint = output().get("u1");
    assertThat(numbers("s")[0])
        .isCloseTo(Math.log(Math.exp(joint[0]) + Math.exp(joint[1])), within(1e-5));
  }

  private double[] numbers(String name) throws IOException {
    String text = Files.readString(folder.resolve(name)).replaceAll("u1|\\[|\\]", " ").strip();
    return java.util.Arrays.stream(text.split("\\s+")).mapToDouble(Double::parseDouble).toArray();
  }

  @Test
  void forward_calibratesInputsAndMixture() throws IOException {
    String a = "ark:" + file("a", "u1  [\n 0 4 ]\n");
    String half = file("half", "{\"formatVersion\":1,\"factors\":[0.5],\"offsets\":[]}");
    String all = "--output=log-posteriors";
    assertThat(run("forward", all, "--calibration=" + half, a, a, outputSpecifier())).isZero();
    float[] row = output().get("u1");
    assertThat(row[1] - row[0]).isCloseTo(2f, within(1e-5f));
    assertThat(
            run(
                "forward",
                all,
                "--calibration=" + half + ",none",
                "--weights=1,0",
                "--mixture-calibration=" + half,
                a,
                a,
                outputSpecifier()))
        .isZero();
    row = output().get("u1");
    assertThat(row[1] - row[0]).isCloseTo(1f, within(1e-5f));
    assertThat(run("forward", all, "--calibration=a,b,c", a, a, outputSpecifier())).isEqualTo(1);
    assertThat(errors()).contains("--calibration has 3 values for 2 inputs");
  }

  @Test
  void forward_goesByThePriorsOfTheFolders_whichMustAgree() throws IOException {
    MixtureProcesses models = new MixtureProcesses(folder);
    Path a = models.model("a", 3, 0, 0);
    Path b = models.model("b", 3, 1, 0);
    String feats = "--feats=ark:" + file("feats", "u1  [\n 1 0 -1 2 ]\n");
    String[] how = {"forward", feats, "--weights=1,0", a.toString(), b.toString(), ""};
    how[5] = outputSpecifier();
    String stored = "{\"formatVersion\":1,\"floor\":0,\"scale\":%s,\"classCounts\":[%s]}";
    file("a/priors.json", String.format(stored, "0.5", "0,1,3"));
    file("b/priors.json", String.format(stored, "0.5", "1,1,2"));
    assertThat(run(how)).as(errors()).isZero();
    float[] scores = output().get("u1");
    assertThat(run("forward", "--output=logits", how[1], how[2], how[3], how[4], how[5])).isZero();
    float[] logits = output().get("u1");
    assertThat(scores[0]).isFinite().isGreaterThan(logits[0] + 20);
    assertThat(scores[2] - logits[2]).isCloseTo((float) (-0.5 * Math.log(0.75)), within(1e-5f));
    file("b/priors.json", String.format(stored, "1", "1,1,2"));
    assertThat(run(how)).isEqualTo(1);
    assertThat(errors())
        .contains("models differ in prior scale: " + a + " has 0.5, " + b + " has 1.0;")
        .contains("give --prior-scale");
    assertThat(run("forward", "--prior-scale=0.5", how[1], how[2], how[3], how[4], how[5]))
        .isZero();
    assertThat(output().get("u1")).containsExactly(scores, within(1e-6f));
    // By itself each takes its own.
    assertThat(run("forward", "--priors=own", how[1], how[2], how[3], how[4], how[5])).isZero();
  }

  @Test
  void forward_ownPriorsNeedModels() throws IOException {
    String a = "ark:" + file("a", A);
    assertThat(run("forward", "--priors=own", a, a, outputSpecifier())).isEqualTo(1);
    assertThat(errors()).contains("--priors=own needs model folders only");
  }

  @Test
  void fit_printsAConfigurationThatForwardTakes() throws IOException {
    // On set 1 input 1 is sure and right, on set 2 input 2; their densities say so.
    String good = "u1  [\n 9 4\n 9 4 ]\nu2  [\n 4 9 ]\n";
    String bad = "u1  [\n 1 2\n 2 1 ]\nu2  [\n 1 1 ]\n";
    String a1 = "ark:" + file("a1", good);
    String b1 = "ark:" + file("b1", bad);
    String a2 = "ark:" + file("a2", bad);
    String b2 = "ark:" + file("b2", good);
    String ali = "ark:" + file("ali", "u1 0 0\nu2 1\n");
    assertThat(run("fit", "--pool-frames=3", a1, b1, "+", a2, b2, ali)).as(errors()).isZero();
    assertThat(errors()).contains("Done 4 utterances, failed for 0");
    String config = out.toString(StandardCharsets.UTF_8);
    assertThat(config).contains("\n--pool-frames=3\n--density-scale=").contains("\n--log-z=");
    String[] arguments = {"forward", "--output=logits", "", a1, b1, outputSpecifier()};
    arguments[2] = "--config=" + file("conf", config);
    assertThat(run(arguments)).as(errors()).isZero();
    assertThat(output()).hasSize(2);
    for (int length :
        new int[] {0, config.length() / 2, config.lastIndexOf("--log-z"), config.length() - 2}) {
      arguments[2] = "--config=" + file("cut", config.substring(0, length));
      assertThat(run(arguments)).as("cut at %d", length).isEqualTo(1);
    }
    assertThat(errors()).contains("cut is empty", "cut is cut off, its last line is not '# end'");
    assertThat(run("fit", "--criterion=domains", "--constants=weights", a1, b1, "+", a2, b2, ali))
        .isZero();
    assertThat(run("fit", a1, b1, "+", a2, ali)).isEqualTo(1);
    assertThat(errors()).contains("there are 2 + 1");
    assertThat(run("fit", "--criterion=domains", a1, b1, ali)).isEqualTo(1);
    assertThat(errors()).contains("needs a set for each input; there are 1 sets and 2 inputs");
  }

  @Test
  void domains_countsWhatIsRight() throws IOException {
    String clean = "ark:" + file("clean", "u1  [ 0.9 0.1 ]\nu2  [ 0.4 0.6 ]\n");
    String rev = "ark:" + file("rev", "u1  [ 0.2 0.8 ]\nu2  [ 0.5 0.5 ]\n");
    assertThat(run("domains", "--names=clean,reverberant", clean, rev)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("| clean | 2 | 1 | 50.0 % | 0.6500 | 0.5108 |")
        .contains("| reverberant | 2 | 1 | 50.0 % | 0.6500 |")
        .contains("| all | 4 | 2 | 50.0 % |");
    String some = "ark:" + file("some", "n [ nan 0.1 ]\nu1 [ 0.2 0.8 ]\nh [ 0.2 0.2 ]\n");
    assertThat(run("domains", clean, some)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("| 2 | 1 | 1 | 100.0 % | 0.8000 |");
    assertThat(errors())
        .contains("utterance n is skipped: a posterior is NaN")
        .contains("utterance h is skipped: the posteriors sum to 0.4");
    String three = "ark:" + file("three", "u1  [ 0.2 0.7 0.1 ]\n");
    assertThat(run("domains", clean, three)).isEqualTo(1);
    assertThat(run("domains", clean, "ark:" + file("none", ""))).isEqualTo(1);
    assertThat(run("domains", "--names=x", clean, rev)).isEqualTo(1);
    assertThat(errors())
        .contains("utterance u1 is skipped: the vector has 3 values, there are 2 domains")
        .contains("holds no utterances")
        .contains("--names has 1 values for 2 tables");
  }
}
