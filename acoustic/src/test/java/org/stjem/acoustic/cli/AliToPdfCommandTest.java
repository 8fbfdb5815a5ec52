package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AliToPdfCommandTest {
  private static final Path MINI = Path.of(System.getProperty("stjem.root"), "scripts", "mini");
  private static final String MODEL = MINI.resolve("exp/tri1/final.mdl").toString();
  private static final String ALIGNMENTS =
      "ark:gunzip -c " + MINI.resolve("ali/train.ali.gz") + "|";

  @TempDir Path folder;

  @Test
  void pdfs_haveTheCountsOfTheTransitionIds() throws IOException {
    String pdfs = "ark:" + folder.resolve("pdfs");
    assertThat(CommandResult.of("ali-to-pdf", MODEL, ALIGNMENTS, pdfs).status()).isZero();
    CommandResult.of("analyze-counts", pdfs, folder.resolve("of-pdfs").toString());
    CommandResult.of(
        "analyze-counts",
        "--transition-model=" + MODEL,
        ALIGNMENTS,
        folder.resolve("of-ids").toString());
    assertThat(Files.readString(folder.resolve("of-pdfs")))
        .isEqualTo(Files.readString(folder.resolve("of-ids")));
  }

  @Test
  void utteranceThatHoldsNoTransitionIds_failsOrIsLeftOut() throws IOException {
    Files.writeString(folder.resolve("ali"), "a 1 2\nb 1 0\n");
    String from = "ark:" + folder.resolve("ali");
    String to = "ark,t:" + folder.resolve("pdfs");
    CommandResult refused = CommandResult.of("ali-to-pdf", MODEL, from, to);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.messages()).contains("utterance b", "there is no transition-id 0");
    CommandResult allowed = CommandResult.of("ali-to-pdf", "--max-failed=0.5", MODEL, from, to);
    assertThat(allowed.status()).isZero();
    assertThat(Files.readString(folder.resolve("pdfs"))).startsWith("a ").doesNotContain("b");
  }
}
