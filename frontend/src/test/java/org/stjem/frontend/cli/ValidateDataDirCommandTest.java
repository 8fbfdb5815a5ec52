package org.stjem.frontend.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stjem.frontend.data.DataDirs;

class ValidateDataDirCommandTest {
  @TempDir private Path dir;

  static Stream<DataDirs.Breakage> breakages() {
    return DataDirs.breakages().stream();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void consistentDirectory_isValid(boolean segmented) throws IOException {
    DataDirs.write(dir, segmented);
    CommandRun run = validate(List.of());
    assertThat(run.output()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.messages()).contains("Successfully validated");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("breakages")
  void brokenDirectory_isNamedWithFileAndLine(DataDirs.Breakage breakage) throws IOException {
    DataDirs.write(dir, breakage.segmented());
    breakage.apply(dir);
    CommandRun run = validate(breakage.options());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.output().lines())
        .allSatisfy(line -> assertThat(line).startsWith(dir.toString()))
        .anySatisfy(line -> assertThat(line).contains(breakage.expected()));
    long faults = run.output().lines().count();
    assertThat(run.messages())
        .contains("has " + faults + (faults == 1 ? " inconsistency\n" : " inconsistencies\n"));
  }

  @Test
  void manyFaults_areNamedInOneRun() throws IOException {
    DataDirs.write(dir, false);
    Files.writeString(dir.resolve("text"), "a-1 <s> #0\nc-1 x\n");
    Files.delete(dir.resolve("feats.scp"));
    Files.writeString(dir.resolve("utt2dur"), "a-1 0\na-2 x\nb-1 1\n");
    CommandRun run = validate(List.of());
    assertThat(run.output().replace(dir + "/", "").lines())
        .containsExactly(
            "text:1: illegal symbol <s>",
            "text:1: illegal symbol #0",
            "text:2: utterance 'c-1' is not in utt2spk",
            "text: utterance 'a-2' of utt2spk:2 is missing",
            "text: utterance 'b-1' of utt2spk:3 is missing",
            "feats.scp: there is no such file; if this is by design, say --no-feats",
            "utt2dur:1: expected a key and a positive duration in seconds: 'a-1 0'",
            "utt2dur:2: expected a key and a positive duration in seconds: 'a-2 x'");
    assertThat(run.messages()).contains("has 8 inconsistencies");
  }

  @Test
  void options_makeFilesOptional() throws IOException {
    DataDirs.write(dir, false);
    for (String name : List.of("text", "wav.scp", "feats.scp", "reco2dur")) {
      Files.delete(dir.resolve(name));
    }
    assertThat(validate(List.of("--no-text", "--no-wav", "--no-feats")).status()).isZero();
    // A text that need not be there is not looked at.
    Files.writeString(dir.resolve("text"), "x <s>\n");
    assertThat(validate(List.of("--no-text", "--no-wav", "--no-feats")).status()).isZero();
    assertThat(validate(List.of("--no-wav", "--no-feats")).status()).isEqualTo(1);
  }

  @Test
  void nonPrint_allowsControlCharactersOnly() throws IOException {
    DataDirs.write(dir, false);
    Files.writeString(dir.resolve("text"), "a-1 \u0001\na-2 b\nb-1\n");
    assertThat(validate(List.of()).output()).contains("text:1: non-printable character U+0001");
    assertThat(validate(List.of("--non-print")).status()).isZero();
  }

  @Test
  void lettersBeyondAscii_arePrintableInEveryEncoding() throws IOException {
    DataDirs.write(dir, false);
    Files.writeString(dir.resolve("text"), "a-1 gr\u00f6\u00dfer\na-2 \u4f60\u597d\nb-1 c\n");
    assertThat(validate(List.of()).output()).isEmpty();
    // What is no UTF-8 is not held to Unicode's spaces.
    String text = "a-1 gr\u00f6\u00dfer\u00a0x\na-2 b\nb-1 c\n";
    Files.write(dir.resolve("text"), text.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(validate(List.of()).output()).isEmpty();
  }

  @Test
  void missingDirectory_isSaid() {
    dir = dir.resolve("nothing");
    CommandRun run = validate(List.of());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.output()).isEqualTo(dir + ": there is no such folder\n");
  }

  private CommandRun validate(List<String> options) {
    return CommandRun.of(
        "validate-data-dir",
        Stream.concat(options.stream(), Stream.of(dir.toString())).toArray(String[]::new));
  }
}
