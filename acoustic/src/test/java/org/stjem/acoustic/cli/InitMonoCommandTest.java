package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stjem.frontend.kaldi.ContextDependency;
import org.stjem.frontend.kaldi.TransitionModel;

/** Beside what Kaldi's gmm-init-mono and copy-transition-model made of the same topology. */
class InitMonoCommandTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("stjem.root"), "frontend/src/test/resources/golden/lang/mono");

  @TempDir Path folder;

  private CommandResult init(String option) {
    return CommandResult.of(
        "init-mono",
        option,
        GOLDEN.resolve("topo").toString(),
        folder.resolve("mdl").toString(),
        folder.resolve("tree").toString());
  }

  @Test
  void modelAndTree_haveKaldisBytes() {
    assertThat(init("--binary=true").status()).isZero();
    assertThat(folder.resolve("mdl")).hasSameBinaryContentAs(GOLDEN.resolve("final.mdl"));
    assertThat(folder.resolve("tree")).hasSameBinaryContentAs(GOLDEN.resolve("tree"));
    CommandResult shared = init("--shared-phones=" + GOLDEN.resolve("sets.int"));
    assertThat(shared.status()).isZero();
    assertThat(shared.messages()).contains("43 phones", "33 pdfs");
    assertThat(folder.resolve("mdl")).hasSameBinaryContentAs(GOLDEN.resolve("final-shared.mdl"));
    assertThat(folder.resolve("tree")).hasSameBinaryContentAs(GOLDEN.resolve("tree-shared"));
  }

  @Test
  void text_saysTheSame() {
    assertThat(init("--binary=false").status()).isZero();
    Path binary = folder.resolve("again");
    TransitionModel.read(folder.resolve("mdl").toString()).write(binary.toString(), true);
    assertThat(binary).hasSameBinaryContentAs(GOLDEN.resolve("final.mdl"));
    ContextDependency.read(folder.resolve("tree").toString()).write(binary.toString(), true);
    assertThat(binary).hasSameBinaryContentAs(GOLDEN.resolve("tree"));
  }

  @Test
  void setsThatAreNone_areNamedWithTheirLine() throws IOException {
    Path sets = Files.writeString(folder.resolve("sets"), "1 2\n3 x\n");
    CommandResult result = init("--shared-phones=" + sets);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine()).endsWith(sets + " line 2 has 'x' in place of an integer");
    assertThat(folder.resolve("mdl")).doesNotExist();
    Files.writeString(sets, "");
    assertThat(init("--shared-phones=" + sets).lastLine()).endsWith(sets + " is empty");
  }
}
