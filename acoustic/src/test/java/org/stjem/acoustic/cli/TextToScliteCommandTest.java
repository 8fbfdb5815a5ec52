package org.stjem.acoustic.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextToScliteCommandTest {
  @TempDir Path folder;

  @Test
  void trn_hasTheKeyBehindTheWords() throws IOException {
    Path text = write("text", "s1-a ONE TWO\ns1-b\n");
    CommandResult result = CommandResult.of("text-to-sclite", text.toString(), "-");
    assertThat(result.output()).isEqualTo("ONE TWO (s1-a)\n(s1-b)\n");
    assertThat(result.lastLine()).endsWith("Done 2 utterances, failed for 0");
  }

  @Test
  void ofNoUtterances_isAnError_andWritesNothing() throws IOException {
    Path out = folder.resolve("ref.trn");
    String text = write("text", "").toString();
    CommandResult result = CommandResult.of("text-to-sclite", text, out.toString());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.lastLine())
        .isEqualTo("ERROR (stjem acoustic text-to-sclite) " + text + " holds no utterances");
    assertThat(out).doesNotExist();
  }

  @Test
  void stm_hasSpeakersAndTimes() throws IOException {
    Path text = write("text", "s1-a ONE TWO\ns1-b\n");
    CommandResult plain = CommandResult.of("text-to-sclite", "--format=stm", text.toString(), "-");
    assertThat(plain.output())
        .isEqualTo("s1-a 1 s1-a 0.00 99999.00 ONE TWO\ns1-b 1 s1-b 0.00 99999.00\n");
    CommandResult full =
        CommandResult.of(
            "text-to-sclite",
            "--format=stm",
            "--utt2spk=" + write("utt2spk", "s1-a s1\ns1-b s1\n"),
            "--utt2dur=" + write("utt2dur", "s1-a 1.5\ns1-b 2\n"),
            text.toString(),
            "-");
    assertThat(full.output()).isEqualTo("s1-a 1 s1 0.00 1.50 ONE TWO\ns1-b 1 s1 0.00 2.00\n");
  }

  @Test
  void stm_badSpeakersOrTimes_areNamed() throws IOException {
    Path text = write("text", "s1-a ONE\n");
    CommandResult speaker =
        CommandResult.of(
            "text-to-sclite",
            "--format=stm",
            "--utt2spk=" + write("utt2spk", "s1-b s1\n"),
            text.toString(),
            folder.resolve("out").toString());
    assertThat(speaker.status()).isEqualTo(1);
    assertThat(speaker.messages()).contains("utt2spk has no value for utterance s1-a");
    assertThat(folder.resolve("out")).doesNotExist();
    CommandResult duration =
        CommandResult.of(
            "text-to-sclite",
            "--format=stm",
            "--utt2dur=" + write("utt2dur", "s1-a long\n"),
            text.toString(),
            "-");
    assertThat(duration.messages()).contains("gives utterance s1-a the duration 'long'");
  }

  @Test
  void words_thatScliteTakesForMarkup_areWarnedOf() throws IOException {
    Path text = write("text", "a (UH) ONE\n");
    CommandResult result = CommandResult.of("text-to-sclite", text.toString(), "-");
    assertThat(result.output()).isEqualTo("(UH) ONE (a)\n");
    assertThat(result.messages()).contains("sclite takes '(UH)' of a for markup");
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
