package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.data.DataDirs;

/** Kaldi's own script has the same opinion on every directory of the unit test. */
class ValidateDataDirIT {
  @TempDir private Path dir;
  private Path recipe;

  static Stream<DataDirs.Breakage> breakages() {
    return DataDirs.breakages().stream();
  }

  @BeforeEach
  void findKaldi() {
    String root = System.getenv("KALDI_ROOT");
    assumeTrue(root != null, "KALDI_ROOT is not set");
    recipe = Path.of(root, "egs/wsj/s5");
    assumeTrue(
        Files.exists(recipe.resolve("utils/validate_data_dir.sh")), recipe + " has no utils");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void consistentDirectory_isValidForKaldi(boolean segmented) throws Exception {
    DataDirs.write(dir, segmented);
    assertThat(kaldi(List.of())).contains("Successfully validated");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("breakages")
  void brokenDirectory_isNotValidForKaldi(DataDirs.Breakage breakage) throws Exception {
    DataDirs.write(dir, breakage.segmented());
    breakage.apply(dir);
    assertThat(kaldi(breakage.options())).doesNotContain("Successfully validated");
  }

  private String kaldi(List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("utils/validate_data_dir.sh"));
    command.addAll(options);
    command.add(dir.toString());
    Process process =
        new ProcessBuilder(command).directory(recipe.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
