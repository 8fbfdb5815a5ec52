package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.kaldi.KaldiObjects;

class AnalyzeCountsCommandTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts", "mini");

  @TempDir Path folder;

  private CommandResult count(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "analyze-counts";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 1] = folder.resolve("counts").toString();
    return CommandResult.of(all);
  }

  private double[] counts() {
    return KaldiObjects.readDoubleVector(folder.resolve("counts").toString());
  }

  private String table(String text) throws IOException {
    Files.writeString(folder.resolve("ali"), text);
    return "ark:" + folder.resolve("ali");
  }

  @Test
  void counts_ofTransitionIds_areThoseOfTheBundledCorpus() {
    CommandResult result =
        count(
            "--transition-model=" + MINI.resolve("exp/tri1/final.mdl"),
            "ark:gunzip -c " + MINI.resolve("ali/train.ali.gz") + "|");
    assertThat(result.status()).as(result.messages()).isZero();
    // The bundled counts have half a frame added to each pdf.
    double[] expected =
        KaldiObjects.readDoubleVector(MINI.resolve("ali/train.pdf.counts").toString());
    for (int pdf = 0; pdf < expected.length; pdf++) {
      expected[pdf] -= 0.5;
    }
    assertThat(counts()).containsExactly(expected);
  }

  @Test
  void counts_ofPdfs_haveAtLeastTheAskedLength() throws IOException {
    String ali = table("a 0 2 2\nb 1\n");
    assertThat(count("--counts-dim=5", "--binary", ali).status()).isZero();
    assertThat(counts()).containsExactly(1, 1, 2, 0, 0);
    assertThat(count(ali).status()).isZero();
    assertThat(counts()).containsExactly(1, 1, 2);
  }

  @Test
  void counts_badUtterancesAreNamedAndLeftOut() throws IOException {
    CommandResult result = count("--max-failed=0.5", table("a 0 -1\nb 1 1\n"));
    assertThat(result.status()).isZero();
    assertThat(result.messages())
        .contains("utterance a is skipped", "frame 1 is aligned to pdf -1")
        .contains("Done 1 utterances, failed for 1");
    assertThat(counts()).containsExactly(0, 2);
  }

  @Test
  void counts_withNothingGood_leaveNoFile() throws IOException {
    CommandResult result =
        count("--transition-model=" + MINI.resolve("exp/tri1/final.mdl"), table("a 0 1\n"));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("there is no transition-id 0");
    assertThat(folder.resolve("counts")).doesNotExist();
  }
}
