package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * NIST's {@code sclite} on our trn, stm and ctm files counts what our scorer counts. Needs the
 * program, as {@code sclite} or within {@code sctk} (Debian package sctk).
 */
class ScliteIT {
  private static final Path ROOT = Path.of(System.getProperty("stjem.root"));
  private static final Path GOLDEN = ROOT.resolve("acoustic/src/test/resources/golden");

  /** Sentences, words, and percentages: correct, sub, del, ins, errors, sentences with errors. */
  private static final Pattern SUM =
      Pattern.compile(
          "\\|\\s*Sum\\s*\\|\\s*(\\d+)\\s+(\\d+)\\s*\\|"
              + "\\s*(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)\\s*\\|");

  private static final Pattern COUNTS =
      Pattern.compile("%WER \\S+ \\[ (\\d+) / (\\d+), (\\d+) ins, (\\d+) del, (\\d+) sub ]");

  @TempDir private Path folder;
  private List<String> sclite;

  @BeforeEach
  void findProgram() {
    if (isOnPath("sctk")) {
      sclite = List.of("sctk", "sclite");
    } else {
      assumeTrue(isOnPath("sclite"), "no sclite to test with; apt-get install sctk");
      sclite = List.of("sclite");
    }
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /** What sclite counts: sentences, words, correct, sub, del, ins, errors, wrong sentences. */
  private long[] sclite(String... arguments) throws Exception {
    List<String> line = new ArrayList<>(sclite);
    line.addAll(List.of("-s", "-o", "rsum", "stdout"));
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    Matcher sum = SUM.matcher(output);
    assertThat(sum.find()).as(output).isTrue();
    long[] counts = new long[sum.groupCount()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = Long.parseLong(sum.group(i + 1));
    }
    return counts;
  }

  /** Errors, words, ins, del, sub of our scorer. */
  private static long[] ours(String reference, String hypothesis) throws IOException {
    CommandResult result = CommandResult.of("wer", "--mode=all", reference, hypothesis);
    Matcher counts = COUNTS.matcher(result.output());
    assertThat(counts.find()).as(result.output() + result.messages()).isTrue();
    long[] values = new long[counts.groupCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Long.parseLong(counts.group(i + 1));
    }
    return values;
  }

  private String converted(String name, String... arguments) {
    String file = folder.resolve(name).toString();
    String[] all = new String[arguments.length + 2];
    all[0] = "text-to-sclite";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 1] = file;
    CommandResult result = CommandResult.of(all);
    assertThat(result.status()).as(result.messages()).isZero();
    return file;
  }

  private static void assertSame(long[] sclite, long[] ours) {
    assertThat(sclite[1]).as("words").isEqualTo(ours[1]);
    assertThat(Arrays.copyOfRange(sclite, 3, 7))
        .as("sub, del, ins, errors")
        .containsExactly(ours[4], ours[3], ours[2], ours[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hyp2.txt", "hyp3.txt"})
  void trn_isScoredAlike(String hypotheses) throws Exception {
    String reference = GOLDEN.resolve("wer/ref.txt").toString();
    String hypothesis = GOLDEN.resolve("wer").resolve(hypotheses).toString();
    long[] counted =
        sclite(
            "-i",
            "spu_id",
            "-r",
            converted("ref.trn", reference),
            "trn",
            "-h",
            converted("hyp.trn", hypothesis),
            "trn");
    assertThat(counted[0]).isEqualTo(117);
    assertSame(counted, ours(reference, hypothesis));
  }

  @Test
  void ctmOfTheDecoder_isScoredAlike() throws Exception {
    Path mini = ROOT.resolve("scripts/mini");
    String text = folder.resolve("hyp.txt").toString();
    String ctm = folder.resolve("hyp.ctm").toString();
    CommandResult decoded =
        CommandResult.of(
            "decode",
            "--ctm=" + ctm,
            "--align-lexicon=" + GOLDEN.resolve("decode-mini/align_lexicon.int"),
            mini.resolve("exp/tri1/final.mdl").toString(),
            mini.resolve("exp/tri1/graph/HCLG.fst").toString(),
            mini.resolve("exp/tri1/graph/words.txt").toString(),
            "ark:" + GOLDEN.resolve("decode-mini/loglikes.ark"),
            "ark,t:" + text);
    assertThat(decoded.status()).as(decoded.messages()).isZero();
    // The scores are of some of the test utterances only.
    List<String> keys =
        Files.readAllLines(Path.of(text)).stream().map(line -> line.split(" ")[0]).toList();
    List<String> references =
        Files.readAllLines(mini.resolve("data/test/text")).stream()
            .filter(line -> keys.contains(line.split(" ")[0]))
            .toList();
    String reference = Files.write(folder.resolve("ref.txt"), references).toString();
    long[] counted =
        sclite(
            "-r",
            converted(
                "ref.stm",
                "--format=stm",
                "--utt2spk=" + mini.resolve("data/test/utt2spk"),
                reference),
            "stm",
            "-h",
            ctm,
            "ctm");
    assertThat(counted[0]).isEqualTo(keys.size());
    assertSame(counted, ours(reference, text));
  }
}
