package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job on real speech, every step a process as a user starts it: audio to features, a small
 * model trained for one epoch on AN4's dev set, its scores decoded with a real graph. Needs {@code
 * STJEM_TEST_DATA}, the folder that holds {@code an4}.
 */
class An4IT {
  private static final Pattern WER = Pattern.compile("%WER ([0-9.]+) ");

  @TempDir private Path folder;
  private Path an4;

  @BeforeEach
  void findCorpus() {
    String data = System.getenv("STJEM_TEST_DATA");
    assumeTrue(data != null, "STJEM_TEST_DATA is not set: no AN4 to test with");
    an4 = Path.of(data, "an4").toAbsolutePath().normalize();
    assumeTrue(Files.exists(an4.resolve("data/dev/wav.scp")), () -> "no corpus in " + an4);
  }

  /** Runs a command of a module; returns what it printed. */
  private String run(String module, String... arguments) throws Exception {
    List<String> line = JavaProcess.line(List.of("-XX:+UseSerialGC"), module, arguments);
    Path messages = folder.resolve("messages");
    Process process =
        new ProcessBuilder(line)
            .redirectError(ProcessBuilder.Redirect.to(messages.toFile()))
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(Files.readString(messages)).isZero();
    return output;
  }

  private String features(String set) throws Exception {
    // The paths in wav.scp are relative to a folder beside the corpus.
    String scp =
        Files.readString(an4.resolve("data/" + set + "/wav.scp"))
            .replaceAll(" \\S*(?=/audio/)", " " + Matcher.quoteReplacement(an4.toString()));
    Path wav = Files.writeString(folder.resolve(set + ".wav.scp"), scp);
    String raw = "ark:" + folder.resolve(set + ".raw.ark");
    String stats = "ark:" + folder.resolve(set + ".cmvn.ark");
    String feats = "ark:" + folder.resolve(set + ".ark");
    run("frontend", "fbank", "--num-mel-bins=80", "--dither=0", "scp:" + wav, raw);
    run("frontend", "compute-cmvn-stats", raw, stats);
    run("frontend", "apply-cmvn", stats, raw, feats);
    return feats;
  }

  @Test
  void audioToWords_ofASmallModel_areMostlyRight() throws Exception {
    String transitions = an4.resolve("exp/tri2b/final.mdl").toString();
    Path graph = an4.resolve("exp/tri2b/graph");
    String model = folder.resolve("model").toString();
    run(
        "acoustic",
        "train",
        "--objective=st-jem",
        "--transition-model=" + transitions,
        "--num-epochs=3",
        "--hidden-layers=256,256",
        "--sample-every=8",
        "--num-threads=1",
        features("dev"),
        "ark:gunzip -c " + an4.resolve("ali/dev.ali.gz") + "|",
        model);
    String loglikes = "ark:" + folder.resolve("loglikes.ark");
    run("acoustic", "forward", "--num-threads=1", model, features("test"), loglikes);
    String words = "ark,t:" + folder.resolve("hyp.txt");
    run(
        "acoustic",
        "decode",
        "--beam=13",
        "--max-active=2000",
        transitions,
        graph.resolve("HCLG.fst").toString(),
        graph.resolve("words.txt").toString(),
        loglikes,
        words);
    String score = run("acoustic", "wer", "ark:" + an4.resolve("data/test/text"), words);
    assertThat(percent(score)).as(score).isBetween(0.1, 25.0);
  }

  private static double percent(String score) throws IOException {
    Matcher matcher = WER.matcher(score);
    if (!matcher.find()) {
      throw new IOException("no word error rate in: " + score);
    }
    return Double.parseDouble(matcher.group(1));
  }
}
